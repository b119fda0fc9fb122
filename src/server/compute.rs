//! Work off the reading thread: cancelled with its request, its panic answered as an error.

use serde::Serialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use super::encoded::Encoded;
use super::state::failure;

/// Tells work that nobody waits for it any more.
#[derive(Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for code that knows nothing of the server.
    pub fn flag(&self) -> &Arc<AtomicBool> {
        &self.0
    }
}

struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Computes the answer to the request `method`, one after the other with those of other requests that take no longer
/// than a look at one document. `work` is told when the request is cancelled; a panic of it is an internal error, and the
/// server lives on.
pub async fn compute<T: Send + 'static>(
    method: &'static str,
    work: impl FnOnce(&Cancel) -> T + Send + 'static,
) -> Result<T> {
    let cancel = Cancel::default();
    let _guard = CancelOnDrop(cancel.clone());
    tokio::task::spawn_blocking(move || work(&cancel))
        .await
        .map_err(|error| if error.is_panic() { fault(method) } else { Error::request_cancelled() })
}

/// As [`compute`], for what may take long and keeps no other request waiting: on a thread of its own.
pub async fn compute_apart<T: Send + 'static>(
    method: &'static str,
    work: impl FnOnce(&Cancel) -> T + Send + 'static,
) -> Result<T> {
    let cancel = Cancel::default();
    let _guard = CancelOnDrop(cancel.clone());
    let (send, receive) = oneshot::channel();
    let work = move || {
        // Nobody waits where the request was cancelled.
        let _ = send.send(catch_unwind(AssertUnwindSafe(|| work(&cancel))).ok());
    };
    let spawned = std::thread::Builder::new().name("command".to_owned()).spawn(work);
    if let Err(error) = spawned {
        tracing::error!("no thread for {method}: {error}");
        return Err(fault(method));
    }
    receive.await.ok().flatten().ok_or_else(|| fault(method))
}

/// As [`compute`], and writes the answer there too.
pub async fn answer<T: Serialize + 'static>(
    method: &'static str,
    work: impl FnOnce(&Cancel) -> T + Send + 'static,
) -> Result<Encoded<T>> {
    compute(method, move |cancel| Encoded::of(&work(cancel))).await
}

/// What the client hears of a panic.
pub fn fault(method: &str) -> Error {
    tracing::error!("a panic while computing the answer to {method}");
    failure(
        ErrorCode::InternalError,
        format!(
            "plimsoll met a fault of its own while it computed the answer to {method}; the server goes on"
        ),
    )
}
