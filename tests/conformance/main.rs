//! Conformance with other people's cases, which lie beside the repository and are read there.

mod parser;
mod shared;
