//! `textDocument/definition`.

use super::{Snapshot, names};
use crate::text::Span;

/// Where a name is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name at the caret.
    pub origin: Span,
    /// The name in the declaration; the keyword of a FROM whose stage has no name.
    pub name: Span,
    /// The instruction that declares it.
    pub instruction: Span,
}

/// The declaration of the name at `offset`: for a variable the one whose value it has there, for an ARG of a
/// stage the one above the first FROM that gives the value.
pub fn definition(snapshot: &Snapshot, offset: u32) -> Option<Definition> {
    let found = names::at(snapshot, offset)?;
    let name = found.target?;
    let instruction = snapshot.tree().instruction_at(name.start).map_or(name, |instruction| instruction.span);
    Some(Definition { origin: found.span, name, instruction })
}
