//! `textDocument/documentHighlight`.

use super::{Snapshot, names};
use crate::model::Role;
use crate::text::Span;

/// A place that is marked because the caret stands on the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The name there.
    pub span: Span,
    /// Whether it is declared or set there, and not only used.
    pub writes: bool,
}

/// Every place of the thing at `offset`.
pub fn document_highlights(snapshot: &Snapshot, offset: u32) -> Option<Vec<Highlight>> {
    let name = names::at(snapshot, offset)?.name?;
    let places = snapshot.model().names().of(name).map(|place| Highlight {
        span: place.span,
        writes: matches!(place.role, Role::Declaration | Role::Assignment),
    });
    Some(places.collect())
}
