//! Looks at the build context: aside, one at a time, and again only at what has changed.

use crate::context::builds::BuildSearch;
use crate::context::{Cancelled, Disk, Limits, Look, Overlay, Request, Source, View};
use crate::settings::Settings;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::compute::Cancel;
use super::documents::Version;
use super::progress::Progress;
use super::state::State;
use super::{lock, refresh};

/// How much of the context has to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Only what has changed since the last look.
    Check,
    /// These files, which have changed on disk or in the editor.
    Named(Vec<PathBuf>),
    /// Everything: nothing has been looked at yet, or the workspace is another.
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
    asked: VecDeque<(Arc<str>, Asked)>,
    running: Option<Running>,
    /// The documents whose context the user didn't want to have looked at any longer.
    declined: HashSet<Arc<str>>,
    /// The document whose whole context was looked at last, and when that began.
    last: Option<(Arc<str>, Instant)>,
    /// Counts the looks.
    token: u64,
    stopped: bool,
}

/// The look that is going on.
#[derive(Clone)]
struct Running {
    uri: Arc<str>,
    cancel: Cancel,
    /// What the look is called in the protocol.
    token: u64,
}

/// All that is asked for one document.
#[derive(Default)]
struct Asked {
    check: bool,
    named: BTreeSet<PathBuf>,
    gather: bool,
}

impl Asked {
    fn add(&mut self, need: Need) {
        match need {
            Need::Check => self.check = true,
            Need::Named(paths) => self.named.extend(paths),
            Need::Gather => self.gather = true,
        }
    }
}

impl Queue {
    fn concerns(&self, uri: &str) -> bool {
        let running = self.running.as_ref().is_some_and(|running| *running.uri == *uri);
        running || self.asked.iter().any(|(asked, _)| **asked == *uri)
    }
}

impl Lookups {
    fn ask(&self, uri: &Arc<str>, need: Need) {
        let mut queue = lock(&self.queue);
        if need == Need::Gather {
            queue.declined.remove(uri);
            // A look that began before sees another workspace.
            if let Some(running) = queue.running.as_ref().filter(|running| running.uri == *uri) {
                running.cancel.cancel();
            }
        } else if queue.declined.contains(uri) {
            return;
        }
        match queue.asked.iter_mut().find(|(asked, _)| asked == uri) {
            Some((_, asked)) => asked.add(need),
            None => {
                let mut asked = Asked::default();
                asked.add(need);
                queue.asked.push_back((Arc::clone(uri), asked));
            }
        }
        drop(queue);
        self.changed.notify_all();
    }

    /// The document is closed: what is looked at for it is of no use.
    pub fn forget(&self, uri: &str) {
        let mut queue = lock(&self.queue);
        queue.declined.retain(|declined| **declined != *uri);
        queue.asked.retain(|(asked, _)| **asked != *uri);
        if let Some(running) = queue.running.as_ref().filter(|running| *running.uri == *uri) {
            running.cancel.cancel();
        }
    }

    /// The user ends the look of this token. Until the document is opened or saved anew, or the
    /// workspace changes, its context isn't looked at.
    pub fn decline(&self, token: u64) {
        let mut queue = lock(&self.queue);
        if let Some(running) = queue.running.clone().filter(|running| running.token == token) {
            running.cancel.cancel();
            queue.asked.retain(|(asked, _)| *asked != running.uri);
            queue.declined.insert(running.uri);
        }
    }

    /// Takes back [`Lookups::decline`].
    pub fn allow(&self, uri: &str) {
        lock(&self.queue).declined.retain(|declined| **declined != *uri);
    }

    pub fn cancel_all(&self) {
        let mut queue = lock(&self.queue);
        queue.stopped = true;
        queue.asked.clear();
        if let Some(running) = &queue.running {
            running.cancel.cancel();
        }
        drop(queue);
        self.changed.notify_all();
    }

