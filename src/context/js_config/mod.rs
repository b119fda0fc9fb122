//! A configuration written as a script, such as next.config.js or vite.config.ts: read without running it.

pub(super) mod follow;
pub(super) mod parse;
pub(super) mod read;

use crate::text::Span;

/// A property with a text value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Setting {
    #[default]
    /// Not set.
    Absent,
    /// A text, or a name that always holds one; the span is the value's.
    Literal { value: String, span: Span },
    /// Something that is known only when it runs; the span is the expression's.
    Expression { span: Span },
}

impl Setting {
    /// The value, where it is known.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Setting::Literal { value, .. } => Some(value),
            _ => None,
        }
    }
}
