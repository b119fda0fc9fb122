//! `textDocument/definition`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    Definition, DefinitionParams, DefinitionResponse, Location, LocationLink, Uri,
};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
use super::{Server, to_lsp};

impl Server {
    pub async fn definition(&self, params: DefinitionParams) -> Result<Option<DefinitionResponse>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        let state = Arc::clone(&self.state);
        compute("textDocument/definition", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::definition(version.snapshot(), offset)?;
            if !session.definition_links {
                let range = to_lsp::range_of(found.name, &version, session);
                let location = Location { uri: Uri(version.uri.to_string()), range };
                return Some(DefinitionResponse::Definition(Definition::Location(location)));
            }
            let range = |span| to_lsp::range_of(span, &version, session);
            Some(DefinitionResponse::DefinitionLinkList(vec![LocationLink {
                origin_selection_range: Some(range(found.origin)),
                target_uri: Uri(version.uri.to_string()),
                target_range: range(found.instruction.to(found.name)),
                target_selection_range: range(found.name),
            }]))
        })
        .await
    }
}
