use super::Snapshot;
use crate::actions::{self, CodeAction, Request};
use crate::text::{Span, WorkspaceEdit};

/// `textDocument/codeAction`: what is on offer for the selection `span`. `only` are the kinds asked for,
/// as on the wire ("refactor" asks for "refactor.rewrite" too); empty for all.
pub fn code_actions(snapshot: &Snapshot, span: Span, only: &[String]) -> Vec<CodeAction> {
    actions::list(&request(snapshot, span), only)
}

/// `codeAction/resolve`: the edit of the action `id`, or a sentence that says why there is none.
pub fn resolve(snapshot: &Snapshot, id: &str) -> Result<WorkspaceEdit, String> {
    actions::resolve(&request(snapshot, Span::empty(0)), id)
}

fn request(snapshot: &Snapshot, span: Span) -> Request<'_> {
    Request { subject: snapshot.subject(), diagnostics: snapshot.diagnostics(), span }
}
