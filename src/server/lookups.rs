//! Looks at the build context: aside, one at a time, begun anew where they are overtaken.

use crate::context::{Disk, Limits, Overlay, Request, View};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::compute::Cancel;
use super::documents::Version;
use super::state::State;
use super::{lock, refresh};

/// How much of the context has to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Only if files changed since the last look.
    Check,
    /// What the editor shows of the files changed, or nothing has been looked at yet.
    Gather,
}

/// The looks that are asked for and the one that is going on.
#[derive(Default)]
pub struct Lookups {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    asked: VecDeque<(Arc<str>, Need)>,
    running: Option<(Arc<str>, Cancel)>,
    stopped: bool,
}

impl Queue {
    fn concerns(&self, uri: &str) -> bool {
        let running = self.running.as_ref().is_some_and(|(running, _)| **running == *uri);
        running || self.asked.iter().any(|(asked, _)| **asked == *uri)
    }
}

impl Lookups {
    fn ask(&self, uri: &Arc<str>, need: Need) {
        let mut queue = lock(&self.queue);
        // A look that began before the editor's text changed saw the old text.
        if need == Need::Gather
            && let Some((running, cancel)) = &queue.running
            && running == uri
        {
            cancel.cancel();
        }
        match queue.asked.iter_mut().find(|(asked, _)| asked == uri) {
            Some((_, asked)) => *asked = need.max(*asked),
            None => queue.asked.push_back((Arc::clone(uri), need)),
        }
        drop(queue);
        self.changed.notify_all();
    }

    /// The document is closed: what is looked at for it is of no use.
    pub fn forget(&self, uri: &str) {
        let mut queue = lock(&self.queue);
        queue.asked.retain(|(asked, _)| **asked != *uri);
        if let Some((running, cancel)) = &queue.running
            && **running == *uri
        {
            cancel.cancel();
        }
    }

    pub fn cancel_all(&self) {
        let mut queue = lock(&self.queue);
        queue.stopped = true;
        queue.asked.clear();
        if let Some((_, cancel)) = &queue.running {
            cancel.cancel();
        }
        drop(queue);
        self.changed.notify_all();
    }

    fn next(&self) -> Option<(Arc<str>, Need, Cancel)> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.stopped {
                return None;
            }
            if let Some((uri, need)) = queue.asked.pop_front() {
                let cancel = Cancel::default();
                queue.running = Some((Arc::clone(&uri), cancel.clone()));
                return Some((uri, need, cancel));
            }
            queue = self.wait(queue, None);
        }
    }

    fn finish(&self) {
        lock(&self.queue).running = None;
        self.changed.notify_all();
    }

    /// Waits until no look at the document's context is asked for or going on, `patience` at most.
    /// Returns whether it came to that.
    fn settle(&self, uri: &str, patience: Duration, cancel: &Cancel) -> bool {
        let deadline = Instant::now() + patience;
        let mut queue = lock(&self.queue);
        while queue.concerns(uri) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || queue.stopped || cancel.is_cancelled() {
                return false;
            }
            queue = self.wait(queue, Some(left.min(Duration::from_millis(50))));
        }
        true
    }

    fn wait<'a>(&self, queue: MutexGuard<'a, Queue>, most: Option<Duration>) -> MutexGuard<'a, Queue> {
        match most {
            None => self.changed.wait(queue).unwrap_or_else(|poisoned| poisoned.into_inner()),
            Some(most) => match self.changed.wait_timeout(queue, most) {
                Ok((queue, _)) => queue,
                Err(poisoned) => poisoned.into_inner().0,
            },
        }
    }
}

impl State {
    /// Has the context of one Dockerfile looked at. Returns at once.
    pub fn look(&self, uri: &Arc<str>, need: Need) {
        let has_context = lock(&self.documents).dockerfile(uri).is_some_and(|version| has_context(version));
        if has_context {
            self.lookups.ask(uri, need);
        }
    }

    /// Has the contexts of all open Dockerfiles looked at. Returns at once.
    pub fn look_everywhere(&self, need: Need) {
        let uris: Vec<Arc<str>> =
            lock(&self.documents).dockerfiles().map(|version| Arc::clone(&version.uri)).collect();
        for uri in &uris {
            self.look(uri, need);
        }
    }

    /// Has the document analysed anew, in the way in which this client gets diagnostics.
    pub fn analyse(&self, uri: &Arc<str>) {
        if !self.session().pulls {
            self.analyses.ask(uri);
        }
    }

    /// `version` with the newest view of its context, for a request that had rather wait than answer
    /// from an old one, and whether it came in time. Waits for the disk: never on the reading thread.
    pub fn settled(
        &self,
        version: &Arc<Version>,
        patience: Duration,
        cancel: &Cancel,
    ) -> (Arc<Version>, bool) {
        let in_time = self.lookups.settle(&version.uri, patience, cancel);
        let version = match lock(&self.documents).dockerfile(&version.uri) {
            Some(latest) if latest.number == version.number => Arc::clone(latest),
            Some(latest) => Arc::new(version.seen(latest.context().cloned())),
            None => Arc::clone(version),
        };
        (version, in_time)
    }
}

/// What the looking thread does until the server ends.
pub fn run(state: &State) {
    while let Some((uri, need, cancel)) = state.lookups.next() {
        let version = lock(&state.documents).dockerfile(&uri).cloned();
        if let Some(version) = version {
            match catch_unwind(AssertUnwindSafe(|| look(state, &version, need, &cancel))) {
                Ok(Some(view)) if !cancel.is_cancelled() => show(state, &uri, view),
                Ok(_) => {}
                Err(_) => tracing::error!("a panic while looking at the context of {uri}"),
            }
        }
        state.lookups.finish();
    }
}

/// Lays the view under the document, and has the client see what follows from it.
fn show(state: &State, uri: &Arc<str>, view: View) {
    let seen = lock(&state.documents).see(uri, Some(Arc::new(view)));
    if seen.is_none() {
        return;
    }
    state.analyse(uri);
    refresh::all(state);
}

/// One look. `None` where the view that there is still holds, or the look was overtaken.
fn look(state: &State, version: &Version, need: Need, cancel: &Cancel) -> Option<View> {
    let open = lock(&state.documents).overlay();
    let open = open.into_iter().map(|(path, version)| (path.to_path_buf(), version.text(), version.number));
    let source = Overlay::new(&Disk, open);
    if need == Need::Check && version.context().is_some_and(|view| !view.stale(&source)) {
        return None;
    }
    let request = Request {
        dockerfile: version.path.as_ref().map(|path| path.to_path_buf()),
        context_dir: None,
        workspace_root: match &version.path {
            Some(path) => state.workspace_root(path),
            None => state.first_root(),
        },
        limits: Limits::default(),
        cancel: cancel.flag(),
        progress: None,
    };
    View::gather(&source, &request).ok()
}

/// Whether a document has a build context on this machine: a file on disk has one, and a document
/// that isn't saved yet will have one. What lies on another machine has none here.
fn has_context(version: &Version) -> bool {
    version.path.is_some() || version.uri.starts_with("untitled:")
}
