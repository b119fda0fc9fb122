//! ShellCheck, where the user has it: a script goes in on standard input, its findings come out.
//!
//! The program is the one of PATH or the one that the user names; nothing of a workspace says which. It is told
//! to read no `.shellcheckrc`, and follows no `source`.

mod read;

use super::program::{self, Failed};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long ShellCheck may think about one script.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The most that ShellCheck may say of one script, in bytes.
const MAX_OUTPUT: usize = 16 << 20;

/// The longest script that is given to ShellCheck, in bytes.
pub const MAX_SCRIPT: usize = 1 << 20;

/// How many answers are kept, those of scripts that are no longer there included.
const KEPT: usize = 4096;

/// What makes no sense in a Dockerfile: that BusyBox's `ash` isn't known (2187), and that a file of the image
/// can't be read here (1090, 1091). hadolint leaves out the same ones.
const EXCLUDED: &str = "SC1090,SC1091,SC2187";

/// One finding of ShellCheck. Lines and columns count from 1, columns characters; ends are exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub start: Place,
    pub end: Place,
    /// The number in `SC2086`.
    pub code: u32,
    pub level: Level,
    pub message: String,
    /// How it is mended, where ShellCheck knows; edits of the script.
    pub fix: Vec<Replacement>,
}

/// A place in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// How grave ShellCheck says that it is. Later ones are less grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warning,
    Info,
    Style,
}

/// One edit of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    pub start: Place,
    pub end: Place,
    pub text: String,
    /// Of two edits at one place the one with the greater number comes first.
    pub precedence: i64,
    /// Whether an insertion belongs to what stands before it, not to what follows.
    pub after_before: bool,
}

/// What ShellCheck said, by the script that it was given.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    by_script: HashMap<Arc<str>, Arc<[Comment]>>,
    /// Whether what isn't there yet is on its way.
    expected: bool,
}

impl Answers {
    /// None yet, and more to come.
    pub fn expected() -> Self {
        Self { expected: true, ..Self::default() }
    }

    pub fn get(&self, script: &str) -> Option<&Arc<[Comment]>> {
        self.by_script.get(script)
    }

    pub fn insert(&mut self, script: Arc<str>, comments: Arc<[Comment]>) {
        self.by_script.insert(script, comments);
    }

    /// Whether ShellCheck is asked at all.
    pub fn are_expected(&self) -> bool {
        self.expected
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShellCheckError {
    /// There is no such program on PATH, or where the user says.
    Missing {
        named: Option<String>,
    },
    /// A path that isn't absolute: what it leads to hangs on the workspace.
    Relative {
        named: String,
    },
    TooSlow,
    /// Nobody waits for the answer any more.
    Cancelled,
    /// It didn't do what it should.
    Failed {
        said: String,
    },
}

impl fmt::Display for ShellCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { named: None } => f.write_str("there is no shellcheck on PATH"),
            Self::Missing { named: Some(path) } => write!(f, "there is no program {path}"),
            Self::Relative { named } => {
                write!(f, "{named} is no absolute path, and no name of a program on PATH")
            }
            Self::TooSlow => {
                write!(f, "ShellCheck took longer than {} seconds for a script", PATIENCE.as_secs())
            }
            Self::Cancelled => f.write_str("nobody waits for ShellCheck any more"),
            Self::Failed { said } => write!(f, "ShellCheck can't be used: {said}"),
        }
    }
}

impl std::error::Error for ShellCheckError {}

/// The program, with the answers that it has given.
#[derive(Debug)]
pub struct ShellCheck {
    program: PathBuf,
    patience: Duration,
    /// How many may run at a time.
    slots: Mutex<usize>,
    freed: Condvar,
    /// Whether it is one from before 0.7, which knows neither `json1` nor `--norc`.
    old: AtomicBool,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    answers: HashMap<Arc<str>, (Answer, u64)>,
    /// Counts the questions, so that what was last asked long ago can be told.
    clock: u64,
}

type Answer = Result<Arc<[Comment]>, ShellCheckError>;

