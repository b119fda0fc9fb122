//! The rules: one file each, with docs, metadata, check, fix and examples together.

mod diagnostic;

pub use diagnostic::{Applicability, Diagnostic, Fix, Severity, Tag};

use crate::layers::Subject;
use crate::settings::Settings;
use crate::syntax::SyntaxError;

/// What the rules find in `subject`, in the order of the text. `errors` are those of its parsing.
pub fn check(_subject: &Subject<'_>, _errors: &[SyntaxError], _settings: &Settings) -> Vec<Diagnostic> {
    Vec::new()
}
