use crate::cli::failure;
use crate::context::shellcheck::{Answers, ShellCheck, ShellCheckError};
use crate::features::Snapshot;
use crate::settings::Profile;
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
        let scripts = if self.on { snapshot.shell_scripts() } else { &[] };
        if scripts.is_empty() {
            return snapshot;
        }
        let settings = snapshot.settings();
        let named = settings.shellcheck_path.clone();
        let counts_on_it = named.is_some() || settings.profile == Profile::Hadolint;
        let program = match self.program(named) {
            Ok(program) => program,
            Err(error) => {
                self.note(&error, counts_on_it);
                return snapshot;
            }
        };
        let mut answers = Answers::expected();
        for script in scripts {
            match program.check(&script.text, &|| false) {
                Ok(comments) => answers.insert(Arc::clone(&script.text), comments),
                Err(error) => self.note(&error, true),
            }
        }
        snapshot.checked(Arc::new(answers))
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
        let found = programs.entry(named).or_insert_with_key(|named| {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            ShellCheck::find(named.as_deref(), cores).map(Arc::new)
        });
        found.clone()
    }

    fn note(&self, error: &ShellCheckError, counts_on_it: bool) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.insert((error.to_string(), counts_on_it));
    }
}
