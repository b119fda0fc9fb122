use plimsoll::context::shellcheck::{Answers, ShellCheck};
use plimsoll::context::{Memory, Request, View};
use plimsoll::features::Snapshot;
use plimsoll::rules::{Diagnostic, Files};
use plimsoll::settings::{Profile, Settings};
use plimsoll::text::{FileChange, FileId, WorkspaceEdit, apply};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A Dockerfile and, where it is known, its build context.
#[derive(Clone)]
pub struct World {
    pub text: String,
    pub files: Option<BTreeMap<String, String>>,
    pub settings: Settings,
    pub shellcheck: Option<Arc<ShellCheck>>,
}

/// ShellCheck, as it is on PATH or as PLIMSOLL_SHELLCHECK_PATH names it. None, with a printed line, where there is
/// none.
pub fn shellcheck() -> Option<Arc<ShellCheck>> {
    static FOUND: OnceLock<Option<Arc<ShellCheck>>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let named = std::env::var("PLIMSOLL_SHELLCHECK_PATH").ok();
        ShellCheck::find(named.as_deref(), 2).ok().map(Arc::new)
    });
    if found.is_none() {
        let required = std::env::var("PLIMSOLL_REQUIRE_SHELLCHECK").as_deref() == Ok("1");
        assert!(!required, "PLIMSOLL_REQUIRE_SHELLCHECK=1, but there is no shellcheck");
        eprintln!("skipped: there is no shellcheck on PATH");
    }
    found.clone()
}

const ROOT: &str = "/work";

impl World {
    pub fn new(text: &str, files: Option<Files>) -> Self {
        let files = files.map(|files| files.iter().map(|(p, t)| (p.to_string(), t.to_string())).collect());
        Self { text: text.to_owned(), files, settings: Settings::default(), shellcheck: None }
    }

    /// With this text of a `plimsoll.toml`; the profile is [`under`](Self::under)'s to say.
    pub fn set(self, text: &str) -> Self {
        let found = plimsoll::config::toml::read(text);
        assert_eq!(found.problems, [], "{text}");
        Self { settings: Settings::of(&[&found.layer]), ..self }
    }

    /// With what ShellCheck says.
    pub fn checked(self, shellcheck: &Arc<ShellCheck>) -> Self {
        Self { shellcheck: Some(Arc::clone(shellcheck)), ..self }
    }

    pub fn under(mut self, profile: Profile) -> Self {
        self.settings.profile = profile;
        self
    }

    pub fn snapshot(&self) -> Snapshot {
        let view = self.files.as_ref().map(|files| {
            let mut memory = Memory::new();
            memory.insert(&format!("{ROOT}/Dockerfile"), &self.text);
            for (path, text) in files {
                memory.insert(&format!("{ROOT}/{path}"), text);
            }
            let request = Request::new(Some(format!("{ROOT}/Dockerfile").into()), Some(ROOT.into()));
            Arc::new(View::gather(&memory, &request).expect("nobody cancels"))
        });
        let snapshot = Snapshot::new(self.text.as_str(), view, Arc::new(self.settings.clone()));
        let Some(shellcheck) = &self.shellcheck else { return snapshot };
        let mut answers = Answers::expected();
        for script in snapshot.shell_scripts() {
            let answer = shellcheck.check(&script.text, &|| false);
            answers.insert(Arc::clone(&script.text), answer.expect("ShellCheck answers"));
        }
        snapshot.checked(Arc::new(answers))
    }

    pub fn check(&self) -> Vec<Diagnostic> {
        self.snapshot().diagnostics().to_vec()
    }

    /// What is there after the edit.
    pub fn after(&self, edit: &WorkspaceEdit) -> World {
        let mut world = self.clone();
        for file in &edit.files {
            let text = match &file.change {
                FileChange::Create { text } => text.clone(),
                FileChange::Modify { base, edits, .. } => apply(base, edits).expect("edits are disjoint"),
            };
            match &file.file {
                FileId::Document => world.text = text,
                FileId::Path(path) => {
                    let path = path.strip_prefix(ROOT).expect("the edit stays in the context");
                    let files = world.files.as_mut().expect("the context is known");
                    files.insert(path.to_string_lossy().into_owned(), text);
                }
            }
        }
        world
    }
}
