//! The open documents.

use crate::config::files;
use crate::context::builds;
use crate::context::shellcheck::Answers;
use crate::context::{PROJECT_FILES, View, is_shell_script};
use crate::features::{Kept, Snapshot};
use crate::settings::Settings;
use crate::text::{Change, Document, Encoding};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::ignores::is_ignore_file;
use super::uri;

/// One version of one open document. Immutable: an edit makes a new one.
pub struct Version {
    /// The document's URI, to the byte as the client wrote it.
    pub uri: Arc<str>,
    /// Where the document lies on disk, if it does.
    pub path: Option<Arc<Path>>,
    /// The client's number of the version.
    pub number: i32,
    rope: Document,
    context: Option<Arc<View>>,
    settings: Arc<Settings>,
    /// What ShellCheck has said of scripts of this text or an earlier one.
    answers: Arc<Answers>,
    kept: Kept,
    /// Made by whoever asks first: an edit that is typed over at once costs no copy of the text.
    snapshot: OnceLock<Snapshot>,
}

impl Version {
    pub fn snapshot(&self) -> &Snapshot {
        self.snapshot.get_or_init(|| {
            let snapshot = Snapshot::new(self.rope.text(), self.context.clone(), Arc::clone(&self.settings));
            snapshot.checked(Arc::clone(&self.answers)).keeping(self.kept.clone())
        })
    }

    pub fn context(&self) -> Option<&Arc<View>> {
        self.context.as_ref()
    }

    /// The text of the version.
    pub fn text(&self) -> Arc<str> {
        Arc::clone(self.snapshot().source())
    }

    /// The next version after the client's changes, which build one on another.
    fn edited(&self, number: i32, changes: &[Change], encoding: Encoding) -> Self {
        let mut rope = self.rope.clone();
        for change in changes {
            rope.apply(change, encoding);
        }
        Self {
            uri: Arc::clone(&self.uri),
            path: self.path.clone(),
            number,
            rope,
            context: self.context.clone(),
            settings: Arc::clone(&self.settings),
            // Scripts that the edit leaves as they are keep their findings.
            answers: Arc::clone(&self.answers),
            kept: self.kept.clone(),
            snapshot: OnceLock::new(),
        }
    }

    /// The same text with a newer view of the build context.
    pub fn seen(&self, context: Option<Arc<View>>) -> Self {
        self.with(context, Arc::clone(&self.settings), Arc::clone(&self.answers))
    }

    /// The same with what ShellCheck has said.
    fn checked(&self, answers: Arc<Answers>) -> Self {
        self.with(self.context.clone(), Arc::clone(&self.settings), answers)
    }

    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The same text and context under other settings.
    fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        self.with(self.context.clone(), Arc::clone(settings), Arc::clone(&self.answers))
    }

    fn with(&self, context: Option<Arc<View>>, settings: Arc<Settings>, answers: Arc<Answers>) -> Self {
        let same_context = match (&context, &self.context) {
            (Some(context), Some(own)) => Arc::ptr_eq(context, own),
            (None, None) => true,
            _ => false,
        };
        let same = same_context && Arc::ptr_eq(&settings, &self.settings);
        let kept = if same { self.kept.clone() } else { Kept::default() };
        let snapshot = OnceLock::new();
        if let Some(known) = self.snapshot.get() {
            let known = known.with(context.clone(), Arc::clone(&settings));
            let _ = snapshot.set(known.checked(Arc::clone(&answers)).keeping(kept.clone()));
        }
        Self {
            uri: Arc::clone(&self.uri),
            path: self.path.clone(),
            number: self.number,
            rope: self.rope.clone(),
            context,
            settings,
            answers,
            kept,
            snapshot,
        }
    }
}

/// What is done with an open document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Dockerfile,
    /// A file that the build context is read from: the editor's text stands for the disk's.
    Context,
    /// A `.dockerignore`, of which the same holds; it has answers of its own.
    Ignore,
    /// A file that settings are read from: the editor's text stands for the disk's.
    Settings,
    /// Nothing of ours.
    Other,
}

struct Open {
    kind: Kind,
    latest: Arc<Version>,
}

/// All documents that the client has open, by URI.
#[derive(Default)]
pub struct Documents {
    open: HashMap<Arc<str>, Open>,
}

impl Documents {
    /// What holds for a document from now on. Answers whether it is anything new.
    pub fn set(&mut self, uri: &str, settings: &Arc<Settings>) -> bool {
        match self.open.get_mut(uri) {
            Some(open) if *open.latest.settings != **settings => {
                open.latest = Arc::new(open.latest.with_settings(settings));
                true
            }
            _ => false,
        }
    }

    pub fn open(
        &mut self,
        uri: &str,
        language: &str,
        number: i32,
        text: &str,
        settings: Arc<Settings>,
    ) -> (Kind, Arc<Version>) {
        let uri: Arc<str> = Arc::from(uri);
        let kind = kind(&uri, language);
        let latest = Arc::new(Version {
            path: uri::to_path(&uri).map(Arc::from),
            uri: Arc::clone(&uri),
            number,
            rope: Document::new(text),
            context: None,
            settings,
            answers: Arc::default(),
            kept: Kept::default(),
            snapshot: OnceLock::new(),
        });
        self.open.insert(uri, Open { kind, latest: Arc::clone(&latest) });
        (kind, latest)
    }

    /// Applies the client's changes. `None` where the document isn't open.
    pub fn edit(
        &mut self,
        uri: &str,
        number: i32,
        changes: &[Change],
        encoding: Encoding,
    ) -> Option<(Kind, Arc<Version>)> {
        let open = self.open.get_mut(uri)?;
        // The version before goes here, ahead of the memory that the new one takes.
        open.latest = Arc::new(open.latest.edited(number, changes, encoding));
        Some((open.kind, Arc::clone(&open.latest)))
    }

