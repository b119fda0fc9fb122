//! `textDocument/references`.

use super::{Snapshot, names};
use crate::model::Role;
use crate::text::Span;

/// Every place where the thing at `offset` is named, in the order of the text; None where nothing of a name
/// stands there. Without `declarations` only those that use it.
pub fn references(snapshot: &Snapshot, offset: u32, declarations: bool) -> Option<Vec<Span>> {
    let name = names::at(snapshot, offset)?.name?;
    let all = snapshot.model().names().of(name);
    let wanted = all.filter(|place| declarations || place.role != Role::Declaration);
    Some(wanted.map(|place| place.span).collect())
}
