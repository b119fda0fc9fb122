//! `codeAction/resolve`: the edit of one action.

use crate::features;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::gen_lsp_types::CodeAction;
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute;
use super::lookups::Need;
use super::state::failure;
use super::{Server, workspace_edit};

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
        let moved_on = |what: &str| {
            failure(
                ErrorCode::ContentModified,
                format!("{what} since \"{}\" was offered; ask for the actions again", action.title),
            )
        };
        let version = match self.state.version(&data.uri) {
            Ok(Some(version)) if version.number == data.version => version,
            Ok(_) => return Err(moved_on("the text has changed")),
            Err(_) => return Err(moved_on("the file was closed")),
        };
        self.state.look(&version.uri, Need::Check);
        let state = Arc::clone(&self.state);
        let edit = compute("codeAction/resolve", move |cancel| {
            let version = state.settled(&version, PATIENCE, cancel);
            let edit = features::resolve(version.snapshot(), &data.id)?;
            workspace_edit::to_lsp(&edit, &version, state.session(), &state.documents)
        })
        .await?;
        match edit {
            Ok(edit) => {
                action.edit = Some(edit);
                Ok(action)
            }
            Err(reason) => Err(failure(REQUEST_FAILED, reason)),
        }
    }
}
