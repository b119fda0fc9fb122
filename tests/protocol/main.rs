//! The language server as its clients see it: the real process, over its standard streams.

mod actions;
#[path = "../beside/mod.rs"]
mod beside;
mod builds;
mod clients;
mod commands;
mod completion;
mod context;
mod diagnostics;
mod documents;
mod editor;
mod folders;
mod formatting;
mod helix;
mod hints;
mod ignore_files;
mod lifecycle;
mod names;
mod outline;
mod pages;
mod refactorings;
mod requests;
mod settings;
#[cfg(unix)]
mod shellcheck;
mod streams;
mod support;
mod tokens;
