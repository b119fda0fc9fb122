//! `textDocument/hover`: one file a kind of thing that can be pointed at.

mod cache;
mod flag;
mod image;
mod instruction;
mod keyed;
mod layer;
mod variable;
mod weight;
mod words;

pub(super) use image::facts as image_facts;
pub(super) use words::code;

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

/// What stands at `offset`: a variable, a flag, else the instruction and its layer.
pub fn hover(snapshot: &Snapshot, offset: u32) -> Option<Hover> {
    let id = snapshot.tree().id_at(offset)?;
    let instruction = snapshot.tree().instruction(id)?;
    variable::hover(snapshot, id, instruction, offset)
        .or_else(|| flag::hover(snapshot, instruction, offset))
        .or_else(|| instruction::hover(snapshot, id, instruction))
}

#[cfg(test)]
mod tests;
