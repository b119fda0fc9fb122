use super::Look;
use crate::cli::changes::Changes;
use crate::cli::input::Input;
use crate::features::Snapshot;
use crate::rules::{Applicability, Diagnostic};
use crate::text::{FileChange, FileEdit, FileId, Span, WorkspaceEdit};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// Which fixes are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    pub unsafe_ones: bool,
    /// Fixes that change other files than the Dockerfile.
    pub other_files: bool,
}

impl Take {
    fn takes(self, applicability: Applicability) -> bool {
        applicability == Applicability::Safe || self.unsafe_ones
    }
}

/// A Dockerfile after its fixes.
pub struct Fixed {
    pub snapshot: Snapshot,
    /// How many faults were mended.
    pub mended: usize,
}

/// More rounds than any sound set of fixes needs: a fix that undoes another one must not go on for ever.
const ROUNDS: usize = 64;

/// Takes fix after fix, in rounds of those that don't touch one another, until there is none left.
/// `changes` receives all files that change, the Dockerfile under `place`.
pub fn fix(
    look: &Look<'_>,
    input: &Input,
    place: &Path,
    take: Take,
    changes: &mut Changes,
) -> Result<Fixed, String> {
    let mut snapshot = look.snapshot(input, &input.source, changes);
    let mut mended = 0;
    let mut seen = HashSet::from([Arc::clone(&input.source)]);
    for _ in 0..ROUNDS {
        let chosen = choose(snapshot.diagnostics(), take);
        if chosen.is_empty() {
            break;
        }
        let mut next = changes.clone();
        let edits = chosen.iter().filter_map(|found| Some(&found.fix()?.edit));
        let all = WorkspaceEdit { files: join(edits) };
        next.make(&all, (place, snapshot.source()), &|path| look.here.show(path))?;
        let text = next.text(place).map_or_else(|| Arc::clone(snapshot.source()), Arc::clone);
        let document_changed = text != *snapshot.source();
        if document_changed && !seen.insert(Arc::clone(&text)) {
            break;
        }
        mended += chosen.len();
        *changes = next;
        snapshot = look.snapshot(input, &text, changes);
    }
    Ok(Fixed { snapshot, mended })
}

/// The fixes that can be taken together, in the order of the text: no two of them touch.
fn choose(found: &[Diagnostic], take: Take) -> Vec<&Diagnostic> {
    let mut chosen = Vec::new();
    let mut taken: Vec<(FileId, Option<Span>)> = Vec::new();
    for diagnostic in found {
        let Some(fix) = diagnostic.fix() else { continue };
        if !take.takes(fix.applicability) || (fix.edit.reaches_other_files() && !take.other_files) {
            continue;
        }
        let places: Vec<_> = fix.edit.files.iter().flat_map(places).collect();
        let touches = |place: &(FileId, Option<Span>)| {
            taken.iter().any(|(file, span)| {
                *file == place.0
                    && match (span, place.1) {
                        (Some(a), Some(b)) => a.meets(b),
                        // A file that is made anew is made once.
                        _ => true,
                    }
            })
        };
        if !places.is_empty() && !places.iter().any(touches) {
            taken.extend(places);
            chosen.push(diagnostic);
        }
    }
    chosen
}

fn places(file: &FileEdit) -> Vec<(FileId, Option<Span>)> {
    match &file.change {
        FileChange::Create { .. } => vec![(file.file.clone(), None)],
        FileChange::Modify { edits, .. } => {
            edits.iter().map(|edit| (file.file.clone(), Some(edit.span))).collect()
        }
    }
}

/// The edits of several fixes, one entry a file.
fn join<'a>(edits: impl Iterator<Item = &'a WorkspaceEdit>) -> Vec<FileEdit> {
    let mut files: Vec<FileEdit> = Vec::new();
    for file in edits.flat_map(|edit| &edit.files) {
        let known = files.iter_mut().find(|known| known.file == file.file);
        match (known.map(|known| &mut known.change), &file.change) {
            (Some(FileChange::Modify { edits, .. }), FileChange::Modify { edits: more, .. }) => {
                edits.extend(more.iter().cloned());
            }
            _ => files.push(file.clone()),
        }
    }
    files
}
