//! `textDocument/hover`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{Contents, Hover, HoverParams, MarkupContent, MarkupKind};
use tower_lsp::jsonrpc::Result;

use super::compute::{Cancel, answer};
use super::documents::Version;
use super::encoded::Encoded;
use super::session::Session;
use super::{Server, ignores, to_lsp};

impl Server {
    pub async fn hover(&self, params: HoverParams) -> Result<Encoded<Option<Hover>>> {
        let params = params.text_document_position_params;
        if let Some(version) = ignores::asked(&self.state, &params.text_document.uri) {
            let state = Arc::clone(&self.state);
            let work = move |cancel: &Cancel| {
                let offset = to_lsp::offset(params.position, &version, state.session());
                let hover = state.ignores.settled(&version, cancel).hover(offset)?;
                Some(shown(hover, &version, state.session()))
            };
            return answer("textDocument/hover", work).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let (state, uri) = (Arc::clone(&self.state), Arc::clone(&version.uri));
        let hover = answer("textDocument/hover", move |cancel| {
            let version = state.looked_at_once(version, cancel);
            let (snapshot, session) = (version.snapshot(), state.session());
            let (source, lines) = (snapshot.source(), snapshot.lines());
            let offset = lines.offset(to_lsp::from_position(params.position), source, session.encoding);
            let hover = features::hover(snapshot, offset)?;
            Some(shown(hover, &version, session))
        })
        .await;
        // What changed on disk isn't waited for: a later hover sees it.
        self.state.look_now_and_then(&uri);
        hover
    }
}

fn shown(hover: features::Hover, version: &Version, session: &Session) -> Hover {
    let kind = if session.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    Hover {
        contents: Contents::MarkupContent(MarkupContent { kind, value: hover.markdown }),
        range: Some(to_lsp::range_of(hover.span, version, session)),
    }
}
