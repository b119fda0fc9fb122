//! `textDocument/onTypeFormatting`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{DocumentOnTypeFormattingParams, TextEdit};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::formatting::{style, text_edits};
use super::{Server, to_lsp};

impl Server {
    pub async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Encoded<Option<Vec<TextEdit>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/onTypeFormatting", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let style = style(&version, &params.options);
            let edits = features::on_type_formatting(version.snapshot(), offset, &params.ch, &style);
            Some(text_edits(edits, &version, session))
        })
        .await
    }
}
