//! `textDocument/inlayHint`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{InlayHint, InlayHintParams, Tooltip};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
use super::lookups::Need;
use super::{Server, to_lsp};

impl Server {
    /// Answered from what is known. When more of the context is known the client is asked to refresh.
    pub async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        if !self.state.session().watches_files {
            self.state.look(&version.uri, Need::Check);
        }
        let state = Arc::clone(&self.state);
        compute("textDocument/inlayHint", move |_| {
            let (snapshot, session) = (version.snapshot(), state.session());
            let span = to_lsp::span(params.range, &version, session);
            let hints = features::inlay_hints(snapshot, span).into_iter().map(|hint| InlayHint {
                position: to_lsp::place(hint.offset, &version, session),
                label: hint.label.into(),
                kind: None,
                text_edits: None,
                tooltip: (!hint.tooltip.is_empty()).then_some(Tooltip::String(hint.tooltip)),
                padding_left: Some(true),
                padding_right: None,
                data: None,
            });
            Some(hints.collect())
        })
        .await
    }
}
