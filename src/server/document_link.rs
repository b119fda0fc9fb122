//! `textDocument/documentLink`.

use crate::features::{self, LinkTarget};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{DocumentLink, DocumentLinkParams, Uri};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::{Server, to_lsp, uri};

impl Server {
    /// Answered from what is known of the context; nothing is asked of the network.
    pub async fn document_link(
        &self,
        params: DocumentLinkParams,
    ) -> Result<Encoded<Option<Vec<DocumentLink>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/documentLink", move |cancel| {
            let version = state.looked_at_once(version, cancel);
            let session = state.session();
            let mut ranges = to_lsp::Ranges::of(&version, session);
            let links = features::document_links(version.snapshot()).into_iter().map(|link| DocumentLink {
                range: ranges.range(link.span),
                target: Some(Uri(match link.target {
                    LinkTarget::Page(page) => page,
                    LinkTarget::File(path) => match &version.path {
                        Some(known) => uri::beside(&version.uri, known, &path),
                        None => uri::from_path(&path),
                    },
                })),
                tooltip: session.link_tooltips.then_some(link.tooltip),
                data: None,
            });
            Some(links.collect())
        })
        .await
    }
}
