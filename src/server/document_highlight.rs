//! `textDocument/documentHighlight`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::{Server, to_lsp};

impl Server {
    pub async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Encoded<Option<Vec<DocumentHighlight>>>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/documentHighlight", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::document_highlights(version.snapshot(), offset)?;
            let mut ranges = to_lsp::Ranges::of(&version, session);
            let highlights = found.into_iter().map(|highlight| DocumentHighlight {
                range: ranges.range(highlight.span),
                kind: Some(match highlight.writes {
                    true => DocumentHighlightKind::Write,
                    false => DocumentHighlightKind::Read,
                }),
            });
            Some(highlights.collect())
        })
        .await
    }
}
