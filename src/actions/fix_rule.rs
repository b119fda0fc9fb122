//! The fixes of all findings of one rule.

use super::{Action, ActionKind, CodeAction, Request, here, join};
use crate::rules::{Applicability, Diagnostic};
use crate::text::{Edit, WorkspaceEdit};
use std::sync::Arc;

pub(super) const ACTION: Action = Action { kind: ActionKind::QuickFix, list, resolve };

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let mut offers: Vec<CodeAction> = Vec::new();
    for (_, found) in here(request) {
        let Some(fix) = found.fix() else { continue };
        let id = id(found.rule, fix.applicability);
        if offers.iter().any(|offer| offer.id == id) {
            continue;
        }
        let (_, fixes) = edits(request, found.rule, fix.applicability);
        if fixes.len() < 2 {
            continue;
        }
        let warning = if fix.applicability == Applicability::Unsafe { " (unsafe)" } else { "" };
        offers.push(CodeAction {
            id,
            title: format!("Fix all {} of {} in this file{warning}", fixes.len(), found.rule),
            kind: ActionKind::QuickFix,
            fixes,
            preferred: false,
            disabled: None,
            opens_rule: None,
            reaches_other_files: false,
        });
    }
    offers
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    let (applicability, rule) = match id.strip_prefix("fix-rule/")?.split_once('/')? {
        ("safe", rule) => (Applicability::Safe, rule),
        (_, rule) => (Applicability::Unsafe, rule),
    };
    let (edits, _) = edits(request, rule, applicability);
    Some(match edits.is_empty() {
        true => Err("What this would fix is no longer there.".to_owned()),
        false => Ok(WorkspaceEdit::document(Arc::clone(request.subject.source()), edits)),
    })
}

fn id(rule: &str, applicability: Applicability) -> String {
    let kind = if applicability == Applicability::Safe { "safe" } else { "unsafe" };
    format!("fix-rule/{kind}/{rule}")
}

/// The edits, and the places of the findings that they mend. An unsafe one, taken for all, takes the safe ones
/// along.
fn edits(request: &Request<'_>, rule: &str, applicability: Applicability) -> (Vec<Edit>, Vec<usize>) {
    join(request.diagnostics, |found: &Diagnostic| {
        let safe = found.applicability() == Some(Applicability::Safe);
        found.rule == rule && (safe || applicability == Applicability::Unsafe)
    })
}
