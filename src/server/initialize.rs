//! `initialize`, `initialized`, `shutdown` and `$/setTrace`.

use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::LanguageServer;
use tower_lsp::gen_lsp_types::{
    InitializeParams, InitializeResult, InitializedParams, Registration, ServerInfo,
};
use tower_lsp::jsonrpc::Result;

use super::state::State;
use super::{Server, capabilities, configuration, watched_files};

impl LanguageServer for Server {
    /// The params have been read into the session when the message came.
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        let session = self.state.session();
        if let Some(process) = session.process {
            let state = Arc::clone(&self.state);
            self.state.handle.spawn(async move { outlive(&state, process).await });
        }
        let info = ServerInfo::new("plimsoll".to_string(), Some(env!("CARGO_PKG_VERSION").to_string()));
        Ok(InitializeResult::new(capabilities::capabilities(session), Some(info)))
    }

    async fn initialized(&self, _: InitializedParams) {
        let mut registrations = Vec::new();
        let session = self.state.session();
        if session.watches_files {
            registrations.push(Registration::new(
                "plimsoll/watched-files".to_string(),
                "workspace/didChangeWatchedFiles".to_string(),
                Some(watched_files::registration()),
            ));
        }
        if session.registers_configuration {
            registrations.push(configuration::registration());
        }
        if !registrations.is_empty() {
            let client = self.state.client.clone();
            self.state.handle.spawn(async move {
                if let Err(error) = client.register_capability(registrations).await {
                    tracing::warn!("the client doesn't tell of files or settings after all: {error}");
                }
            });
        }
        if session.answers_configuration {
            configuration::ask(&self.state);
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.state.stop();
        Ok(())
    }
}

impl Server {
    /// `$/setTrace`: nothing is traced to the client, whatever the value; `--log` is the way to see.
    pub async fn set_trace(&self, params: Value) {
        tracing::debug!("trace is {}", params.get("value").unwrap_or(&json!("off")));
    }
}

/// How often the client's process is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Ends the server when the client's process is gone, which a closed input doesn't always tell: another
/// process may have inherited the pipe.
async fn outlive(state: &State, process: u32) {
    while (state.options.is_alive)(process) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    tracing::info!("the client's process {process} is gone");
    state.end.reach(1);
}
