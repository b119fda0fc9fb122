//! The language server as its clients see it: the real process, over its standard streams.

mod clients;
mod context;
mod diagnostics;
mod documents;
mod lifecycle;
mod requests;
mod streams;
mod support;