impl ShellCheck {
    /// ShellCheck from PATH, or the program that the user names: an absolute path, or a name of PATH. At most
    /// `at_once` of them run at a time.
    pub fn find(named: Option<&str>, at_once: usize) -> Result<Self, ShellCheckError> {
        let program = match named {
            None => program::find(OsStr::new("shellcheck")),
            Some(name) if Path::new(name).components().count() > 1 => {
                let path = PathBuf::from(name);
                if !path.is_absolute() {
                    return Err(ShellCheckError::Relative { named: name.to_owned() });
                }
                program::is_program(&path).then_some(path)
            }
            Some(name) => program::find(OsStr::new(name)),
        };
        let missing = || ShellCheckError::Missing { named: named.map(str::to_owned) };
        Ok(Self {
            program: program.ok_or_else(missing)?,
            patience: PATIENCE,
            slots: Mutex::new(at_once.max(1)),
            freed: Condvar::new(),
            old: AtomicBool::new(false),
            known: Mutex::default(),
        })
    }

    /// Where the program lies.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The same with another time limit.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What is known of a script without starting anything.
    pub fn known(&self, script: &str) -> Option<Answer> {
        let mut known = lock(&self.known);
        known.clock += 1;
        let now = known.clock;
        let (answer, asked) = known.answers.get_mut(script)?;
        *asked = now;
        Some(answer.clone())
    }

    /// What ShellCheck says of a script, whose first line is its `#!`. Waits for it, `cancelled` permitting; never
    /// asks it twice of one script.
    pub fn check(&self, script: &Arc<str>, cancelled: &dyn Fn() -> bool) -> Answer {
        if let Some(answer) = self.known(script) {
            return answer;
        }
        let answer = self.ask(script, cancelled);
        if answer != Err(ShellCheckError::Cancelled) {
            let mut known = lock(&self.known);
            known.clock += 1;
            let now = known.clock;
            known.answers.insert(Arc::clone(script), (answer.clone(), now));
            if known.answers.len() > KEPT {
                let before = now.saturating_sub(KEPT as u64 / 2);
                known.answers.retain(|_, (_, asked)| *asked > before);
            }
        }
        answer
    }

    fn ask(&self, script: &str, cancelled: &dyn Fn() -> bool) -> Answer {
        if script.len() > MAX_SCRIPT {
            return Err(ShellCheckError::Failed { said: "a script is too long".to_owned() });
        }
        let _slot = self.slot(cancelled)?;
        let old = self.old.load(Ordering::Relaxed);
        let mut ended = self.run(script, old, cancelled)?;
        // Codes 3 and 4: it doesn't know these options.
        if !old && matches!(ended.code, Some(3 | 4)) {
            ended = self.run(script, true, cancelled)?;
            self.old.store(matches!(ended.code, Some(0 | 1)), Ordering::Relaxed);
        }
        let old = self.old.load(Ordering::Relaxed);
        let read =
            matches!(ended.code, Some(0 | 1)).then(|| read::comments(&ended.out, script, old)).flatten();
        read.map(Arc::from).ok_or_else(|| {
            let first = ended.said.lines().find(|line| !line.trim().is_empty());
            let said = first.unwrap_or("its answer can't be read").trim().to_owned();
            ShellCheckError::Failed { said }
        })
    }

    fn run(
        &self,
        script: &str,
        old: bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<program::Ended, ShellCheckError> {
        let mut command = Command::new(&self.program);
        // The user's own options would make other answers of the same script.
        command.env_remove("SHELLCHECK_OPTS").args(["-e", EXCLUDED]);
        match old {
            true => command.args(["-f", "json"]),
            false => command.args(["-f", "json1", "--norc"]),
        };
        command.arg("-");
        program::run(command, script.as_bytes(), self.patience, MAX_OUTPUT, cancelled).map_err(|failed| {
            match failed {
                Failed::NotThere => {
                    ShellCheckError::Missing { named: Some(self.program.display().to_string()) }
                }
                Failed::TooSlow => ShellCheckError::TooSlow,
                Failed::Cancelled => ShellCheckError::Cancelled,
                Failed::TooMuch => ShellCheckError::Failed { said: "it says too much".to_owned() },
                Failed::Other(said) => ShellCheckError::Failed { said },
            }
        })
    }

    /// Waits for its turn.
    fn slot(&self, cancelled: &dyn Fn() -> bool) -> Result<Slot<'_>, ShellCheckError> {
        let mut free = lock(&self.slots);
        while *free == 0 {
            if cancelled() {
                return Err(ShellCheckError::Cancelled);
            }
            let waited = self.freed.wait_timeout(free, Duration::from_millis(20));
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Ok(Slot(self))
    }
}

/// The right to have one program run; given back when dropped.
struct Slot<'a>(&'a ShellCheck);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *lock(&self.0.slots) += 1;
        self.0.freed.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
