//! `textDocument/formatting`.

use crate::features::{self, Style};
use crate::settings::Indent;
use crate::text::Edit;
use tower_lsp::gen_lsp_types::{DocumentFormattingParams, FormattingOptions, TextEdit};
use tower_lsp::jsonrpc::Result;

use super::Server;
use super::compute::answer;
use super::documents::Version;
use super::encoded::Encoded;
use super::session::Session;
use super::to_lsp::Ranges;
use std::sync::Arc;

impl Server {
    pub async fn formatting(
        &self,
        params: DocumentFormattingParams,
    ) -> Result<Encoded<Option<Vec<TextEdit>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/formatting", move |_| {
            let edits = features::formatting(version.snapshot(), &style(&version, &params.options));
            Some(text_edits(edits, &version, state.session()))
        })
        .await
    }
}

/// What is set, and the editor's own indent for files that have none.
pub(super) fn style(version: &Version, options: &FormattingOptions) -> Style {
    let spaces = u8::try_from(options.tab_size).ok().and_then(Indent::spaces).unwrap_or_default();
    let fallback = if options.insert_spaces { spaces } else { Indent::Tab };
    Style { format: version.settings().format, fallback }
}

pub(super) fn text_edits(edits: Vec<Edit>, version: &Version, session: &Session) -> Vec<TextEdit> {
    let mut ranges = Ranges::of(version, session);
    edits.into_iter().map(|edit| TextEdit { range: ranges.range(edit.span), new_text: edit.text }).collect()
}
