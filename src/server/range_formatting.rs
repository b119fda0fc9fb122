//! `textDocument/rangeFormatting`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{DocumentRangeFormattingParams, TextEdit};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::formatting::{style, text_edits};
use super::{Server, to_lsp};

impl Server {
    pub async fn range_formatting(
        &self,
        params: DocumentRangeFormattingParams,
    ) -> Result<Encoded<Option<Vec<TextEdit>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/rangeFormatting", move |_| {
            let session = state.session();
            let range = to_lsp::span(params.range, &version, session);
            let edits =
                features::range_formatting(version.snapshot(), range, &style(&version, &params.options));
            Some(text_edits(edits, &version, session))
        })
        .await
    }
}
