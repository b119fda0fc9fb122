use crate::cli::failure;
use crate::context::shellcheck::{Answers, ShellCheck, ShellCheckError};
use crate::features::Snapshot;
use crate::rules::Script;
use crate::settings::Profile;
use crate::syntax::Keyword;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// ShellCheck for all files of one run.
pub struct Shells {
    on: bool,
    /// The programs, by what the settings name.
    programs: Mutex<HashMap<Option<String>, Found>>,
    /// Why scripts weren't checked, and whether the user counts on it.
    problems: Mutex<BTreeSet<(String, bool)>>,
}

type Found = Result<Arc<ShellCheck>, ShellCheckError>;

impl Shells {
    pub fn new(on: bool) -> Self {
        Self { on, programs: Mutex::default(), problems: Mutex::default() }
    }

    /// The snapshot with what ShellCheck says of its scripts. Waits for it.
    pub fn checked(&self, snapshot: Snapshot) -> Snapshot {
        let settings = snapshot.settings();
        if !self.on || !settings.shellcheck || settings.profile == Profile::Buildkit || !has_run(&snapshot) {
            return snapshot;
        }
        let named = settings.shellcheck_path.clone();
        let counts_on_it = named.is_some() || settings.profile == Profile::Hadolint;
        // Before the scripts are made: they are many where a file has many steps and variables.
        let program = match self.program(named) {
            Ok(program) => program,
            Err(error) => {
                if !counts_on_it || !snapshot.shell_scripts().is_empty() {
                    self.note(&error, counts_on_it);
                }
                return snapshot;
            }
        };
        if snapshot.shell_scripts().is_empty() {
            return snapshot;
        }
        let answers = self.ask(&program, snapshot.shell_scripts());
        snapshot.checked(Arc::new(answers))
    }

    /// What ShellCheck says of the scripts, several of them at a time.
    fn ask(&self, program: &ShellCheck, scripts: &[Script]) -> Answers {
        let texts: BTreeSet<&Arc<str>> = scripts.iter().map(|script| &script.text).collect();
        let answers = Mutex::new(Answers::expected());
        let rest = Mutex::new(texts.iter());
        let take = || rest.lock().unwrap_or_else(PoisonError::into_inner).next().copied();
        let ask = || {
            while let Some(text) = take() {
                match program.check(text, &|| false) {
                    Ok(comments) => {
                        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                        answers.insert(Arc::clone(text), comments);
                    }
                    Err(error) => self.note(&error, true),
                }
            }
        };
        std::thread::scope(|scope| {
            (1..cores().min(texts.len())).for_each(|_| drop(scope.spawn(ask)));
            ask();
        });
        answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells why scripts weren't checked. Who just hasn't the program isn't told at every run, but with `-v`; who
    /// names it, or asks for what hadolint says, is.
    pub fn warn(&self) {
        for (problem, counts_on_it) in self.problems.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let message = format!("{problem}, so not all shell scripts were checked");
            match counts_on_it {
                true => failure::note(&message),
                false => failure::detail(|| message),
            }
        }
    }

    fn program(&self, named: Option<String>) -> Found {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        let found = programs
            .entry(named)
            .or_insert_with_key(|named| ShellCheck::find(named.as_deref(), cores()).map(Arc::new));
        found.clone()
    }

    fn note(&self, error: &ShellCheckError, counts_on_it: bool) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.insert((error.to_string(), counts_on_it));
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Whether something of the file may be a script.
fn has_run(snapshot: &Snapshot) -> bool {
    snapshot.model().tree().instructions().any(|outer| {
        let inner = outer.trigger.as_deref().unwrap_or(outer);
        (inner.keyword == Keyword::Run && !inner.is_exec()) || !inner.heredocs.is_empty()
    })
}