    pub fn close(&mut self, uri: &str) -> Option<(Kind, Arc<Version>)> {
        self.open.remove(uri).map(|open| (open.kind, open.latest))
    }

    /// The newest version of a document of any kind.
    pub fn any(&self, uri: &str) -> Option<(Kind, &Arc<Version>)> {
        self.open.get(uri).map(|open| (open.kind, &open.latest))
    }

    /// The newest version of a Dockerfile.
    pub fn dockerfile(&self, uri: &str) -> Option<&Arc<Version>> {
        self.open.get(uri).filter(|open| open.kind == Kind::Dockerfile).map(|open| &open.latest)
    }

    pub fn dockerfiles(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.of_kind(Kind::Dockerfile)
    }

    /// The newest versions of all documents of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Arc<Version>> {
        self.open.values().filter(move |open| open.kind == kind).map(|open| &open.latest)
    }

    /// The documents that stand for files of the build context, with their paths.
    pub fn overlay(&self) -> Vec<(Arc<Path>, Arc<Version>)> {
        let context = self.open.values().filter(|open| matches!(open.kind, Kind::Context | Kind::Ignore));
        context.filter_map(|open| Some((open.latest.path.clone()?, Arc::clone(&open.latest)))).collect()
    }

    /// The document of any kind that lies at `path`.
    pub fn at(&self, path: &Path) -> Option<&Arc<Version>> {
        self.open.values().map(|open| &open.latest).find(|version| version.path.as_deref() == Some(path))
    }

    /// Whether `version` is the newest of its document.
    pub fn is_current(&self, version: &Arc<Version>) -> bool {
        self.open.get(&version.uri).is_some_and(|open| Arc::ptr_eq(&open.latest, version))
    }

    /// Lays what ShellCheck has said under the document, where `number` is still its newest version.
    pub fn check(&mut self, uri: &str, number: i32, answers: Arc<Answers>) -> Option<Arc<Version>> {
        let open = self.open.get_mut(uri).filter(|open| open.latest.number == number)?;
        open.latest = Arc::new(open.latest.checked(answers));
        Some(Arc::clone(&open.latest))
    }

    /// Lays a newer view of the build context under the document's newest version.
    pub fn see(&mut self, uri: &str, context: Option<Arc<View>>) -> Option<Arc<Version>> {
        let open = self.open.get_mut(uri)?;
        open.latest = Arc::new(open.latest.seen(context));
        Some(Arc::clone(&open.latest))
    }
}

/// What a document is, by its name first: `Dockerfile.dockerignore` is no Dockerfile, whatever language
/// an editor's patterns give it.
fn kind(uri: &str, language: &str) -> Kind {
    let name = uri::file_name(uri).to_ascii_lowercase();
    if is_ignore_file(&name) {
        return Kind::Ignore;
    }
    if is_read_by_context(&name) {
        return Kind::Context;
    }
    if files::is_settings(&name) {
        return Kind::Settings;
    }
    let language = language.to_ascii_lowercase();
    let by_name = ["dockerfile", "containerfile"].iter().any(|stem| {
        name == *stem
            || name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'))
            || name.strip_suffix(stem).is_some_and(|rest| rest.ends_with('.'))
    });
    let by_language = ["dockerfile", "containerfile", "docker"].contains(&language.as_str());
    let unknown = ["", "plaintext", "text", "txt"].contains(&language.as_str());
    if by_language || (by_name && unknown) { Kind::Dockerfile } else { Kind::Other }
}

/// Whether a file of this name, in lower case, says something of the build context.
fn is_read_by_context(name: &str) -> bool {
    let is_config = ["next.config.", "vite.config."].iter().any(|start| name.starts_with(start));
    builds::is_read(name) || is_config || PROJECT_FILES.contains(&name) || is_shell_script(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles_are_known_by_language_and_by_name() {
        let docker = |uri, language| kind(uri, language) == Kind::Dockerfile;
        assert!(docker("untitled:Untitled-1", "dockerfile"));
        assert!(docker("file:///a/Dockerfile", "plaintext"));
        assert!(docker("file:///a/Dockerfile.dev", ""));
        assert!(docker("file:///a/web.Dockerfile", ""));
        assert!(docker("file:///a/Containerfile", ""));
        assert!(!docker("file:///a/Dockerfile.dockerignore", "dockerfile"));
        assert!(!docker("file:///a/Dockerfile.md", "markdown"));
        assert!(!docker("file:///a/package.json", "json"));
        assert!(!docker("file:///a/mydockerfile", ""));
    }

    #[test]
    fn what_the_context_is_read_from_is_taken_from_the_screen() {
        for name in [
            "package.json",
            "yarn.lock",
            ".yarnrc.yml",
            "schema.prisma",
            "pnpm-workspace.yaml",
            "next.config.ts",
            "docker-entrypoint.sh",
        ] {
            assert_eq!(kind(&format!("file:///a/{name}"), ""), Kind::Context, "{name}");
        }
    }

    #[test]
    fn a_view_of_the_context_keeps_the_text_and_makes_a_new_version() {
        let mut documents = Documents::default();
        let (_, first) = documents.open("untitled:x", "dockerfile", 1, "FROM a", Arc::default());
        let text = first.text();
        let second = documents.see("untitled:x", None).unwrap();
        assert!(!documents.is_current(&first) && documents.is_current(&second));
        assert!(Arc::ptr_eq(&text, &second.text()));
    }
}
