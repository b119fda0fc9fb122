//! Open `.dockerignore` files: what lies in their contexts is listed aside, and typing never waits for it.

use crate::context::builds::BuildSearch;
use crate::context::{Disk, Inventory, Overlay, Request, Source, root_of};
use crate::features::{ActionKind, IgnoreFile, IgnoreFinding, IgnoreFix};
use crate::text::WorkspaceEdit;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use tower_lsp::gen_lsp_types as lsp;

use super::compute::Cancel;
use super::documents::{Kind, Version};
use super::session::Session;
use super::state::State;
use super::{lock, refresh, to_lsp, uri, worker, workspace_edit};

/// What is known of the open `.dockerignore` files, and what is to be done for them.
#[derive(Default)]
pub struct Ignores {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    asked: VecDeque<(Arc<str>, Ask)>,
    known: HashMap<Arc<str>, Known>,
    cancel: Cancel,
    stopped: bool,
}

/// What is to be done for a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ask {
    /// Its findings are to be told anew.
    Findings,
    /// What lies in its context is to be listed anew.
    List,
}

/// One file's context.
#[derive(Default)]
struct Known {
    /// None where there is no context that can be known.
    inventory: Option<Arc<Inventory>>,
    listed: Option<Listed>,
    /// The text that was asked about last.
    file: Option<Arc<IgnoreFile>>,
}

/// When a context was listed, and how long that took.
#[derive(Clone, Copy)]
struct Listed {
    at: Instant,
    took: Duration,
}

impl Listed {
    fn is_old(self) -> bool {
        // The longer it takes the seldomer it is done.
        self.at.elapsed() > OLD.max(self.took * 20)
    }
}

/// How long an answer waits for the first list of what lies in the context.
const FIRST_LIST: Duration = Duration::from_millis(200);

/// A list that is older than this is made anew when somebody points at a pattern: not all that comes and goes in a
/// context is told by clients.
const OLD: Duration = Duration::from_secs(2);

impl Ignores {
    fn ask(&self, uri: &Arc<str>, ask: Ask) {
        let mut inner = lock(&self.inner);
        match inner.asked.iter_mut().find(|(asked, _)| asked == uri) {
            Some((_, asked)) => *asked = ask.max(*asked),
            None => inner.asked.push_back((Arc::clone(uri), ask)),
        }
        drop(inner);
        self.changed.notify_all();
    }

    /// The document is closed.
    pub fn forget(&self, uri: &str) {
        let mut inner = lock(&self.inner);
        inner.asked.retain(|(asked, _)| **asked != *uri);
        inner.known.remove(uri);
    }

    pub fn stop(&self) {
        let mut inner = lock(&self.inner);
        inner.stopped = true;
        inner.cancel.cancel();
        drop(inner);
        self.changed.notify_all();
    }

