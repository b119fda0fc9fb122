//! `textDocument/inlayHint`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{InlayHint, InlayHintParams, Tooltip};
use tower_lsp::jsonrpc::Result;

use super::compute::{Cancel, answer};
use super::documents::Version;
use super::encoded::Encoded;
use super::session::Session;
use super::{Server, ignores, to_lsp};

impl Server {
    /// Answered from what is known. When more of the context is known the client is asked to refresh.
    pub async fn inlay_hint(&self, params: InlayHintParams) -> Result<Encoded<Option<Vec<InlayHint>>>> {
        if let Some(version) = ignores::asked(&self.state, &params.text_document.uri) {
            let state = Arc::clone(&self.state);
            let work = move |cancel: &Cancel| {
                let span = to_lsp::span(params.range, &version, state.session());
                let file = state.ignores.settled(&version, cancel);
                let hints = file.inlay_hints(span, version.settings().hints);
                Some(hints.into_iter().map(|hint| shown(hint, &version, state.session())).collect())
            };
            return answer("textDocument/inlayHint", work).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        self.state.look_unless_told(&version.uri);
        let state = Arc::clone(&self.state);
        answer("textDocument/inlayHint", move |_| {
            let (snapshot, session) = (version.snapshot(), state.session());
            let span = to_lsp::span(params.range, &version, session);
            let hints = features::inlay_hints(snapshot, span).into_iter();
            Some(hints.map(|hint| shown(hint, &version, session)).collect())
        })
        .await
    }
}

fn shown(hint: features::InlayHint, version: &Version, session: &Session) -> InlayHint {
    InlayHint {
        position: to_lsp::place(hint.offset, version, session),
        label: hint.label.into(),
        kind: None,
        text_edits: None,
        tooltip: (!hint.tooltip.is_empty()).then_some(Tooltip::String(hint.tooltip)),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
