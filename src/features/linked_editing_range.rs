//! `textDocument/linkedEditingRange`.

use super::{Snapshot, names};
use crate::model::NameKind;
use crate::text::Span;

/// The places that change together while one of them is typed in: the two of a heredoc's name. Stages and
/// variables are renamed instead, which says what that means elsewhere.
pub fn linked_editing_ranges(snapshot: &Snapshot, offset: u32) -> Option<Vec<Span>> {
    let names = snapshot.model().names();
    let name = names::at(snapshot, offset)?.name?;
    if names.get(name)?.kind != NameKind::Heredoc {
        return None;
    }
    let places: Vec<Span> = names.of(name).map(|place| place.span).collect();
    (places.len() == 2).then_some(places)
}
