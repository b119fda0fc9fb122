//! What BuildKit and its peers answer, case by case. The cases are other people's work and lie beside
//! the repository; see [`shared`].

#[path = "../beside/mod.rs"]
mod beside;
mod buildkit_lint;
mod cache;
mod corpus;
mod directives;
mod env;
mod frontend;
mod hadolint;
mod names;
mod oracles;
mod parser;
mod recovery;
mod scanners;
mod shared;
