//! The page of the rule behind a finding.

use super::{Action, ActionKind, CodeAction, Request, here};
use crate::rules::Diagnostic;
use crate::text::WorkspaceEdit;

pub(super) const ACTION: Action = Action { kind: ActionKind::QuickFix, list, resolve };

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let offer = |(at, found): (usize, &Diagnostic)| CodeAction {
        id: format!("page/{}", found.rule),
        title: format!("Explain {}", found.rule),
        kind: ActionKind::QuickFix,
        fixes: vec![at],
        preferred: false,
        disabled: None,
        opens_rule: Some(found.rule),
        reaches_other_files: false,
    };
    here(request).map(offer).collect()
}

fn resolve(_request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    id.starts_with("page/").then(|| Ok(WorkspaceEdit::default()))
}
