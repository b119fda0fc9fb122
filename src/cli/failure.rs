use super::ERROR;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a command ends.
pub type Outcome = Result<ExitCode, Failure>;

/// Why a command goes no further.
#[derive(Debug)]
pub enum Failure {
    /// A sentence for the user, without `error:`.
    Error(String),
    /// Nobody reads what is printed any more, as after `| head`. Not an error.
    Closed,
}

impl Failure {
    /// Tells the user, and says how the process ends.
    pub fn end(self) -> ExitCode {
        match self {
            Failure::Error(message) => {
                error(&message);
                ExitCode::from(ERROR)
            }
            Failure::Closed => ExitCode::SUCCESS,
        }
    }
}

impl From<io::Error> for Failure {
    /// For standard output: where its reader is gone, there is nothing to do and nothing to say.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Error(format!("standard output can't be written: {error}")),
        }
    }
}

static VERBOSE: AtomicBool = AtomicBool::new(false);

/// Has what [`detail`] tells printed, as `-v` asks.
pub fn be_verbose() {
    VERBOSE.store(true, Ordering::Relaxed);
}

/// A note that only `-v` shows.
pub fn detail(message: impl FnOnce() -> String) {
    if VERBOSE.load(Ordering::Relaxed) {
        note(&message());
    }
}

const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const YELLOW: anstyle::Style = anstyle::AnsiColor::Yellow.on_default().bold();
const BLUE: anstyle::Style = anstyle::AnsiColor::Cyan.on_default().bold();

/// Prints an error to standard error.
pub fn error(message: &str) {
    say(RED, "error", message);
}

/// Prints to standard error what is wrong but stops nothing.
pub fn warning(message: &str) {
    say(YELLOW, "warning", message);
}

/// Prints a note to standard error.
pub fn note(message: &str) {
    say(BLUE, "note", message);
}

/// Where standard error is gone, there is nobody to tell.
fn say(style: anstyle::Style, kind: &str, message: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{kind}:{style:#} {message}");
}

/// Has a panic, wherever it happens, told as what it is: a fault of this program.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let said = info.payload_as_str().unwrap_or("no reason given");
        let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        error(&format!(
            "internal error: {said}{}. This is a fault of plimsoll; please report it with the file that \
             shows it.",
            place.unwrap_or_default()
        ));
    }));
}
