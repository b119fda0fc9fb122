use crate::text::{Edit, Span};
use std::fmt;

/// Why BuildKit would refuse the file, at the place that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub span: Span,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
    /// The one change that is likely meant, with the title of the action that makes it.
    pub fix: Option<(String, Edit)>,
}

impl SyntaxError {
    pub fn new(kind: ErrorKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), fix: None }
    }

    pub fn with_fix(mut self, title: impl Into<String>, edit: Edit) -> Self {
        self.fix = Some((title.into(), edit));
        self
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The first word of a line is no instruction.
    UnknownInstruction,
    /// A parser directive that is given twice or has a bad value.
    Directive,
    /// Arguments that aren't even words: an array of other things than strings, a pair without `=`.
    Form,
    /// Arguments that are missing, too many, or not what the instruction takes.
    Arguments,
    /// A flag that is unknown, misplaced or has a bad value.
    Flag,
    /// A heredoc whose end is missing.
    Heredoc,
    /// An instruction before the first FROM.
    BeforeFrom,
    /// A file without instructions or without a FROM.
    NoStages,
}
