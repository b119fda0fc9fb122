//! ShellCheck's findings: asked for aside, of the newest version only, and published after the others.

use crate::context::shellcheck::{Answers, ShellCheck, ShellCheckError};
use crate::rules::Script;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use tower_lsp::gen_lsp_types::MessageType;

use super::documents::Version;
use super::state::State;
use super::{lock, refresh};

/// How long typing pauses before ShellCheck is asked.
const QUIET: Duration = Duration::from_millis(150);

/// What is there is shown after this time, though more is to come.
const SHOWN_AFTER: Duration = Duration::from_millis(500);

/// How many of them run at a time.
const AT_ONCE: usize = 2;

/// Whether somebody may be about to type on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    None,
    Typing,
}

/// The documents whose scripts are to be checked, and the program.
#[derive(Default)]
pub struct Shells {
    queue: Mutex<Queue>,
    changed: Condvar,
    program: Mutex<Program>,
    /// Whether the user was told why there are no findings.
    told: AtomicBool,
}

#[derive(Default)]
struct Queue {
    asked: VecDeque<(Arc<str>, Instant)>,
    stopped: bool,
    /// A version's scripts are being checked.
    busy: bool,
}

/// The program as it was last looked for.
#[derive(Default)]
struct Program {
    /// What the user named then.
    named: Option<String>,
    found: Option<Arc<ShellCheck>>,
}

impl Shells {
    /// The document is closed.
    pub fn forget(&self, uri: &str) {
        lock(&self.queue).asked.retain(|(asked, _)| **asked != *uri);
    }

    pub fn stop(&self) {
        lock(&self.queue).stopped = true;
        self.changed.notify_all();
    }

    /// Waits, after [`stop`](Self::stop), until the programs that still run are ended: they must not outlive the server.
    pub fn settle(&self, patience: Duration) {
        let _ = self.changed.wait_timeout_while(lock(&self.queue), patience, |queue| queue.busy);
    }

    fn rest(&self) {
        lock(&self.queue).busy = false;
        self.changed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        lock(&self.queue).stopped
    }

    fn ask(&self, uri: &Arc<str>, pause: Pause) {
        let now = Instant::now();
        let due = if pause == Pause::None { now } else { now + QUIET };
        let mut queue = lock(&self.queue);
        queue.asked.retain(|(asked, _)| asked != uri);
        queue.asked.push_back((Arc::clone(uri), due));
        drop(queue);
        self.changed.notify_all();
    }

    /// Waits for a document whose time has come; until [`rest`](Self::rest) it is being checked.
    fn next(&self) -> Option<Arc<str>> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.stopped {
                return None;
            }
            let now = Instant::now();
            let soonest = queue.asked.iter().enumerate().min_by_key(|(_, (_, due))| *due);
            let wait = match soonest {
                None => Duration::from_secs(3600),
                Some((at, (_, due))) if *due <= now => {
                    queue.busy = true;
                    return queue.asked.remove(at).map(|(uri, _)| uri);
                }
                Some((_, (_, due))) => *due - now,
            };
            queue = match self.changed.wait_timeout(queue, wait) {
                Ok((queue, _)) => queue,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// The program that holds for these settings. It is looked for anew where the user names another one, and
    /// as long as there is none.
    fn program(&self, named: Option<&str>) -> Result<Arc<ShellCheck>, ShellCheckError> {
        let mut program = lock(&self.program);
        if let (true, Some(found)) = (program.named.as_deref() == named, &program.found) {
            return Ok(Arc::clone(found));
        }
        let found = ShellCheck::find(named, AT_ONCE).map(Arc::new);
        program.named = named.map(str::to_owned);
        program.found = found.as_ref().ok().cloned();
        found
    }
}

impl State {
    /// Has the scripts of the document's newest version checked. Returns at once.
    pub fn check_scripts(&self, uri: &Arc<str>, pause: Pause) {
        self.shells.ask(uri, pause);
    }

