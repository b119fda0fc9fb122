use super::Snapshot;
use crate::text::{Span, WorkspaceEdit};

/// The LSP's kinds of code action that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    QuickFix,
    RefactorRewrite,
    /// `source.fixAll.plimsoll`
    SourceFixAll,
}

impl ActionKind {
    /// The kind's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionKind::QuickFix => "quickfix",
            ActionKind::RefactorRewrite => "refactor.rewrite",
            ActionKind::SourceFixAll => "source.fixAll.plimsoll",
        }
    }
}

/// One thing that the editor can offer to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAction {
    /// Names the action within its snapshot, for [`resolve`].
    pub id: String,
    pub title: String,
    pub kind: ActionKind,
    /// The places in `Snapshot::diagnostics` of what this action fixes.
    pub fixes: Vec<usize>,
    pub preferred: bool,
    /// Why the action can't be taken here, where it can't.
    pub disabled: Option<String>,
    /// The rule whose page the action opens, where it edits nothing.
    pub opens_rule: Option<&'static str>,
    /// Whether files other than the Dockerfile change: such an action is only for clients that can.
    pub reaches_other_files: bool,
}

/// `textDocument/codeAction`: what is on offer for the selection `span`. `only` are the kinds asked for,
/// as on the wire ("refactor" asks for "refactor.rewrite" too); empty for all.
pub fn code_actions(_snapshot: &Snapshot, _span: Span, _only: &[String]) -> Vec<CodeAction> {
    Vec::new()
}

/// `codeAction/resolve`: the edit of the action `id`, or a sentence that says why there is none.
pub fn resolve(_snapshot: &Snapshot, id: &str) -> Result<WorkspaceEdit, String> {
    Err(format!("there is no action {id:?} here any more"))
}
