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
    instruction.args.iter().map(declaration)
}

fn declaration(word: &Word) -> Declaration<'_> {
    match word.text.split_once('=') {
        Some((name, value)) => {
            // A name can't hold a continuation and be one, so its bytes are those of the file.
            let name_end = (word.span.start + name.len() as u32).min(word.span.end);
            Declaration {
                name,
                name_span: Span::new(word.span.start, name_end),
                value: Some(value),
                value_span: Some(Span::new((name_end + 1).min(word.span.end), word.span.end)),
            }
        }
        None => Declaration { name: &word.text, name_span: word.span, value: None, value_span: None },
    }
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
