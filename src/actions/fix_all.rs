//! All safe fixes of the file at once, for format-on-save and the like.

use super::{Action, ActionKind, CodeAction, Request};
use crate::rules::{Applicability, Diagnostic};
use crate::text::{Edit, FileChange, FileId, WorkspaceEdit};
use std::sync::Arc;

pub(super) const ACTION: Action = Action { kind: ActionKind::SourceFixAll, list, resolve };

const ID: &str = "fix-all";

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let (edits, fixes) = safe_edits(request.diagnostics);
    if edits.is_empty() {
        return Vec::new();
    }
    vec![CodeAction {
        id: ID.to_owned(),
        title: "Fix all that can be fixed safely".to_owned(),
        kind: ActionKind::SourceFixAll,
        fixes,
        preferred: false,
        disabled: None,
        opens_rule: None,
        reaches_other_files: false,
    }]
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    (id == ID).then(|| {
        let (edits, _) = safe_edits(request.diagnostics);
        if edits.is_empty() {
            return Err("Nothing is left here that can be fixed safely.".to_owned());
        }
        Ok(WorkspaceEdit::document(Arc::clone(request.subject.source()), edits))
    })
}

/// The edits of the safe fixes that change the Dockerfile alone, and the places of their findings. Of two
/// fixes that touch the same bytes the first one is taken; the other comes with the next round.
fn safe_edits(diagnostics: &[Diagnostic]) -> (Vec<Edit>, Vec<usize>) {
    let (mut edits, mut fixed): (Vec<Edit>, Vec<usize>) = (Vec::new(), Vec::new());
    for (at, found) in diagnostics.iter().enumerate() {
        let Some(fix) = found.fix.as_ref().filter(|fix| fix.applicability == Applicability::Safe) else {
            continue;
        };
        let [file] = &fix.edit.files[..] else { continue };
        let (FileId::Document, FileChange::Modify { edits: new, .. }) = (&file.file, &file.change) else {
            continue;
        };
        if new.iter().all(|new| edits.iter().all(|old| !new.span.meets(old.span))) {
            edits.extend(new.iter().cloned());
            fixed.push(at);
        }
    }
    (edits, fixed)
}
