use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Says on a terminal how far a long check is. Short ones end before there is anything to say.
pub struct Progress {
    of: usize,
    done: AtomicUsize,
    /// When something was said last, or the check began; None where nobody is told.
    said: Option<Mutex<Instant>>,
}

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_millis(400);

/// Fewer files are checked before one can read.
const MANY: usize = 100;

impl Progress {
    /// For a check of so many files.
    pub fn new(of: usize) -> Self {
        let told = of >= MANY && std::io::stderr().is_terminal();
        Self { of, done: AtomicUsize::new(0), said: told.then(|| Mutex::new(Instant::now())) }
    }

    /// One more file is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(Ok(mut said)) = self.said.as_ref().map(Mutex::try_lock) else { return };
        if said.elapsed() >= PATIENCE {
            *said = Instant::now();
            let _ = write!(std::io::stderr(), "\r{}", line(done, self.of));
        }
    }
}

impl Drop for Progress {
    /// Leaves the line empty.
    fn drop(&mut self) {
        if self.said.is_some() {
            let _ = write!(std::io::stderr(), "\r{:1$}\r", "", line(self.of, self.of).len());
        }
    }
}

fn line(done: usize, of: usize) -> String {
    format!("checked {done} of {of} files")
}
