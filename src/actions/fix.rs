//! The fix of a finding.
//!
//! ```text
//! FORM node:20    → FROM node:20
//! ```

use super::{Action, ActionKind, CodeAction, Request, here};
use crate::rules::{Applicability, Diagnostic};
use crate::text::WorkspaceEdit;

pub(super) const ACTION: Action = Action { kind: ActionKind::QuickFix, list, resolve };

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let offer = |(at, found): (usize, &Diagnostic)| {
        let fix = found.fix()?;
        Some(CodeAction {
            id: id(found),
            title: fix.title.clone(),
            kind: ActionKind::QuickFix,
            fixes: vec![at],
            preferred: fix.applicability == Applicability::Safe,
            disabled: None,
            opens_rule: None,
            reaches_other_files: fix.edit.reaches_other_files(),
        })
    };
    here(request).filter_map(offer).collect()
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    if !id.starts_with("fix/") {
        return None;
    }
    let found = request.diagnostics.iter().find(|found| self::id(found) == id);
    let edit = found.and_then(|found| found.fix()).map(|fix| fix.edit.clone());
    Some(edit.ok_or_else(|| "What this would fix is no longer there.".to_owned()))
}

fn id(found: &Diagnostic) -> String {
    format!("fix/{}/{}-{}", found.rule, found.span.start, found.span.end)
}
