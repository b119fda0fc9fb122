//! The editor's settings: asked for where the client answers, else taken as they are sent.

use crate::config::editor;
use serde_json::Value;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{ConfigurationItem, MessageType, Registration};

use super::state::State;
use super::{Server, lock};

/// The section of an editor's settings that is ours.
const SECTION: &str = "plimsoll";

impl Server {
    /// `workspace/didChangeConfiguration`. A client that answers `workspace/configuration` sends nothing
    /// of use here.
    pub async fn did_change_configuration(&self, params: Value) {
        match self.state.session().answers_configuration {
            true => ask(&self.state),
            false => take(&self.state, &params["settings"]),
        }
    }
}

/// Asks to be told of changes, where the client wants to be asked for that.
pub fn registration() -> Registration {
    let method = "workspace/didChangeConfiguration".to_string();
    Registration::new(
        "plimsoll/configuration".to_string(),
        method,
        Some(serde_json::json!({"section": SECTION})),
    )
}

/// Has the client say what is set. Returns at once.
pub fn ask(state: &Arc<State>) {
    let (client, later) = (state.client.clone(), Arc::clone(state));
    state.handle.spawn(async move {
        let section = ConfigurationItem { scope_uri: None, section: Some(SECTION.to_string()) };
        match client.configuration(vec![section]).await {
            Ok(answers) => take(&later, answers.first().unwrap_or(&Value::Null)),
            Err(error) => tracing::warn!("the client doesn't say what is set: {error}"),
        }
    });
}

/// What is set holds from now on, for open documents too.
pub fn take(state: &State, value: &Value) {
    // A client that has nothing to say doesn't take back what `initialize` set.
    let value = if value.is_null() { &state.session().options } else { value };
    let (layer, wrong) = editor::read(value);
    let changed = {
        let mut chosen = lock(&state.chosen);
        let changed = chosen.editor != layer;
        chosen.editor = layer;
        changed
    };
    if changed {
        state.settle_settings();
    }
    for sentence in wrong {
        let client = state.client.clone();
        state.handle.spawn(async move { client.show_message(MessageType::Warning, sentence).await });
    }
}
