//! `textDocument/references`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{Location, ReferenceParams, Uri};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::{Server, to_lsp};

impl Server {
    pub async fn references(&self, params: ReferenceParams) -> Result<Encoded<Option<Vec<Location>>>> {
        let declarations = params.context.include_declaration;
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/references", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::references(version.snapshot(), offset, declarations)?;
            let (uri, mut ranges) = (Uri(version.uri.to_string()), to_lsp::Ranges::of(&version, session));
            Some(
                found
                    .into_iter()
                    .map(|span| Location { uri: uri.clone(), range: ranges.range(span) })
                    .collect(),
            )
        })
        .await
    }
}
