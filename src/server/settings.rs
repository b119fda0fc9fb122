//! What is set for each document: in the editor, in files, in the environment. What is wrong in a file is shown
//! in that very file, open or not.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp::gen_lsp_types as lsp;

use super::documents::{Kind, Version};
use super::lookups::{Need, is_another_build};
use super::shellcheck::Pause;
use super::state::State;
use super::{lock, refresh, to_lsp, uri, worker};
use crate::config::files::{File, Files, Outside};
use crate::config::{self, Found, Problem, environment};
use crate::settings::{Layer, Settings};
use crate::text::{LineTable, Span};

/// What is set, and what is known of the files that settings stand in.
pub struct Chosen {
    /// What the editor says.
    pub editor: Said,
    environment: Found,
    /// By the folder of a Dockerfile.
    files: HashMap<PathBuf, Arc<Files>>,
    /// The URIs of the files whose problems the client shows.
    told: BTreeSet<String>,
    /// What is wrong with what the editor says, as the user was told: once.
    pub said_wrong: BTreeSet<String>,
}

impl Chosen {
    pub fn new() -> Self {
        let environment = environment::read(&|name| std::env::var(name).ok());
        for problem in &environment.problems {
            tracing::warn!("{}", problem.message);
        }
        Self {
            editor: Said::default(),
            environment,
            files: HashMap::new(),
            told: BTreeSet::new(),
            said_wrong: BTreeSet::new(),
        }
    }
}

/// What an editor sets.
#[derive(Default, PartialEq)]
pub struct Said {
    /// What holds where no folder sets anything else.
    pub everywhere: Layer,
    /// What holds in a folder of the workspace, by its URI, whole.
    pub folders: HashMap<String, Layer>,
}

impl Said {
    fn layer(&self, folder: Option<&str>) -> &Layer {
        folder.and_then(|folder| self.folders.get(folder)).unwrap_or(&self.everywhere)
    }
}

impl State {
    /// What holds for the document `uri`, which lies at `path` if it lies on disk. Asks the disk where its folder
    /// is new.
    pub fn settings_of(&self, uri: &str, path: Option<&Path>) -> Arc<Settings> {
        let workspace_folder = self.workspace_folder(uri, path);
        let files = self.settings_folder(path).map(|folder| {
            let known = lock(&self.chosen).files.get(&folder).cloned();
            known.unwrap_or_else(|| self.read_settings(&folder))
        });
        let chosen = lock(&self.chosen);
        let layers = [&chosen.environment.layer, chosen.editor.layer(workspace_folder.as_deref())];
        Arc::new(config::settings_of(path, &layers, &files.unwrap_or_default()))
    }

    /// Looks whether the settings files of a document are still as they were read; where not, what stands in them
    /// now holds at once.
    pub fn look_at_settings(&self, path: Option<&Path>) {
        let Some(folder) = self.settings_folder(path) else { return };
        let known = lock(&self.chosen).files.get(&folder).cloned();
        if known.is_some_and(|files| !files.are_current()) {
            self.forget_settings();
        }
    }

    /// A settings file that the editor has open was opened, edited or closed.
    pub fn settings_document_changed(&self, version: &Version) {
        tracing::debug!("{} holds settings", version.uri);
        self.forget_settings();
        // Its problems show though no Dockerfile beside it is open.
        if let Some(folder) = self.settings_folder(version.path.as_deref()) {
            let known = lock(&self.chosen).files.contains_key(&folder);
            if !known {
                self.read_settings(&folder);
            }
        }
    }

    /// Reads all files anew, and has what they say hold.
    fn forget_settings(&self) {
        let folders: Vec<PathBuf> = lock(&self.chosen).files.drain().map(|(folder, _)| folder).collect();
        for folder in folders {
            self.read_settings(&folder);
        }
        self.settle_settings();
    }

