use super::Snapshot;
use crate::rules::Diagnostic;

/// `textDocument/publishDiagnostics` and `textDocument/diagnostic`: what the rules find.
pub fn diagnostics(snapshot: &Snapshot) -> &[Diagnostic] {
    snapshot.diagnostics()
}
