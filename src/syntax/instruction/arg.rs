use super::super::error::{ErrorKind, SyntaxError};
use super::super::tree::{Instruction, Word};
use crate::text::Span;

/// One variable that an ARG declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration<'a> {
    pub name: &'a str,
    pub name_span: Span,
    /// The default as it is written, quotes and variables still in; None where there is no `=`.
    pub value: Option<&'a str>,
    pub value_span: Option<Span>,
}

/// What `instruction`, an ARG, declares.
pub fn declarations(instruction: &Instruction) -> impl Iterator<Item = Declaration<'_>> {
    instruction.args.iter().map(|word| declaration(instruction, word))
}

fn declaration<'a>(instruction: &'a Instruction, word: &'a Word) -> Declaration<'a> {
    let Some((name, value)) = word.text.split_once('=') else {
        return Declaration { name: &word.text, name_span: word.span, value: None, value_span: None };
    };
    // A continuation may stand anywhere in the word, so bytes are counted in the logical line.
    let logical = &instruction.logical;
    let pieces = logical.pieces();
    let piece = pieces[pieces.partition_point(|piece| piece.source <= word.span.start).saturating_sub(1)];
    let start = piece.at + word.span.start.saturating_sub(piece.source);
    let name_end = start + name.len() as u32;
    let equals = logical.span(Span::new(name_end, name_end + 1));
    let value_span = match value.len() as u32 {
        0 => Span::empty(equals.end),
        length => logical.span(Span::new(name_end + 1, name_end + 1 + length)),
    };
    let name_span = match name.len() {
        0 => Span::empty(equals.start),
        _ => logical.span(Span::new(start, name_end)),
    };
    Declaration { name, name_span, value: Some(value), value_span: Some(value_span) }
}

/// ARG takes at least one name, and no empty one.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::at_least_one(instruction, "a name, such as `ARG VERSION=1`,", errors);
    for declared in declarations(instruction).filter(|declared| declared.name.is_empty()) {
        let span = Span::new(declared.name_span.start, declared.name_span.start + 1);
        let message = "There is no name before the `=`.";
        errors.push(SyntaxError::new(ErrorKind::Arguments, span, message));
    }
}
