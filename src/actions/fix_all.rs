//! All safe fixes of the file at once, for format-on-save and the like.

use super::{Action, ActionKind, CodeAction, Request, join};
use crate::rules::{Applicability, Diagnostic};
use crate::text::{Edit, WorkspaceEdit};
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

fn safe_edits(diagnostics: &[Diagnostic]) -> (Vec<Edit>, Vec<usize>) {
    join(diagnostics, |found| found.applicability() == Some(Applicability::Safe))
}
