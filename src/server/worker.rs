//! Pushed diagnostics: one thread, the newest version only, no timer.

use serde::Serialize;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use tower_lsp::gen_lsp_types::Diagnostic;

use super::documents::Version;
use super::frame::Frame;
use super::state::State;
use super::{lock, to_lsp};

/// Which documents are to be analysed again.
#[derive(Default)]
pub struct Analyses {
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Default)]
struct Queue {
    dirty: VecDeque<Arc<str>>,
    stopped: bool,
}

impl Analyses {
    /// Has the document's newest version analysed. Asked several times before the analysis begins, it
    /// is done once.
    pub fn ask(&self, uri: &Arc<str>) {
        let mut queue = lock(&self.queue);
        if !queue.dirty.contains(uri) {
            queue.dirty.push_back(Arc::clone(uri));
        }
        drop(queue);
        self.filled.notify_one();
    }

    pub fn stop(&self) {
        lock(&self.queue).stopped = true;
        self.filled.notify_one();
    }

    fn next(&self) -> Option<Arc<str>> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.stopped {
                return None;
            }
            if let Some(uri) = queue.dirty.pop_front() {
                return Some(uri);
            }
            queue = self.filled.wait(queue).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }
}

/// What the analysing thread does until the server ends. The version is taken when its analysis begins,
/// so one that is superseded by then is never analysed; what is superseded meanwhile isn't published.
pub fn run(state: &State) {
    // The next message is mostly about as long as the last one.
    let mut room = 0;
    while let Some(uri) = state.analyses.next() {
        let version = {
            let documents = lock(&state.documents);
            let version = documents.dockerfile(&uri).cloned();
            #[cfg(debug_assertions)]
            if let Some(version) = &version {
                state.counters.begin(version.number);
            }
            version
        };
        let Some(version) = version else { continue };
        match catch_unwind(AssertUnwindSafe(|| message(state, &version, room))) {
            Ok(None) => {}
            Ok(Some(message)) => {
                room = message.body().len() * 9 / 8;
                {
                    // Queued under the lock: closing the document can't come between, so its empty
                    // list is always the last.
                    let documents = lock(&state.documents);
                    if !documents.is_current(&version) {
                        continue;
                    }
                    state.output.push(message);
                }
                state.output.drain();
            }
            Err(_) => tracing::error!("a panic while analysing version {} of {uri}", version.number),
        }
    }
}

/// Tells the client that a document has no diagnostics any more.
pub fn clear(state: &State, uri: &Arc<str>) {
    state.output.send(&Publish::of(uri, None, [(); 0]));
}

/// Serialised once, straight from the diagnostics.
fn message(state: &State, version: &Version, room: usize) -> Option<Frame> {
    let diagnostics = to_lsp::Diagnostics { version, session: state.session() };
    Frame::of(&Publish::of(&version.uri, Some(version.number), diagnostics), room)
}

/// Tells the client what is wrong with a file that it may not have open.
pub fn publish(state: &State, uri: &str, number: Option<i32>, problems: &[Diagnostic]) {
    state.output.send(&Publish::of(uri, number, problems));
}

#[derive(Serialize)]
struct Publish<'a, L> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a, L>,
}

/// The protocol's `PublishDiagnosticsParams`.
#[derive(Serialize)]
struct Params<'a, L> {
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    diagnostics: L,
}

impl<'a, L> Publish<'a, L> {
    fn of(uri: &'a str, version: Option<i32>, diagnostics: L) -> Self {
        let params = Params { uri, version, diagnostics };
        Self { jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params }
    }
}
