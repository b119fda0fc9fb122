//! Tells the client of a look at the build context that takes its time, and lets the user end it:
//! `window/workDoneProgress`.

use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::gen_lsp_types::ProgressToken;

use super::Server;
use super::state::State;

/// What takes no longer isn't worth a word.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the number of files is told.
const EVERY: Duration = Duration::from_millis(250);

/// The progress of one piece of work. Where it is dropped the work has ended.
pub struct Progress {
    /// How many files were seen.
    pub seen: Arc<AtomicU64>,
    _end: oneshot::Sender<()>,
}

impl Progress {
    /// Begins to watch over a look at the context. `token` names it to the client.
    pub fn begin(state: &State, token: u64) -> Self {
        let seen = Arc::new(AtomicU64::new(0));
        let (end, ended) = oneshot::channel();
        if state.session().shows_progress {
            let patience = if state.is_held() { Duration::ZERO } else { PATIENCE };
            state.handle.spawn(report(state.client.clone(), name(token), Arc::clone(&seen), ended, patience));
        }
        Self { seen, _end: end }
    }
}

/// What a token is called in the protocol.
fn name(token: u64) -> String {
    format!("{PREFIX}{token}")
}

const PREFIX: &str = "plimsoll/context/";

async fn report(
    client: Client,
    name: String,
    seen: Arc<AtomicU64>,
    mut ended: oneshot::Receiver<()>,
    patience: Duration,
) {
    let token = ProgressToken::from(name);
    tokio::select! {
        _ = &mut ended => return,
        () = tokio::time::sleep(patience) => {}
    }
    tokio::select! {
        _ = &mut ended => return,
        created = client.create_work_done_progress(token.clone()) => if let Err(error) = created {
            tracing::warn!("the client shows no progress after all: {error}");
            return;
        }
    }
    let files = || match seen.load(Ordering::Relaxed) {
        1 => "1 file".to_string(),
        count => format!("{count} files"),
    };
    let title = "Looking at the build context";
    let shown = client.progress(token, title).with_cancel_button().with_message(files()).begin().await;
    loop {
        tokio::select! {
            _ = &mut ended => break,
            () = tokio::time::sleep(EVERY) => shown.report_with_message(files(), None).await,
        }
    }
    shown.finish().await;
}

impl Server {
    /// `window/workDoneProgress/cancel`: the user has had enough of a look at the context.
    pub async fn cancel_progress(&self, params: Value) {
        let token = params["token"].as_str().and_then(|token| token.strip_prefix(PREFIX)?.parse().ok());
        if let Some(token) = token {
            self.state.lookups.decline(token);
        }
    }
}
