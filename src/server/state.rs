//! What the handlers share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::runtime::Handle;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::documents::{Documents, Version};
use super::ignores::Ignores;
use super::lookups::Lookups;
use super::output::Output;
use super::semantic_tokens::Sent;
use super::session::Session;
use super::settings::Chosen;
use super::shellcheck::Shells;
use super::worker::Analyses;
use super::workspace_symbol::Files;
use super::{End, Options, configuration, lock, uri};

/// The state of one session with one client.
pub(crate) struct State {
    pub client: Client,
    pub output: Arc<Output>,
    pub end: Arc<End>,
    pub handle: Handle,
    pub options: Options,
    pub documents: Mutex<Documents>,
    pub analyses: Analyses,
    pub lookups: Lookups,
    pub shells: Shells,
    pub ignores: Ignores,
    /// What clients have of each document's semantic tokens.
    pub tokens: Sent,
    /// The Dockerfiles of the workspace that aren't open.
    pub workspace_files: Files,
    pub chosen: Mutex<Chosen>,
    /// Folders of the workspace as they are now: URI, and path on this machine.
    folders: Mutex<Vec<(String, Option<PathBuf>)>>,
    session: OnceLock<Session>,
    #[cfg(debug_assertions)]
    pub counters: super::debug::Counters,
}

impl State {
    pub fn new(client: Client, output: Arc<Output>, end: Arc<End>, handle: Handle, options: Options) -> Self {
        Self {
            client,
            output,
            end,
            handle,
            options,
            documents: Mutex::default(),
            analyses: Analyses::default(),
            lookups: Lookups::default(),
            shells: Shells::default(),
            ignores: Ignores::default(),
            tokens: Sent::default(),
            workspace_files: Files::default(),
            chosen: Mutex::new(Chosen::new()),
            folders: Mutex::default(),
            session: OnceLock::new(),
            #[cfg(debug_assertions)]
            counters: super::debug::Counters::default(),
        }
    }

    /// Begins the session with what `initialize` said. The first one counts.
    pub fn begin(&self, session: Session) -> &Session {
        self.change_folders(&[], &session.folders);
        configuration::take(self, &session.options, std::iter::empty());
        self.session.get_or_init(|| session)
    }

    /// What the client can; before `initialize`, nothing.
    pub fn session(&self) -> &Session {
        static NOTHING: OnceLock<Session> = OnceLock::new();
        self.session.get().unwrap_or_else(|| NOTHING.get_or_init(Session::default))
    }

    pub fn change_folders(&self, removed: &[String], added: &[String]) {
        let mut folders = lock(&self.folders);
        folders.retain(|(uri, _)| !removed.contains(uri) && !added.contains(uri));
        folders.extend(added.iter().map(|uri| (uri.clone(), uri::to_path(uri))));
    }

    /// The innermost workspace folder that holds `path`.
    pub fn workspace_root(&self, path: &std::path::Path) -> Option<PathBuf> {
        let folders = lock(&self.folders);
        let on_disk = folders.iter().filter_map(|(_, folder)| folder.as_ref());
        let holding = on_disk.filter(|folder| path.starts_with(folder));
        holding.max_by_key(|folder| folder.components().count()).cloned()
    }

    /// The URI of the innermost workspace folder that holds a document, on this machine or another one.
    pub fn workspace_folder(&self, uri: &str, path: Option<&std::path::Path>) -> Option<String> {
        let folders = lock(&self.folders);
        let holding = folders.iter().filter(|(folder, folder_path)| match (path, folder_path) {
            (Some(path), Some(folder_path)) => path.starts_with(folder_path),
            _ => uri.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/')),
        });
        holding.map(|(folder, _)| folder).max_by_key(|folder| folder.len()).cloned()
    }

    /// The URIs of the workspace's folders.
    pub fn workspace_folders(&self) -> Vec<String> {
        lock(&self.folders).iter().map(|(uri, _)| uri.clone()).collect()
    }

    /// The workspace's folders that lie on this machine.
    pub fn folders_on_disk(&self) -> Vec<PathBuf> {
        lock(&self.folders).iter().filter_map(|(_, folder)| folder.clone()).collect()
    }

    /// The workspace's first folder that lies on this machine.
    pub fn first_root(&self) -> Option<PathBuf> {
        let folders = lock(&self.folders);
        folders.iter().find_map(|(_, path)| path.clone())
    }

    /// The newest version of a Dockerfile, for a request to be answered from; `None` for a document of
    /// another kind, which has no answers.
    pub fn version(&self, uri: &str) -> Result<Option<Arc<Version>>> {
        let documents = lock(&self.documents);
        match documents.any(uri) {
            Some(_) => Ok(documents.dockerfile(uri).cloned()),
            None => Err(failure(
                ErrorCode::InvalidParams,
                format!("{uri} is not open; send textDocument/didOpen before asking about it"),
            )),
        }
    }

    /// Whether a test holds the looks at the context.
    pub fn is_held(&self) -> bool {
        #[cfg(debug_assertions)]
        return self.counters.is_held();
        #[cfg(not(debug_assertions))]
        false
    }

    /// Lets what a session started come to its end.
    pub fn stop(&self) {
        self.analyses.stop();
        self.lookups.cancel_all();
        self.shells.stop();
        self.ignores.stop();
    }
}

/// An error response with a sentence of our own.
pub(crate) fn failure(code: ErrorCode, message: impl Into<String>) -> Error {
    Error { code, message: message.into().into(), data: None }
}
