//! `textDocument/didOpen`, `didChange`, `didSave` and `didClose`.
//!
//! All that these do is done before their first await, in the order of the wire.

use crate::text::Change;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documents::{Kind, Version};
use super::lookups::Need;
use super::shellcheck::Pause;
use super::{Server, ignores, lock, to_lsp, uri, worker};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidOpen {
    text_document: Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    uri: String,
    #[serde(default)]
    language_id: String,
    #[serde(default)]
    version: Option<i32>,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChange {
    text_document: Identifier,
    content_changes: Vec<ContentChange>,
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
    #[serde(default)]
    version: Option<i32>,
}

#[derive(Deserialize)]
struct ContentChange {
    range: Option<tower_lsp::gen_lsp_types::Range>,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    text_document: Identifier,
}

impl Server {
    pub async fn did_open(&self, params: Value) {
        let Some(DidOpen { text_document: item }) = read("textDocument/didOpen", params) else { return };
        let number = item.version.unwrap_or(0);
        let state = &self.state;
        // Opening may ask the disk for settings, which typing doesn't: what is shown first is right.
        let settings = state.settings_of(&item.uri, uri::to_path(&item.uri).as_deref());
        let mut documents = lock(&state.documents);
        #[cfg(debug_assertions)]
        state.counters.receive(number);
        let (kind, version) = documents.open(&item.uri, &item.language_id, number, &item.text, settings);
        drop(documents);
        tracing::debug!("{} opened as {kind:?}", version.uri);
        match kind {
            Kind::Dockerfile => {
                state.analyse(&version.uri);
                state.check_scripts(&version.uri, Pause::None);
                state.look(&version.uri, Need::Gather);
            }
            Kind::Context => state.look_everywhere(named(&version)),
            Kind::Ignore => {
                state.look_everywhere(named(&version));
                state.list_context(&version.uri);
            }
            Kind::Settings => state.settings_document_changed(&version),
            Kind::Other => {}
        }
    }

    pub async fn did_change(&self, params: Value) {
        let Some(DidChange { text_document, content_changes }) = read("textDocument/didChange", params)
        else {
            return;
        };
        let state = &self.state;
        let changes: Vec<Change> = content_changes
            .into_iter()
            .map(|change| match change.range {
                Some(range) => Change::Range(to_lsp::from_range(range), change.text),
                None => Change::Full(change.text),
            })
            .collect();
        let mut documents = lock(&state.documents);
        let known = documents.any(&text_document.uri).map(|(_, version)| version.number);
        let number = text_document.version.or(known.map(|number| number.wrapping_add(1))).unwrap_or(0);
        #[cfg(debug_assertions)]
        state.counters.receive(number);
        let edited = documents.edit(&text_document.uri, number, &changes, state.session().encoding);
        drop(documents);
        match edited {
            Some((Kind::Dockerfile, version)) => {
                state.analyse(&version.uri);
                state.check_scripts(&version.uri, Pause::Typing);
            }
            Some((Kind::Context, version)) => state.look_everywhere(named(&version)),
            Some((Kind::Ignore, version)) => {
                state.look_everywhere(named(&version));
                state.judge_ignore_file(&version.uri);
            }
            Some((Kind::Settings, version)) => state.settings_document_changed(&version),
            Some((Kind::Other, _)) => {}
            None => tracing::warn!("{} was changed but isn't open; the change is lost", text_document.uri),
        }
    }

    pub async fn did_save(&self, params: Value) {
        let Some(Named { text_document }) = read("textDocument/didSave", params) else { return };
        let known = lock(&self.state.documents).any(&text_document.uri).is_some();
        if !known {
            tracing::warn!("{} was saved but isn't open", text_document.uri);
        }
        let state = &self.state;
        state.lookups.allow(&text_document.uri);
        // The file itself is seen at once; not every client tells what else changed meanwhile.
        state.look_everywhere(Need::Named(uri::to_path(&text_document.uri).into_iter().collect()));
        state.look_everywhere(Need::Check);
        state.list_contexts();
    }

    pub async fn did_close(&self, params: Value) {
        let Some(Named { text_document }) = read("textDocument/didClose", params) else { return };
        let state = &self.state;
        let mut documents = lock(&state.documents);
        match documents.close(&text_document.uri) {
            Some((Kind::Dockerfile, version)) => {
                if !state.session().pulls {
                    worker::clear(state, &version.uri);
                }
                drop(documents);
                state.lookups.forget(&version.uri);
                state.shells.forget(&version.uri);
                state.tokens.forget(&version.uri);
            }
            Some((Kind::Context, version)) => {
                drop(documents);
                state.look_everywhere(named(&version));
            }
            Some((Kind::Ignore, version)) => {
                ignores::clear(state, &version.uri);
                drop(documents);
                state.look_everywhere(named(&version));
            }
            Some((Kind::Settings, version)) => {
                drop(documents);
                state.settings_document_changed(&version);
            }
            Some((Kind::Other, _)) => {}
            None => tracing::warn!("{} was closed but isn't open", text_document.uri),
        }
    }
}

/// The need to see another text of a file.
fn named(version: &Version) -> Need {
    Need::Named(version.path.iter().map(|path| path.to_path_buf()).collect())
}

/// A notification has no answer, so what is wrong with its params is logged.
fn read<T: DeserializeOwned>(method: &str, params: Value) -> Option<T> {
    T::deserialize(params).inspect_err(|error| tracing::error!("{method} can't be read: {error}")).ok()
}
