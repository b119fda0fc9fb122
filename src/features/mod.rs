//! What an editor can ask for, in our own types: one file an LSP request.
//!
//! Every answer is computed from one [`Snapshot`]. Offsets and spans count bytes of its text; the server
//! turns them into the client's positions.

#![warn(missing_docs)]

mod builds;
mod call_hierarchy;
mod code_action;
mod code_lens;
mod completion;
mod convert;
mod definition;
mod diagnostics;
mod document_highlight;
mod document_link;
mod document_symbol;
mod explain;
mod folding_range;
mod formatting;
mod hover;
mod ignore_file;
mod inlay_hint;
mod linked_editing_range;
mod names;
mod picture;
mod quotes;
mod references;
mod rename;
mod selection_range;
mod semantic_tokens;
mod short;
mod signature_help;
mod snapshot;
mod workspace_symbol;

pub use crate::actions::{ActionKind, CodeAction};
pub use builds::build_arguments;
pub use call_hierarchy::{
    StageCall, StageItem, incoming_calls, outgoing_calls, stage_again, stage_at, stages,
};
pub use code_action::{code_actions, resolve};
pub use code_lens::{CodeLens, code_lenses};
pub use completion::{Completion, CompletionKind, Completions, completion, documentation};
pub use convert::question;
pub use definition::{Definition, definition};
pub use diagnostics::diagnostics;
pub use document_highlight::{Highlight, document_highlights};
pub use document_link::{Link, LinkTarget, document_links};
pub use document_symbol::{Symbol, SymbolKind, document_symbols};
pub use explain::Explanation;
pub use folding_range::{Fold, FoldKind, folding_ranges};
pub use formatting::{Style, formatting, on_type_formatting, range_formatting};
pub use hover::{Hover, hover};
pub use ignore_file::{IgnoreFile, IgnoreFinding, IgnoreFix};
pub use inlay_hint::{InlayHint, inlay_hints};
pub use linked_editing_range::linked_editing_ranges;
pub use picture::{Chart, Reach, Shades, StageRow, StepRow, chart, html, picture, svg};
pub use references::references;
pub use rename::{Outside, Renamable, Rename, prepare_rename, rename};
pub use selection_range::selection_ranges;
pub use semantic_tokens::{
    Manner, TOKEN_MODIFIERS, TOKEN_TYPES, Token, TokenType, TokensEdit, difference, encoded_tokens,
    semantic_tokens,
};
pub use signature_help::{Parameter, Signature, SignatureHelp, signature_help};
pub use snapshot::{Kept, Snapshot};
pub use workspace_symbol::fit;

#[cfg(test)]
mod outline_tests;
