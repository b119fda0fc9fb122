//! Edits of `.dockerignore`.

use crate::context::Parsed;
use crate::context::dockerignore::Dockerignore;
use crate::text::{Edit, FileChange, newline};

/// Puts patterns at the end, each on a line of its own.
pub fn append(ignore: &Parsed<Dockerignore>, patterns: &[String]) -> FileChange {
    let base = &ignore.file.text;
    let newline = newline(base);
    let mut text = patterns.join(newline) + newline;
    if !base.is_empty() && !base.ends_with('\n') {
        text.insert_str(0, newline);
    }
    let edits = vec![Edit::insert(base.len() as u32, text)];
    FileChange::Modify { base: base.clone(), version: ignore.file.version, edits }
}
