//! Why a recipe ends without a conversion.

use super::{Note, Question, Reason};
use crate::syntax::Instruction;
use crate::text::Span;
use std::path::PathBuf;

/// What ends the recipe early.
pub(super) enum Stop {
    /// The file has nothing to do with what the recipe is for.
    NotMine,
    Refused(Reason),
    Question(Vec<Question>),
}

/// What no release converts yet.
pub(super) const NOT_YET: &str = "not-yet-supported";

/// A refusal that the Dockerfile decides, at `span`.
pub(super) fn refused(code: &'static str, span: Span, message: impl Into<String>) -> Stop {
    Stop::Refused(Reason { code, message: message.into(), path: None, span: Some(span) })
}

/// A refusal that one instruction decides.
pub(super) fn refused_at(code: &'static str, instruction: &Instruction, message: impl Into<String>) -> Stop {
    refused(code, instruction.span, message)
}

/// A refusal that another file decides.
pub(super) fn refused_by(
    code: &'static str,
    path: Option<PathBuf>,
    span: Option<Span>,
    message: impl Into<String>,
) -> Stop {
    Stop::Refused(Reason { code, message: message.into(), path, span })
}

pub(super) fn note(instruction: &Instruction, message: impl Into<String>) -> Note {
    Note { warning: false, message: message.into(), path: None, span: Some(instruction.span) }
}

pub(super) fn warning(instruction: &Instruction, message: impl Into<String>) -> Note {
    Note { warning: true, ..note(instruction, message) }
}

/// The instruction as a message shows it: its first line, cut where it is long.
pub(super) fn shown(instruction: &Instruction, source: &str) -> String {
    let text = instruction.span.of(source);
    let line = text.lines().next().unwrap_or("").trim_end();
    let line = line.strip_suffix(['\\', '`']).map_or(line, str::trim_end);
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}
