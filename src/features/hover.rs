use super::Snapshot;
use crate::text::Span;

/// What is shown beside the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Plain Markdown without tables, which Helix shows raw.
    pub markdown: String,
    /// What the hover is about.
    pub span: Span,
}

/// `textDocument/hover`: what stands at `offset`.
pub fn hover(_snapshot: &Snapshot, _offset: u32) -> Option<Hover> {
    None
}
