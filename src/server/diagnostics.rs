//! `textDocument/diagnostic`: diagnostics for clients that pull.

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::DocumentDiagnosticParams;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::compute::{Cancel, compute};
use super::encoded::Encoded;
use super::state::failure;
use super::{Server, ignores, lock, to_lsp};

/// LSP's code for a request that the server itself gives up.
const SERVER_CANCELLED: ErrorCode = ErrorCode::ServerError(-32802);

impl Server {
    /// A version that is superseded before its analysis begins isn't analysed: the client is told to ask
    /// for the newer one.
    pub async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<Encoded<Report>> {
        if !self.state.session().pulls {
            return Err(failure(
                ErrorCode::MethodNotFound,
                "diagnostics are pushed to this client, which didn't say that it can refresh pulled ones",
            ));
        }
        if let Some(version) = self.state.ignore_file(&params.text_document.uri.0) {
            let state = Arc::clone(&self.state);
            let work = move |cancel: &Cancel| {
                let file = state.ignores.settled(&version, cancel);
                identified(params.previous_result_id, &ignores::diagnostics(&state, &version, &file))
            };
            return compute("textDocument/diagnostic", work).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(nothing());
        };
        // Answered from what is known. Should the context have changed, the client is asked to refresh;
        // one that watches the files tells of it by itself, and is spared a look at each keystroke.
        self.state.look_unless_told(&version.uri);
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
            let items = to_lsp::Diagnostics { version: &version, session: state.session() };
            Ok(identified(params.previous_result_id, &items))
        })
        .await?
    }
}

fn superseded() -> Error {
    let error = failure(SERVER_CANCELLED, "the text has changed since these diagnostics were asked for");
    Error { data: Some(json!({"retriggerRequest": true})), ..error }
}

/// A report as it is written; the items are JSON already.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Report {
    Full {
        #[serde(skip_serializing_if = "Option::is_none")]
        result_id: Option<String>,
        items: Box<RawValue>,
    },
    Unchanged {
        result_id: String,
    },
}

/// The report of a list, or word that nothing changed. A result's id is that of its content.
fn identified(previous: Option<String>, items: &impl Serialize) -> Encoded<Report> {
    let Ok(items) = serde_json::value::to_raw_value(items) else { return nothing() };
    let mut hash = DefaultHasher::new();
    items.get().hash(&mut hash);
    let result_id = format!("{:016x}", hash.finish());
    Encoded::of(&match previous {
        Some(previous) if previous == result_id => Report::Unchanged { result_id },
        _ => Report::Full { result_id: Some(result_id), items },
    })
}

/// The report of what isn't looked at.
fn nothing() -> Encoded<Report> {
    Encoded::of(&Report::Full {
        result_id: None,
        items: RawValue::from_string("[]".to_owned()).unwrap_or_default(),
    })
}
