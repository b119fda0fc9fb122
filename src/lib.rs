//! Plimsoll: a language server for Dockerfiles that shows, on every line, what the line weighs in the
//! image and what it costs the build cache, and takes the weight off.
//!
//! ```text
//! bytes ─▶ text ─▶ syntax ─▶ model ─▶ layers ─▶ convert ─▶ rules ─▶ actions ─▶ features ─▶ server · cli
//!                     └▶ shell ┘        ▲          ▲         ▲                                ▲
//!                           └▶ context ─┴──────────┴─────────┴── settings                   config
//! ```
//!
//! - [`text`]: spans, lines, positions, edits and the rope document; knows nothing of Dockerfiles.
//! - [`syntax`]: the lossless tree of a Dockerfile, with BuildKit's values.
//! - [`shell`]: the commands inside RUN, and what package managers are asked for in them.
//! - [`model`]: what one file means: stages, variables, and what holds at every instruction.
//! - [`context`]: the outside world behind one trait: files, .dockerignore, package.json, lockfiles, git.
//! - [`layers`]: steps, their layers and cache keys, what they weigh and what runs again.
//! - [`convert`]: from a single stage to several, one folder a recipe.
//! - [`rules`]: one file a rule.
//! - [`actions`]: one file a code action.
//! - [`features`]: one file an LSP request, in our own types.
//! - [`server`]: the language server.
//! - [`cli`]: the command line, one file a subcommand.
//! - [`catalog`]: facts with their sources: instructions, flags, base images, packages. All but `text` may read it.
//! - [`settings`]: what can be set, as pure values; [`config`]: where they come from.
//!
//! Arrows only go right: what stands left knows nothing of what stands right. `tests/architecture.rs`
//! reads the sources and fails when an arrow runs the wrong way.
//!
//! The invariants that every module keeps:
//!
//! 1. Parsing never fails and never loses a byte; one broken line costs that line only.
//! 2. `syntax` accepts and rejects what BuildKit does, with BuildKit's values.
//! 3. `text`, `syntax`, `shell`, `model`, `layers` and `rules` do no I/O, never panic, and take no lock.
//! 4. The LSP library is named only in `server`; disk and processes are touched only in `context`, `config`
//!    and `cli`.
//! 5. A snapshot is immutable and complete; every answer to a client is computed from one snapshot.
//! 6. The server's state changes before a handler's first `.await`.
//! 7. Position encodings are negotiated; LSP lines and BuildKit lines are two notions.
//! 8. Typing never waits for the disk.
//! 9. Diagnostics are pulled or pushed, by client, never both.
//! 10. Edits are disjoint, minimal, and in the file's own manner; the user's comments survive.
//! 11. Nothing of the workspace is executed and nothing leaves the machine.
//! 12. A number shown to a user says where it comes from.
//! 13. Depth is bounded.

pub mod actions;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod context;
pub mod convert;
pub mod features;
pub mod layers;
pub mod model;
pub mod rules;
pub mod server;
pub mod settings;
pub mod shell;
pub mod syntax;
pub mod text;
