//! What an editor can ask for, in our own types: one file an LSP request.
//!
//! Every answer is computed from one [`Snapshot`]. Offsets and spans count bytes of its text; the server
//! turns them into the client's positions.

#![warn(missing_docs)]

mod code_action;
mod code_lens;
mod diagnostics;
mod explain;
mod hover;
mod inlay_hint;
mod picture;
mod snapshot;

pub use crate::actions::{ActionKind, CodeAction};
pub use code_action::{code_actions, resolve};
pub use code_lens::{CodeLens, code_lenses};
pub use diagnostics::diagnostics;
pub use explain::Explanation;
pub use hover::{Hover, hover};
pub use inlay_hint::{InlayHint, inlay_hints};
pub use picture::{Chart, Reach, Shades, StageRow, StepRow, chart, html, picture, svg};
pub use snapshot::Snapshot;