    fn next(&self) -> Option<(Arc<str>, Ask, Cancel)> {
        let mut inner = lock(&self.inner);
        loop {
            if inner.stopped {
                return None;
            }
            if let Some((uri, ask)) = inner.asked.pop_front() {
                return Some((uri, ask, inner.cancel.clone()));
            }
            inner = self.changed.wait(inner).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// The version with what is known of its context.
    fn file(&self, version: &Version) -> Arc<IgnoreFile> {
        let text = version.text();
        let mut inner = lock(&self.inner);
        let Some(known) = inner.known.get_mut(&version.uri) else {
            return Arc::new(IgnoreFile::new(text, None));
        };
        match &known.file {
            Some(file) if *file.text() == text => Arc::clone(file),
            _ => {
                let file = Arc::new(IgnoreFile::new(text, known.inventory.clone()));
                known.file = Some(Arc::clone(&file));
                file
            }
        }
    }

    /// The same, once the first list is there, which it waits for a little. Never on the reading thread.
    pub fn settled(&self, version: &Version, cancel: &Cancel) -> Arc<IgnoreFile> {
        let deadline = Instant::now() + FIRST_LIST;
        let mut inner = lock(&self.inner);
        while !inner.known.contains_key(&version.uri) && !inner.stopped && !cancel.is_cancelled() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inner = match self.changed.wait_timeout(inner, left.min(Duration::from_millis(50))) {
                Ok((inner, _)) => inner,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        drop(inner);
        self.file(version)
    }
}

impl State {
    /// The newest version of an open `.dockerignore`; None for any other document.
    pub fn ignore_file(&self, uri: &str) -> Option<Arc<Version>> {
        let documents = lock(&self.documents);
        documents.any(uri).filter(|(kind, _)| *kind == Kind::Ignore).map(|(_, version)| Arc::clone(version))
    }

    /// A `.dockerignore` was opened. Returns at once.
    pub fn list_context(&self, uri: &Arc<str>) {
        self.ignores.ask(uri, Ask::List);
    }

    /// A `.dockerignore` has another text. Returns at once.
    pub fn judge_ignore_file(&self, uri: &Arc<str>) {
        if !self.session().pulls {
            self.ignores.ask(uri, Ask::Findings);
        }
    }

    /// Has the contexts of all open `.dockerignore` files listed anew. Returns at once.
    pub fn list_contexts(&self) {
        let open: Vec<Arc<str>> =
            lock(&self.documents).of_kind(Kind::Ignore).map(|version| Arc::clone(&version.uri)).collect();
        open.iter().for_each(|uri| self.list_context(uri));
    }

    /// Has a context listed anew where that was done a while ago. Returns at once.
    pub fn list_old_context(&self, uri: &Arc<str>) {
        let known = lock(&self.ignores.inner).known.get(uri).and_then(|known| known.listed);
        if known.is_some_and(Listed::is_old) {
            self.list_context(uri);
        }
    }

    /// The context's root of a `.dockerignore` at `path`: its own folder, or for `NAME.dockerignore` the context of
    /// the Dockerfile `NAME`. None where that isn't known.
    fn root_of_ignore_file(&self, path: &Path) -> Option<PathBuf> {
        let name = path.file_name()?.to_str()?;
        let dockerfile = name.strip_suffix(".dockerignore")?;
        if dockerfile.is_empty() {
            return path.parent().map(Path::to_path_buf);
        }
        let dockerfile = path.with_file_name(dockerfile);
        let open = lock(&self.documents).overlay();
        let open =
            open.into_iter().map(|(path, version)| (path.to_path_buf(), version.text(), version.number));
        let overlay = Overlay::new(&Disk, open);
        let is_open = lock(&self.documents).at(&dockerfile).is_some();
        if !is_open && !overlay.target(&dockerfile).is_ok_and(|stat| !stat.is_folder()) {
            return None;
        }
        let settings = self.settings_of(&uri::from_path(&dockerfile), Some(&dockerfile));
        let workspace = self.workspace_root(&dockerfile);
        let request = Request {
            workspace_root: workspace.clone(),
            builds: Some(BuildSearch {
                wanted: settings.build.as_deref(),
                within: workspace.as_deref(),
                outside: false,
            }),
            ..Request::new(Some(dockerfile), settings.context.clone())
        };
        root_of(&overlay, &request)
    }
}

/// What the listing thread does until the server ends.
pub fn run(state: &State) {
    while let Some((uri, ask, cancel)) = state.ignores.next() {
        let work = || {
            let Some(version) = state.ignore_file(&uri) else { return };
            if ask == Ask::List {
                list(state, &version, &cancel);
            }
            tell(state, &uri);
        };
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::error!("a panic while looking at {uri}");
        }
    }
}

fn list(state: &State, version: &Version, cancel: &Cancel) {
    let begun = Instant::now();
    let root = version.path.as_deref().and_then(|path| state.root_of_ignore_file(path));
    let inventory = match root.map(|root| Inventory::take(&Disk, &root, cancel.flag())) {
        Some(Ok(inventory)) => Some(Arc::new(inventory)),
        Some(Err(_)) => return,
        None => None,
    };
    // Closed meanwhile, it is not to be known again.
    let documents = lock(&state.documents);
    let mut inner = lock(&state.ignores.inner);
    let mut is_new = false;
    if documents.any(&version.uri).is_some() {
        let listed = Some(Listed { at: Instant::now(), took: begun.elapsed() });
        let known = inner.known.entry(Arc::clone(&version.uri)).or_default();
        is_new = known.listed.is_none() || known.inventory != inventory;
        known.listed = listed;
        if is_new {
            (known.inventory, known.file) = (inventory, None);
        }
    }
    drop((inner, documents));
    state.ignores.changed.notify_all();
    if is_new {
        refresh::all(state);
    }
}

/// Publishes what is wrong with the newest version, where diagnostics are pushed.
fn tell(state: &State, uri: &Arc<str>) {
    let Some(version) = state.ignore_file(uri).filter(|_| !state.session().pulls) else { return };
    let found = diagnostics(state, &version, &state.ignores.file(&version));
    let documents = lock(&state.documents);
    if documents.is_current(&version) {
        worker::publish(state, &version.uri, Some(version.number), &found);
    }
}

/// What is wrong with a version, as the protocol has it.
pub fn diagnostics(state: &State, version: &Version, file: &IgnoreFile) -> Vec<lsp::Diagnostic> {
    file.findings().into_iter().map(|found| diagnostic(found, version, state.session())).collect()
}

fn diagnostic(found: IgnoreFinding, version: &Version, session: &Session) -> lsp::Diagnostic {
    lsp::Diagnostic {
        range: to_lsp::range_of(found.span, version, session),
        severity: Some(to_lsp::severity(found.severity)),
        code: Some(lsp::Code::String(found.code.to_string())),
        code_description: None,
        source: Some("plimsoll".to_string()),
        message: lsp::Message::String(found.message),
        tags: (session.tags && found.unnecessary).then(|| vec![lsp::DiagnosticTag::Unnecessary]),
        related_information: None,
        data: None,
    }
}

/// What can be done about what is wrong in a range. The edits are small, and stand in the list.
pub fn actions(
    state: &State,
    version: &Version,
    file: &IgnoreFile,
    range: lsp::Range,
    only: &[String],
) -> Vec<lsp::CodeAction> {
    let session = state.session();
    if !ActionKind::QuickFix.is_asked_for(only) {
        return Vec::new();
    }
    let findings = file.findings();
    let fixes = file.fixes(&findings, to_lsp::span(range, version, session));
    let action = |fix: IgnoreFix| {
        let mut edit = WorkspaceEdit::document(Arc::clone(file.text()), fix.edits);
        edit.files.iter_mut().for_each(|file| file.label = Some(fix.title.clone()));
        let edit = workspace_edit::to_lsp(&edit, version, session, &state.documents).ok()?;
        let mended = findings.get(fix.finding)?.clone();
        Some(lsp::CodeAction {
            title: fix.title,
            kind: Some(lsp::CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic(mended, version, session)]),
            is_preferred: (fix.preferred && session.shows_preferred).then_some(true),
            edit: Some(edit),
            ..Default::default()
        })
    };
    fixes.into_iter().filter_map(action).collect()
}

/// A document that was closed has no diagnostics any more.
pub fn clear(state: &State, uri: &Arc<str>) {
    if !state.session().pulls {
        worker::clear(state, uri);
    }
    state.ignores.forget(uri);
}

/// Whether the document of this name, in lower case, is a `.dockerignore`.
pub fn is_ignore_file(name: &str) -> bool {
    name.ends_with(".dockerignore")
}

/// The version that a request asks about, where it asks about a `.dockerignore`; an old list is made anew.
pub fn asked(state: &State, uri: &lsp::Uri) -> Option<Arc<Version>> {
    let version = state.ignore_file(&uri.0)?;
    state.list_old_context(&version.uri);
    Some(version)
}