    /// Has what is set now hold for every open Dockerfile.
    pub fn settle_settings(&self) {
        let open: Vec<Arc<Version>> = lock(&self.documents).dockerfiles().cloned().collect();
        for version in open {
            let settings = self.settings_of(&version.uri, version.path.as_deref());
            if lock(&self.documents).set(&version.uri, &settings) {
                self.analyse(&version.uri);
                self.check_scripts(&version.uri, Pause::None);
                if is_another_build(&settings, version.settings()) {
                    self.look(&version.uri, Need::Gather);
                }
            }
        }
        let ignores: Vec<Arc<Version>> = lock(&self.documents).of_kind(Kind::Ignore).cloned().collect();
        for version in ignores {
            let settings = self.settings_of(&version.uri, version.path.as_deref());
            let is_new = lock(&self.documents).set(&version.uri, &settings);
            // Which context it is may be set.
            if is_new && is_another_build(&settings, version.settings()) {
                self.list_context(&version.uri);
            }
        }
        // What the client asked for meanwhile was answered as it was set before.
        refresh::all(self);
    }

    /// The folder whose settings hold for a document; None for one that is nowhere.
    fn settings_folder(&self, path: Option<&Path>) -> Option<PathBuf> {
        match path.and_then(Path::parent) {
            Some(folder) => Some(folder.to_path_buf()),
            None => self.first_root(),
        }
    }

    fn read_settings(&self, folder: &Path) -> Arc<Files> {
        let open = |path: &Path| lock(&self.documents).at(path).map(|version| version.text());
        // hadolint is started in the workspace's folder.
        let here = self.workspace_root(folder).unwrap_or_else(|| folder.to_path_buf());
        let outside = Outside { open: &open, ..Outside::DISK };
        let files = Arc::new(Files::find(folder, &here, &outside));
        lock(&self.chosen).files.insert(folder.to_path_buf(), Arc::clone(&files));
        self.tell_problems();
        files
    }

    /// Has the client show what is wrong in the files that settings are read from, and nothing else.
    fn tell_problems(&self) {
        let read: Vec<Arc<Files>> = lock(&self.chosen).files.values().cloned().collect();
        let mut now = BTreeSet::new();
        for file in read.iter().flat_map(|files| files.all()) {
            if file.found.problems.is_empty() {
                continue;
            }
            let open = lock(&self.documents).at(&file.path).cloned();
            let uri = match &open {
                Some(version) => version.uri.to_string(),
                None => uri::from_path(&file.path),
            };
            if now.insert(uri.clone()) {
                let number = open.map(|version| version.number);
                let problems = file.found.problems.iter().map(|problem| self.shown(file, problem));
                worker::publish(self, &uri, number, &problems.collect::<Vec<_>>());
            }
        }
        let before = std::mem::replace(&mut lock(&self.chosen).told, now.clone());
        for gone in before.difference(&now) {
            worker::publish(self, gone, None, &[]);
        }
    }

    fn shown(&self, file: &File, problem: &Problem) -> lsp::Diagnostic {
        let lines = LineTable::lsp(&file.text);
        let span = problem.span.unwrap_or(Span::empty(0));
        // A place of no width can't be seen.
        let span = if span.is_empty() { lines.span(lines.line(span.start), &file.text) } else { span };
        let mut message = problem.message.clone();
        let first = message.chars().next().map_or(0, char::len_utf8);
        // A setting's name stays as it is written.
        if message.starts_with("there is") || message.starts_with("this is") || message.starts_with("the ") {
            let capital = message[..first].to_uppercase();
            message.replace_range(..first, &capital);
        }
        message.push('.');
        lsp::Diagnostic {
            range: to_lsp::range(span, &file.text, &lines, self.session()),
            severity: Some(lsp::DiagnosticSeverity::Warning),
            code: Some(lsp::Code::String("wrong-setting".to_string())),
            code_description: None,
            source: Some("plimsoll".to_string()),
            message: lsp::Message::String(message),
            tags: None,
            related_information: None,
            data: None,
        }
    }
}
