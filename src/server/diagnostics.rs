//! `textDocument/diagnostic`: diagnostics for clients that pull.

use serde_json::json;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    DocumentDiagnosticParams, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport,
};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::compute::{Cancel, compute};
use super::lookups::Need;
use super::output::Output;
use super::state::failure;
use super::{Server, ignores, lock, to_lsp};

/// LSP's code for a request that the server itself gives up.
const SERVER_CANCELLED: ErrorCode = ErrorCode::ServerError(-32802);

impl Server {
    /// A version that is superseded before its analysis begins isn't analysed: the client is told to ask
    /// for the newer one.
    pub async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReport> {
        if !self.state.session().pulls {
            return Err(failure(
                ErrorCode::MethodNotFound,
                "diagnostics are pushed to this client, which didn't say that it can refresh pulled ones",
            ));
        }
        if let Some(version) = self.state.ignore_file(&params.text_document.uri.0) {
            let state = Arc::clone(&self.state);
            let answer = move |cancel: &Cancel| {
                let file = state.ignores.settled(&version, cancel);
                identified(params.previous_result_id, ignores::diagnostics(&state, &version, &file))
            };
            return compute("textDocument/diagnostic", answer).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(report(None, String::new(), Vec::new()));
        };
        // Answered from what is known. Should the context have changed, the client is asked to refresh;
        // one that watches the files tells of it by itself, and is spared a look at each keystroke.
        if !self.state.session().watches_files {
            self.state.look(&version.uri, Need::Check);
        }
        let state = Arc::clone(&self.state);
        compute("textDocument/diagnostic", move |cancel| {
            // The list that an open file begins with is the one that it keeps.
            let version = state.looked_at_once(version, cancel);
            {
                let documents = lock(&state.documents);
                if documents.dockerfile(&version.uri).is_some_and(|newest| newest.number != version.number) {
                    return Err(superseded());
                }
                #[cfg(debug_assertions)]
                state.counters.begin(version.number);
            }
            let items = to_lsp::diagnostics(&version, state.session());
            Ok(identified(params.previous_result_id, items))
        })
        .await?
    }
}

fn superseded() -> Error {
    let error = failure(SERVER_CANCELLED, "the text has changed since these diagnostics were asked for");
    Error { data: Some(json!({"retriggerRequest": true})), ..error }
}

/// The report of a list that goes by its content.
fn identified(
    previous: Option<String>,
    items: Vec<tower_lsp::gen_lsp_types::Diagnostic>,
) -> DocumentDiagnosticReport {
    let mut hash = DefaultHasher::new();
    Output::encode(&items).hash(&mut hash);
    report(previous, format!("{:016x}", hash.finish()), items)
}

/// A full report, or word that nothing changed. A result's id is that of its content.
fn report(
    previous: Option<String>,
    id: String,
    items: Vec<tower_lsp::gen_lsp_types::Diagnostic>,
) -> DocumentDiagnosticReport {
    if previous.as_ref() == Some(&id) {
        let report = UnchangedDocumentDiagnosticReport::new(id);
        return RelatedUnchangedDocumentDiagnosticReport::new(None, report).into();
    }
    let id = (!id.is_empty()).then_some(id);
    RelatedFullDocumentDiagnosticReport::new(None, FullDocumentDiagnosticReport::new(id, items)).into()
}
