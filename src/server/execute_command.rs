//! `workspace/executeCommand`.

use crate::features::{self, Shades};
use crate::rules;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::gen_lsp_types::{ExecuteCommandParams, MessageType, ShowDocumentParams, Uri};
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute_apart;
use super::documents::Version;
use super::lookups::Need;
use super::state::failure;
use super::{Server, uri};

/// Shows the page of a rule, whose name is the only argument. Its result is
/// `{"rule": NAME, "markdown": PAGE}`.
pub const SHOW_RULE: &str = "plimsoll.showRule";

/// Draws the Dockerfile whose URI is the first argument; it must be open. The second one may be `light` or
/// `dark`; without it the picture follows the system's setting. The result is
/// `{"uri": URI, "title": NAME, "svg": PICTURE, "html": PAGE}`.
pub const SHOW_PICTURE: &str = "plimsoll.showPicture";

/// Says what is known of the layers of the Dockerfile whose URI is the first argument; it must be open. The
/// second one may name changes: `{"changed": [FILE…], "changed_args": [NAME…], "changed_base": true}`. The result
/// is the JSON of `plimsoll explain`, with the document's `uri`.
pub const EXPLAIN: &str = "plimsoll.explain";

/// Converts the Dockerfile whose URI is the first argument; it must be open. The second one may answer questions,
/// each by its key. The result is the JSON of `plimsoll convert`, with a workspace `edit` in place of files; nothing
/// is changed.
pub const CONVERT: &str = "plimsoll.convert";

/// All commands.
pub const COMMANDS: [&str; 4] = [SHOW_RULE, SHOW_PICTURE, EXPLAIN, CONVERT];

impl Server {
    /// Returns the page. Most clients drop what a command returns: those are asked to show the page on
    /// the web, or told where it is to be read.
    pub async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        match &*params.command {
            SHOW_RULE => self.show_rule(&params),
            SHOW_PICTURE => self.show_picture(&params).await,
            EXPLAIN => self.explain(&params).await,
            CONVERT => self.convert(&params).await,
            other => {
                let reason = format!("plimsoll has no command {other}; it has {}", COMMANDS.join(", "));
                Err(failure(ErrorCode::InvalidParams, reason))
            }
        }
    }

    /// The newest version of the Dockerfile that a command names, whose context begins to be looked at.
    pub(super) fn commanded(&self, params: &ExecuteCommandParams, command: &str) -> Result<Arc<Version>> {
        let refused = |reason: String| failure(ErrorCode::InvalidParams, reason);
        let uri =
            first(params).ok_or_else(|| refused(format!("{command} needs the URI of an open Dockerfile")))?;
        let version = self.state.version(uri)?.ok_or_else(|| refused(format!("{uri} is no Dockerfile")))?;
        self.state.look(&version.uri, Need::Check);
        Ok(version)
    }

    /// The picture is of the newest text and what is known of its context.
    async fn show_picture(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        let version = self.commanded(params, SHOW_PICTURE)?;
        if !self.state.session().shows_pictures {
            let message = "This editor has no window for the picture: `plimsoll explain --format html Dockerfile` \
                           makes it as a page.";
            let client = self.state.client.clone();
            self.state.handle.spawn(async move { client.show_message(MessageType::Info, message).await });
        }
        let shades = match params.arguments.as_ref().and_then(|arguments| arguments.get(1)?.as_str()) {
            Some("light") => Shades::Light,
            Some("dark") => Shades::Dark,
            _ => Shades::Follow,
        };
        let state = Arc::clone(&self.state);
        compute_apart("workspace/executeCommand", move |cancel| {
            let (version, _) = state.settled(&version, PATIENCE, cancel);
            let title = uri::file_name(&version.uri);
            let chart = features::picture(version.snapshot(), &title);
            let (svg, html) = (features::svg(&chart, shades), features::html(&chart, shades));
            Some(json!({"uri": &*version.uri, "title": title, "svg": svg, "html": html}))
        })
        .await
    }

    fn show_rule(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        let refused = |reason: String| Err(failure(ErrorCode::InvalidParams, reason));
        let name = first(params);
        let Some(name) = name else {
            return refused(format!("{SHOW_RULE} needs the name of a rule"));
        };
        let Some(rule) = rules::find(name) else {
            return refused(format!("plimsoll has no rule {name}; `plimsoll rules` lists them"));
        };
        if !self.state.session().shows_rules {
            self.show(rule.name, rules::page_address(rule, name));
        }
        Ok(Some(json!({"rule": rule.name, "markdown": rules::page_of(rule, name)})))
    }

    /// Shows the page on the web where there is one and the client can, else says how to read it.
    fn show(&self, rule: &'static str, url: Option<String>) {
        let client = self.state.client.clone();
        let url = url.filter(|_| self.state.session().shows_documents);
        self.state.handle.spawn(async move {
            let Some(url) = url else {
                let message = format!("`plimsoll rules {rule}` prints the page of the rule {rule}.");
                client.show_message(MessageType::Info, message).await;
                return;
            };
            let page =
                ShowDocumentParams { uri: Uri(url), external: Some(true), take_focus: None, selection: None };
            if let Err(error) = client.show_document(page).await {
                tracing::warn!("the client doesn't show the page of {rule}: {error}");
            }
        });
    }
}

/// How long a command waits for the disk.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The first argument, where it is words.
fn first(params: &ExecuteCommandParams) -> Option<&str> {
    params.arguments.as_ref()?.first()?.as_str()
}