    /// Tells the user once, in the log of the editor, why ShellCheck's findings are missing.
    fn tell_of_shellcheck(&self, error: &ShellCheckError) {
        tracing::info!("{error}");
        if self.shells.told.swap(true, Ordering::Relaxed) {
            return;
        }
        let message = match error {
            ShellCheckError::Missing { named: None } => {
                "Plimsoll finds no shellcheck on PATH. With it, the shell scripts in a Dockerfile are checked too."
                    .to_owned()
            }
            error => format!("Not all shell scripts of a Dockerfile are checked: {error}."),
        };
        let client = self.client.clone();
        self.handle.spawn(async move { client.log_message(MessageType::Info, message).await });
    }
}

/// What the thread does until the server ends.
pub fn run(state: &State) {
    while let Some(uri) = state.shells.next() {
        let version = lock(&state.documents).dockerfile(&uri).cloned();
        let checked = version.map(|version| catch_unwind(AssertUnwindSafe(|| check(state, &version))));
        if let Some(Err(_)) = checked {
            tracing::error!("a panic while checking the scripts of {uri}");
        }
        state.shells.rest();
    }
}

fn check(state: &State, version: &Version) {
    let snapshot = version.snapshot();
    let scripts = snapshot.shell_scripts();
    if scripts.is_empty() {
        return;
    }
    let program = match state.shells.program(snapshot.settings().shellcheck_path.as_deref()) {
        Ok(program) => program,
        Err(error) => return state.tell_of_shellcheck(&error),
    };
    // What is no longer in the file isn't kept for it.
    let mut answers = Answers::expected();
    let mut open: Vec<&Script> = Vec::new();
    for script in scripts {
        match snapshot.answers().get(&script.text) {
            Some(known) => answers.insert(Arc::clone(&script.text), Arc::clone(known)),
            None => open.push(script),
        }
    }
    if open.is_empty() {
        return;
    }
    let round = Round {
        state,
        version,
        next: AtomicUsize::new(0),
        progress: Mutex::new(Progress { answers, fresh: false, shown: Instant::now() }),
    };
    std::thread::scope(|scope| {
        for _ in 1..AT_ONCE.min(open.len()) {
            scope.spawn(|| round.work(&program, &open));
        }
        round.work(&program, &open);
    });
}

/// The check of one version.
struct Round<'a> {
    state: &'a State,
    version: &'a Version,
    next: AtomicUsize,
    progress: Mutex<Progress>,
}

struct Progress {
    answers: Answers,
    /// Whether something isn't shown yet.
    fresh: bool,
    shown: Instant,
}

impl Round<'_> {
    /// Whether another version is there by now.
    fn is_superseded(&self) -> bool {
        let documents = lock(&self.state.documents);
        let latest = documents.dockerfile(&self.version.uri).map(|latest| latest.number);
        drop(documents);
        latest != Some(self.version.number) || self.state.shells.is_stopped()
    }

    fn work(&self, program: &ShellCheck, open: &[&Script]) {
        while let Some(script) = open.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            match program.check(&script.text, &|| self.is_superseded()) {
                Ok(comments) => {
                    let mut progress = lock(&self.progress);
                    progress.answers.insert(Arc::clone(&script.text), comments);
                    progress.fresh = true;
                    let due = progress.shown.elapsed() > SHOWN_AFTER;
                    drop(progress);
                    if due {
                        self.show();
                    }
                }
                Err(ShellCheckError::Cancelled) => return,
                Err(error) => self.state.tell_of_shellcheck(&error),
            }
        }
        // The other thread may wait for a program that hangs.
        self.show();
    }

    fn show(&self) {
        let mut progress = lock(&self.progress);
        if !std::mem::take(&mut progress.fresh) {
            return;
        }
        progress.shown = Instant::now();
        let answers = Arc::new(progress.answers.clone());
        // With the lock held, so that an older list never comes last.
        let shown = lock(&self.state.documents).check(&self.version.uri, self.version.number, answers);
        drop(progress);
        if shown.is_some() {
            self.state.analyse(&self.version.uri);
            refresh::diagnostics(self.state);
        }
    }
}
