//! What .dockerignore must keep out of the build.

use crate::context::View;
use crate::text::{Edit, FileChange, FileEdit, FileId};

/// Creates .dockerignore, or adds what it lacks at its end; None where it lacks nothing. `wanted` are pairs of a
/// path that tells whether a pattern is there already, and the pattern; `kept` are files that the build must take.
pub(super) fn edit(view: &View, wanted: Vec<(String, String)>, kept: &[String]) -> Option<FileEdit> {
    let path = view.dockerignore_path()?;
    let ignore = match &view.dockerignore {
        None => None,
        Some(Ok(parsed)) => Some(parsed),
        // What can't be read isn't written to.
        Some(Err(_)) => return None,
    };
    let mut missing: Vec<String> = wanted
        .into_iter()
        .filter(|(probe, _)| ignore.is_none_or(|parsed| !parsed.content.ignores(probe)))
        .map(|(_, pattern)| pattern)
        .collect();
    let left_out = kept.iter().filter(|path| ignore.is_some_and(|parsed| parsed.content.ignores(path)));
    missing.extend(left_out.map(|path| format!("!{path}")));
    if missing.is_empty() {
        return None;
    }
    let Some(parsed) = ignore else {
        let text = missing.iter().map(|line| format!("{line}\n")).collect();
        let label = Some("The build takes only what it needs".into());
        return Some(FileEdit { file: FileId::Path(path), change: FileChange::Create { text }, label });
    };
    let text = &parsed.file.text;
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = if text.is_empty() || text.ends_with('\n') { String::new() } else { eol.to_owned() };
    for line in missing {
        added.push_str(&line);
        added.push_str(eol);
    }
    let edits = vec![Edit::insert(text.len() as u32, added)];
    let change = FileChange::Modify { base: text.clone(), version: parsed.file.version, edits };
    let label = Some("The build takes only what it needs".into());
    Some(FileEdit { file: FileId::Path(path), change, label })
}
