//! `workspace/executeCommand`.

use serde_json::Value;
use tower_lsp::gen_lsp_types::{ExecuteCommandParams, MessageType, ShowDocumentParams, Uri};
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::Server;
use super::state::failure;

/// Shows the page of a rule, whose name is the only argument.
pub const SHOW_RULE: &str = "plimsoll.showRule";

/// Where the pages of the rules are on the web, set when plimsoll is built; the rule's name is added.
const PAGES: Option<&str> = option_env!("PLIMSOLL_RULES_URL");

impl Server {
    pub async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        if params.command != SHOW_RULE {
            return Err(failure(
                ErrorCode::InvalidParams,
                format!("plimsoll has no command {}; it has {SHOW_RULE}", params.command),
            ));
        }
        let rule = params.arguments.as_ref().and_then(|arguments| arguments.first()).and_then(Value::as_str);
        let Some(rule) = rule else {
            return Err(failure(ErrorCode::InvalidParams, format!("{SHOW_RULE} needs the name of a rule")));
        };
        let rule = rule.to_string();
        let client = self.state.client.clone();
        let page = PAGES.filter(|page| !page.is_empty() && self.state.session().shows_documents);
        self.state.handle.spawn(async move {
            match page {
                Some(base) => {
                    let uri = Uri(format!("{}/{rule}", base.trim_end_matches('/')));
                    let page =
                        ShowDocumentParams { uri, external: Some(true), take_focus: None, selection: None };
                    if let Err(error) = client.show_document(page).await {
                        tracing::warn!("the client doesn't show the page of {rule}: {error}");
                    }
                }
                None => {
                    let message = format!("`plimsoll rules {rule}` prints the page of the rule {rule}.");
                    client.show_message(MessageType::Info, message).await;
                }
            }
        });
        Ok(None)
    }
}
