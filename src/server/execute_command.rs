//! `workspace/executeCommand`.

use crate::rules;
use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::{ExecuteCommandParams, MessageType, ShowDocumentParams, Uri};
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::Server;
use super::state::failure;

/// Shows the page of a rule, whose name is the only argument. Its result is
/// `{"rule": NAME, "markdown": PAGE}`.
pub const SHOW_RULE: &str = "plimsoll.showRule";

impl Server {
    /// Returns the page. Most clients drop what a command returns: those are asked to show the page on
    /// the web, or told where it is to be read.
    pub async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let refused = |reason: String| Err(failure(ErrorCode::InvalidParams, reason));
        if params.command != SHOW_RULE {
            return refused(format!("plimsoll has no command {}; it has {SHOW_RULE}", params.command));
        }
        let name = params.arguments.as_ref().and_then(|arguments| arguments.first()).and_then(Value::as_str);
        let Some(name) = name else {
            return refused(format!("{SHOW_RULE} needs the name of a rule"));
        };
        let Some(rule) = rules::find(name) else {
            return refused(format!("plimsoll has no rule {name}; `plimsoll rules` lists them"));
        };
        if !self.state.session().shows_rules {
            self.show(rule.name);
        }
        Ok(Some(json!({"rule": rule.name, "markdown": rules::page(rule)})))
    }

    /// Shows the page on the web where there is one and the client can, else says how to read it.
    fn show(&self, rule: &'static str) {
        let client = self.state.client.clone();
        let url = rules::page_url(rule).filter(|_| self.state.session().shows_documents);
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
