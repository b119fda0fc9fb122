//! `textDocument/linkedEditingRange`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{LinkedEditingRangeParams, LinkedEditingRanges};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
use super::{Server, to_lsp};

impl Server {
    pub async fn linked_editing_range(
        &self,
        params: LinkedEditingRangeParams,
    ) -> Result<Option<LinkedEditingRanges>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        let state = Arc::clone(&self.state);
        compute("textDocument/linkedEditingRange", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::linked_editing_ranges(version.snapshot(), offset)?;
            Some(LinkedEditingRanges {
                ranges: found.into_iter().map(|span| to_lsp::range_of(span, &version, session)).collect(),
                word_pattern: Some("[A-Za-z0-9_.-]+".to_string()),
            })
        })
        .await
    }
}