    fn next(&self) -> Option<(Running, Asked)> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.stopped {
                return None;
            }
            if let Some((uri, asked)) = queue.asked.pop_front() {
                queue.token += 1;
                let running = Running { uri, cancel: Cancel::default(), token: queue.token };
                queue.running = Some(running.clone());
                return Some((running, asked));
            }
            queue = self.wait(queue, None);
        }
    }

    /// The look that is going on has ended; `whole` is when it began, where it saw all that it was asked to see.
    fn finish(&self, whole: Option<Instant>) {
        let mut queue = lock(&self.queue);
        if let (Some(running), Some(began)) = (queue.running.take(), whole) {
            queue.last = Some((running.uri, began));
        }
        drop(queue);
        self.changed.notify_all();
    }

    /// Whether the whole context of this document was looked at a short time ago.
    fn is_fresh(&self, uri: &str) -> bool {
        lock(&self.queue).last.as_ref().is_some_and(|(last, began)| **last == *uri && began.elapsed() < FRESH)
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

    /// As [`State::look`] at what has changed, where the client doesn't tell of it by itself.
    pub fn look_unless_told(&self, uri: &Arc<str>) {
        if !self.session().watches_files {
            self.look(uri, Need::Check);
        }
    }

    /// As [`State::look`] at what has changed, for a request that comes often. No client watches all that an image
    /// takes, so one that watches files is answered from the disk too, but not for every word that the mouse rests on.
    pub fn look_now_and_then(&self, uri: &Arc<str>) {
        if !self.session().watches_files || !self.lookups.is_fresh(uri) {
            self.look(uri, Need::Check);
        }
    }

    /// Has the contexts of all open Dockerfiles looked at. Returns at once.
    pub fn look_everywhere(&self, need: Need) {
        let uris: Vec<Arc<str>> =
            lock(&self.documents).dockerfiles().map(|version| Arc::clone(&version.uri)).collect();
        for uri in &uris {
            self.look(uri, need.clone());
        }
    }

    /// Has the document analysed anew, in the way in which this client gets diagnostics.
    pub fn analyse(&self, uri: &Arc<str>) {
        if !self.session().pulls {
            self.analyses.ask(uri);
        }
    }

    /// `version` with its context, for the first answer after a document is opened: it waits a little for the
    /// first look, and later ones don't wait, since they have the last look. Never on the reading thread.
    pub fn looked_at_once(&self, version: Arc<Version>, cancel: &Cancel) -> Arc<Version> {
        match version.context() {
            Some(_) => version,
            None => self.settled(&version, FIRST_LOOK, cancel).0,
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

/// How long an answer waits for the first look at the build context, which is mostly done in a few
/// milliseconds.
const FIRST_LOOK: Duration = Duration::from_millis(200);

/// For so long a look at the disk is new enough for a client that watches files.
const FRESH: Duration = Duration::from_secs(1);

/// What the looking thread does until the server ends.
pub fn run(state: &State) {
    while let Some((running, asked)) = state.lookups.next() {
        let version = lock(&state.documents).dockerfile(&running.uri).cloned();
        let began = Instant::now();
        let mut is_whole = false;
        if let Some(version) = version {
            let look = || look(state, &version, &asked, &running);
            match catch_unwind(AssertUnwindSafe(look)) {
                Ok(Ok(())) => is_whole = asked.check || asked.gather,
                // One that was overtaken has nothing to show; the next one is asked for already.
                Ok(Err(Cancelled)) => {}
                Err(_) => tracing::error!("a panic while looking at the context of {}", running.uri),
            }
        }
        state.lookups.finish(is_whole.then_some(began));
    }
}

/// Lays the view under the document, and has the client see what follows from it.
fn show(state: &State, running: &Running, view: &Arc<View>) -> Result<(), Cancelled> {
    if running.cancel.is_cancelled() {
        return Err(Cancelled);
    }
    let seen = lock(&state.documents).see(&running.uri, Some(Arc::clone(view)));
    if seen.is_none() {
        return Err(Cancelled);
    }
    state.analyse(&running.uri);
    refresh::all(state);
    Ok(())
}

/// One look: what is named first, which is quick, then the rest.
fn look(state: &State, version: &Version, asked: &Asked, running: &Running) -> Result<(), Cancelled> {
    state.look_at_settings(version.path.as_deref());
    let settings = state.settings_of(&version.uri, version.path.as_deref());
    let moved = is_another_build(&settings, version.settings());
    let open = lock(&state.documents).overlay();
    let open = open.into_iter().map(|(path, version)| (path.to_path_buf(), version.text(), version.number));
    let overlay = Overlay::new(&Disk, open);
    #[cfg(debug_assertions)]
    let held = super::debug::Held { under: &overlay, counters: &state.counters, cancel: &running.cancel };
    #[cfg(debug_assertions)]
    let source: &dyn Source = &held;
    #[cfg(not(debug_assertions))]
    let source: &dyn Source = &overlay;
    let progress = Progress::begin(state, running.token);
    let workspace = match &version.path {
        Some(path) => state.workspace_root(path),
        None => state.first_root(),
    };
    // A folder that a file names is whole by now; one that the editor names may be of the workspace.
    let base = workspace.as_deref().or(version.path.as_deref().and_then(Path::parent));
    let whole = |given: &PathBuf| base.map_or_else(|| given.clone(), |base| base.join(given));
    let request = Request {
        dockerfile: version.path.as_ref().map(|path| path.to_path_buf()),
        context_dir: settings.context.as_ref().map(whole),
        workspace_root: workspace.clone(),
        builds: Some(BuildSearch {
            wanted: settings.build.as_deref(),
            within: workspace.as_deref(),
            outside: false,
        }),
        limits: Limits::default(),
        cancel: running.cancel.flag(),
        progress: Some(&progress.seen),
    };
    let mut view = match version.context() {
        Some(view) if !asked.gather && !moved => Arc::clone(view),
        _ => return show(state, running, &Arc::new(View::gather(source, &request)?)),
    };
    let named: Vec<PathBuf> = asked.named.iter().cloned().collect();
    for look in [Some(Look::Named(&named)), asked.check.then_some(Look::Everything)].into_iter().flatten() {
        if let Some(newer) = view.again(source, &request, look)? {
            view = Arc::new(newer);
            show(state, running, &view)?;
        }
    }
    Ok(())
}

/// Whether what is looked at is another build under these settings than under those.
pub fn is_another_build(one: &Settings, other: &Settings) -> bool {
    (&one.context, &one.build) != (&other.context, &other.build)
}

/// Whether a document has a build context on this machine: a file on disk has one, and a document
/// that isn't saved yet will have one. What lies on another machine has none here.
fn has_context(version: &Version) -> bool {
    version.path.is_some() || version.uri.starts_with("untitled:")
}
