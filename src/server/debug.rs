//! `plimsoll/debug`: what the tests look into. It exists under debug assertions only.

use crate::context::{Entry, Source, SourceError, Stat, TextFile, View};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use tower_lsp::jsonrpc;

use super::compute::{Cancel, compute_apart};
use super::{Server, lock};

/// What happened in this session.
#[derive(Default)]
pub struct Counters {
    /// The newest version that the client sent of any document.
    received: AtomicI32,
    /// Of each analysis begun: its version, and the newest version received by then.
    begun: Mutex<Vec<(i32, i32)>>,
    /// How many `spin` requests compute at the moment.
    spinning: AtomicUsize,
    /// Looks at the build context wait before they list a folder.
    held: Mutex<bool>,
    let_go: Condvar,
}

/// A source that doesn't answer while it is held.
pub struct Held<'a> {
    pub under: &'a dyn Source,
    pub counters: &'a Counters,
    pub cancel: &'a Cancel,
}

impl Source for Held<'_> {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        self.under.read(path)
    }

    fn bytes(&self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        self.under.bytes(path, each)
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        self.under.link(path)
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        self.under.stat(path)
    }

    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        self.under.target(path)
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        let mut held = lock(&self.counters.held);
        while *held && !self.cancel.is_cancelled() {
            let waited = self.counters.let_go.wait_timeout(held, Duration::from_millis(20));
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(held);
        self.under.list(folder, each)
    }
}

impl Counters {
    pub fn receive(&self, version: i32) {
        self.received.store(version, Ordering::SeqCst);
    }

    fn hold(&self, held: bool) {
        *lock(&self.held) = held;
        self.let_go.notify_all();
    }

    pub fn is_held(&self) -> bool {
        *lock(&self.held)
    }

    pub fn begin(&self, version: i32) {
        let newest = self.received.load(Ordering::SeqCst);
        lock(&self.begun).push((version, newest));
    }
}

impl Server {
    /// - `{"panic": true}` panics while it computes.
    /// - `{"spin": true}` computes until it is cancelled.
    /// - `{"echo": URI}` tells the version and text that a request sees.
    /// - `{"context": URI}` tells what is known of the build context once no look is going on.
    /// - `{"hold": true}` has looks at the build context wait, and tell of their progress at once, until
    ///   `{"hold": false}`.
    /// - `{"stats": true}` tells the counters.
    pub async fn debug(&self, params: Value) -> jsonrpc::Result<Value> {
        let state = std::sync::Arc::clone(&self.state);
        let version = match params["echo"].as_str().or(params["context"].as_str()) {
            Some(uri) => state.version(uri)?,
            None => None,
        };
        if let Some(held) = params["hold"].as_bool() {
            state.counters.hold(held);
        }
        if params["panicAtOnce"] == true {
            panic!("asked for before the first await");
        }
        compute_apart("plimsoll/debug", move |cancel| {
            if params["panic"] == true {
                panic!("asked for");
            }
            if params["spin"] == true {
                state.counters.spinning.fetch_add(1, Ordering::SeqCst);
                while !cancel.is_cancelled() {
                    std::hint::spin_loop();
                }
                state.counters.spinning.fetch_sub(1, Ordering::SeqCst);
            }
            if let Some(version) = &version
                && params["context"].is_string()
            {
                let (version, _) = state.settled(version, Duration::from_secs(60), cancel);
                return version.context().map_or(Value::Null, |view| context(view));
            }
            if let Some(version) = version {
                let text = version.text();
                return json!({"version": version.number, "text": &*text});
            }
            let begun = lock(&state.counters.begun).clone();
            json!({
                "begun": begun.iter().map(|(version, _)| version).collect::<Vec<_>>(),
                "supersededBegun": begun.iter().filter(|(version, newest)| version != newest).count(),
                "spinning": state.counters.spinning.load(Ordering::SeqCst),
            })
        })
        .await
    }
}

fn context(view: &View) -> Value {
    let package = view.project().package_json.as_ref().and_then(|package| package.as_ref().ok());
    json!({
        "root": view.root,
        "package": package.map(|package| &*package.file.text),
        "files": view.files.iter().map(|file| &*file.path).collect::<Vec<_>>(),
    })
}
