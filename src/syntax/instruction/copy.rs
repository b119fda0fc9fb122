use super::super::Keyword;
use super::super::error::{ErrorKind, SyntaxError};
use super::super::heredoc;
use super::super::tree::{Instruction, Word};

/// COPY or ADD: what goes where.
#[derive(Clone, Debug)]
pub struct Copy<'a> {
    /// Where the sources lie.
    pub origin: Origin<'a>,
    /// Paths, patterns, URLs or git references, in order; heredocs are left out.
    pub sources: Vec<&'a Word>,
    /// The words that stand for heredocs, `<<EOF`.
    pub heredocs: Vec<&'a Word>,
    pub destination: &'a Word,
}

/// Where the sources of a COPY or ADD lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// The build context.
    Context,
    /// What `--from` names: a stage, its number, a named context or an image.
    From(&'a Word),
}

/// Reads COPY or ADD; None where it has no destination.
pub fn copy(instruction: &Instruction) -> Option<Copy<'_>> {
    let (destination, sources) = instruction.args.split_last()?;
    if sources.is_empty() {
        return None;
    }
    let (heredocs, sources) = sources.iter().partition(|word| heredoc::is_opener(&word.text));
    let from = if instruction.keyword == Keyword::Copy { instruction.flag("from") } else { None };
    let origin = match from.and_then(|flag| flag.value.as_ref()).filter(|value| !value.text.is_empty()) {
        Some(name) => Origin::From(name),
        None => Origin::Context,
    };
    Some(Copy { origin, sources, heredocs, destination })
}

/// COPY and ADD take at least one source, and a destination that is no heredoc.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let keyword = instruction.keyword;
    match &instruction.args[..] {
        [] => errors.push(super::error(
            instruction,
            format!("{keyword} needs a source and a destination, such as `{keyword} . /app`."),
        )),
        [only] => errors.push(SyntaxError::new(
            ErrorKind::Arguments,
            only.span,
            format!("{keyword} has only one path; the destination in the image is missing behind it."),
        )),
        [.., destination] if heredoc::is_opener(&destination.text) => errors.push(SyntaxError::new(
            ErrorKind::Arguments,
            destination.span,
            format!("A heredoc can't be the destination of {keyword}; put a path behind it."),
        )),
        _ => {}
    }
}
