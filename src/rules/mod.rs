//! The rules: one file each, with docs, metadata, check, fix and examples together.

mod diagnostic;

pub use diagnostic::{Applicability, Diagnostic, Fix, Severity, Tag};
