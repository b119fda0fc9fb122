//! The editor's settings: asked for where the client answers, else taken as they are sent.

use crate::config::editor;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{ConfigurationItem, MessageType, Registration, Uri};

use super::settings::Said;
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
            false => take(&self.state, &params["settings"], std::iter::empty()),
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

/// Has the client say what is set, in each folder of the workspace. Returns at once.
pub fn ask(state: &Arc<State>) {
    let (client, later) = (state.client.clone(), Arc::clone(state));
    let folders = state.workspace_folders();
    state.handle.spawn(async move {
        let item = |scope: Option<String>| ConfigurationItem {
            scope_uri: scope.map(Uri),
            section: Some(SECTION.to_string()),
        };
        let items = std::iter::once(None).chain(folders.iter().cloned().map(Some)).map(item).collect();
        match client.configuration(items).await {
            Ok(answers) => {
                let mut answers = answers.into_iter();
                let everywhere = answers.next().unwrap_or_default();
                take(&later, &everywhere, folders.into_iter().zip(answers));
            }
            Err(error) => tracing::warn!("the client doesn't say what is set: {error}"),
        }
    });
}

/// What is set holds from now on, for open documents too: `everywhere`, and in folders of the workspace, by URI, in
/// its place.
pub fn take(state: &State, everywhere: &Value, folders: impl Iterator<Item = (String, Value)>) {
    // A client that has nothing to say doesn't take back what `initialize` set.
    let everywhere = if everywhere.is_null() { &state.session().options } else { everywhere };
    let (layer, mut wrong) = editor::read(everywhere);
    let mut said = Said { everywhere: layer, folders: HashMap::new() };
    for (folder, value) in folders {
        if !value.is_null() {
            let (layer, more) = editor::read(&value);
            said.folders.insert(folder, layer);
            wrong.extend(more);
        }
    }
    let wrong: BTreeSet<String> = wrong.into_iter().collect();
    let (changed, unsaid) = {
        let mut chosen = lock(&state.chosen);
        let changed = chosen.editor != said;
        chosen.editor = said;
        let before = std::mem::replace(&mut chosen.said_wrong, wrong.clone());
        (changed, wrong.difference(&before).cloned().collect::<Vec<_>>())
    };
    if changed {
        state.settle_settings();
    }
    for sentence in unsaid {
        let client = state.client.clone();
        state.handle.spawn(async move { client.show_message(MessageType::Warning, sentence).await });
    }
}
