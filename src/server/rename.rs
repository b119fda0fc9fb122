//! `textDocument/prepareRename` and `textDocument/rename`.
//!
//! What hangs on the name elsewhere is said by an annotation where the client shows such, to be confirmed where
//! something is known to hang on it. Builds that name a stage are known once the files beside the Dockerfile were
//! looked at, for which the first answer waits a little. Other clients get a message: when they ask whether there is
//! something to rename where something is known, else with the edit.

use crate::features::{self, Rename};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    MessageType, PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams,
    WorkspaceEdit,
};
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute;
use super::encoded::Encoded;
use super::state::{State, failure};
use super::{Server, to_lsp, workspace_edit};

/// LSP's `RequestFailed`: the request was in order, and what it asks for can't be done.
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

impl Server {
    pub async fn prepare_rename(&self, params: PrepareRenameParams) -> Result<Option<PrepareRenameResult>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        self.state.look_unless_told(&version.uri);
        let state = Arc::clone(&self.state);
        let found = compute("textDocument/prepareRename", move |cancel| {
            let version = state.looked_at_once(version, cancel);
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::prepare_rename(version.snapshot(), offset)?;
            let Some(found) = found else { return Ok(None) };
            if !session.change_annotations && found.outside.is_known {
                tell(&state, &found.outside.text);
            }
            let range = to_lsp::range_of(found.span, &version, session);
            Ok(Some(PrepareRenamePlaceholder { range, placeholder: found.name }))
        });
        let found: std::result::Result<_, String> = found.await?;
        let found = found.map_err(|reason| failure(REQUEST_FAILED, reason))?;
        Ok(found.map(PrepareRenameResult::PrepareRenamePlaceholder))
    }

    pub async fn rename(&self, params: RenameParams) -> Result<Encoded<Option<WorkspaceEdit>>> {
        let (new, params) = (params.new_name, params.text_document_position_params);
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        let edit = compute("textDocument/rename", move |cancel| {
            let version = state.looked_at_once(version, cancel);
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let Rename { edit, outside } = features::rename(version.snapshot(), offset, &new)?;
            let mut edit = workspace_edit::to_lsp(&edit, &version, session, &state.documents)
                .map_err(workspace_edit::Refusal::into_reason)?;
            for annotation in edit.change_annotations.iter_mut().flat_map(|all| all.values_mut()) {
                annotation.needs_confirmation = Some(outside.is_known);
                annotation.description = (!outside.text.is_empty()).then(|| outside.text.clone());
            }
            let is_told = session.prepares_rename && outside.is_known;
            if !session.change_annotations && !is_told {
                tell(&state, &outside.text);
            }
            Ok(Encoded::of(&Some(edit)))
        });
        let edit: std::result::Result<_, String> = edit.await?;
        edit.map_err(|reason| failure(REQUEST_FAILED, reason))
    }
}

fn tell(state: &Arc<State>, outside: &str) {
    if outside.is_empty() {
        return;
    }
    let (client, outside) = (state.client.clone(), outside.to_string());
    state.handle.spawn(async move { client.show_message(MessageType::Info, outside).await });
}
