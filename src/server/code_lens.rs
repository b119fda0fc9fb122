//! `textDocument/codeLens`.

use crate::features;
use serde_json::json;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{CodeLens, CodeLensParams, Command};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::execute_command::SHOW_PICTURE;
use super::{Server, to_lsp};

impl Server {
    /// Answered from what is known. When more of the context is known the client is asked to refresh.
    pub async fn code_lens(&self, params: CodeLensParams) -> Result<Encoded<Option<Vec<CodeLens>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        self.state.look_unless_told(&version.uri);
        let state = Arc::clone(&self.state);
        answer("textDocument/codeLens", move |_| {
            let (snapshot, session) = (version.snapshot(), state.session());
            let lenses = features::code_lenses(snapshot).into_iter().map(|lens| {
                let range = to_lsp::range(lens.span, snapshot.source(), snapshot.lines(), session);
                let arguments = Some(vec![json!(&*version.uri)]);
                let command = Command {
                    title: lens.title,
                    command: SHOW_PICTURE.to_string(),
                    arguments,
                    tooltip: None,
                };
                CodeLens { range, command: Some(command), data: None }
            });
            Some(lenses.collect())
        })
        .await
    }
}
