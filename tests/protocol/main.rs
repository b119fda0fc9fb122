//! The language server as its clients see it: the real process, over its standard streams.

mod lifecycle;
mod support;
