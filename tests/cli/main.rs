//! The command line as people and scripts meet it: the real program, its output, its exit codes.

mod build_log;
mod check;
mod consumers;
mod convert;
mod explain;
mod fix;
mod fmt;
mod formats;
mod process;
mod rules;
mod settings;
#[cfg(unix)]
mod shellcheck;
mod support;
mod tour;
