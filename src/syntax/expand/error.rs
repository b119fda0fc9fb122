use std::fmt;

use super::pattern::Problem;
use crate::text::Span;

/// Why a word can't be expanded, and where in the text given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpandError {
    /// The bytes that are wrong: the substitution, its operator, or the quote that isn't closed.
    pub span: Span,
    pub kind: ExpandErrorKind,
}

/// What is wrong with a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpandErrorKind {
    /// The quote isn't closed.
    UnclosedQuote(char),
    /// `${x` without `}`.
    MissingBrace,
    /// `${x/pattern` without the second `/`.
    MissingSlash,
    /// `${}`, `${{…` or `${:…`.
    BadSubstitution,
    /// The operator, as written, is none that a Dockerfile knows.
    UnsupportedModifier(String),
    /// `${x?…}` or `${x:?…}` of a variable that is unset, or, where `empty`, set to nothing.
    Required { name: String, reason: String, empty: bool },
    /// The pattern of `#`, `%` or `/` can't be read.
    InvalidPattern { pattern: String, problem: Problem },
    /// More than [`super::MAX_DEPTH`] substitutions within one another.
    TooDeep,
    /// The value would have more than [`super::MAX_GROWTH`] bytes beyond twice its text.
    TooLong,
}

impl ExpandError {
    /// One sentence for the user.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }

    /// Whether the text alone shows the fault, whatever the variables' values are.
    pub fn is_syntax(&self) -> bool {
        !matches!(
            self.kind,
            ExpandErrorKind::Required { .. }
                | ExpandErrorKind::InvalidPattern { .. }
                | ExpandErrorKind::TooLong
        )
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ExpandError {}

impl fmt::Display for ExpandErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnclosedQuote('"') => {
                write!(f, "this double quote is never closed; add `\"` where the text ends")
            }
            Self::UnclosedQuote(_) => {
                write!(f, "this single quote is never closed; add `'` where the text ends")
            }
            Self::MissingBrace => write!(f, "this `${{` is never closed; add `}}` after the variable"),
            Self::MissingSlash => {
                write!(f, "a replacement needs a second `/`: `${{name/pattern/replacement}}`")
            }
            Self::BadSubstitution => write!(f, "`${{` needs a variable's name: `${{name}}`"),
            Self::UnsupportedModifier(written) if written.trim().is_empty() => {
                write!(f, "the variable's name ends here, and neither `}}` nor a modifier follows")
            }
            Self::UnsupportedModifier(written) => write!(
                f,
                "`{written}` is no modifier of a Dockerfile variable; it knows `:-` `:+` `:?` `-` `+` `?` `#` `##` `%` `%%` `/` and `//`"
            ),
            Self::Required { name, reason, .. } if !reason.is_empty() => {
                write!(f, "`{name}` must be given a value: {reason}")
            }
            Self::Required { name, empty: true, .. } => {
                write!(f, "`{name}` is empty, and `:?` asks for a value")
            }
            Self::Required { name, .. } => write!(f, "`{name}` is not set, and `?` asks for a value"),
            Self::InvalidPattern { pattern, problem } => {
                write!(f, "the pattern `{pattern}` can't be read: {problem}")
            }
            Self::TooDeep => {
                write!(f, "more than {} substitutions stand within one another", super::MAX_DEPTH)
            }
            Self::TooLong => write!(
                f,
                "the value grows to more than an environment variable can hold, and isn't worked out"
            ),
        }
    }
}
