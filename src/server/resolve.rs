//! `codeAction/resolve`: the edit of one action.

use crate::features;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::gen_lsp_types::CodeAction;
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute_apart;
use super::lookups::Need;
use super::state::failure;
use super::workspace_edit::{self, Refusal};
use super::{Server, lock};

/// What a code action carries from its offer to its taking.
#[derive(Deserialize)]
struct Data {
    uri: String,
    version: i32,
    id: String,
}

/// How long an action that was taken waits for the disk. It isn't done on an old view.
const PATIENCE: Duration = Duration::from_secs(30);

/// LSP's code for a request that is right but can't be done.
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

impl Server {
    /// An action without `data` of ours is whole as it is: Neovim and Helix resolve those too.
    pub async fn resolve(&self, mut action: CodeAction) -> Result<CodeAction> {
        let data = action.data.as_ref().and_then(|data| Data::deserialize(data).ok());
        let Some(data) = data else { return Ok(action) };
        let title = action.title.clone();
        let moved_on = move |what: &str| {
            failure(
                ErrorCode::ContentModified,
                format!("{what} since \"{title}\" was offered; ask for the actions again"),
            )
        };
        let version = match self.state.version(&data.uri) {
            Ok(Some(version)) if version.number == data.version => version,
            Ok(_) => return Err(moved_on("the text has changed")),
            Err(_) => return Err(moved_on("the file was closed")),
        };
        self.state.look(&version.uri, Need::Check);
        let state = Arc::clone(&self.state);
        let edit = compute_apart("codeAction/resolve", move |cancel| {
            let (version, in_time) = state.settled(&version, PATIENCE, cancel);
            if !in_time {
                let reason = "the files beside the Dockerfile couldn't be looked at in time; try again";
                return Err(failure(REQUEST_FAILED, reason));
            }
            let edit = features::resolve(version.snapshot(), &data.id)
                .map_err(|reason| failure(REQUEST_FAILED, reason))?;
            let edit = workspace_edit::to_lsp(&edit, &version, state.session(), &state.documents);
            // The user may have typed while the disk was waited for.
            let newest = lock(&state.documents).dockerfile(&data.uri).map(|newest| newest.number);
            match edit {
                _ if newest != Some(data.version) => Err(moved_on("the text has changed")),
                Ok(edit) => Ok(edit),
                Err(Refusal::Changed(reason)) => Err(failure(ErrorCode::ContentModified, reason)),
                Err(Refusal::Impossible(reason)) => Err(failure(REQUEST_FAILED, reason)),
            }
        })
        .await?;
        action.edit = Some(edit?);
        Ok(action)
    }
}
