//! `plimsoll lsp`: the language server on standard input and output.

use crate::server::{self, Options};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

/// Serves a language client on standard input and output until it says `exit`. With `log`, what
/// happens is appended to that file; `PLIMSOLL_LOG` (error, warn, info, debug, trace) says how much of
/// it, info where it isn't set. Nothing but LSP goes to standard output.
pub fn lsp(log: Option<PathBuf>) -> ExitCode {
    if let Some(path) = log
        && let Err(error) = start_log(&path)
    {
        eprintln!("plimsoll lsp: the log {} can't be written: {error}", path.display());
        return ExitCode::from(2);
    }
    let (input, output) = streams();
    ExitCode::from(server::serve(input, output, Options { is_alive }))
}

fn start_log(path: &std::path::Path) -> io::Result<()> {
    let file = File::options().create(true).append(true).open(path)?;
    let level = std::env::var("PLIMSOLL_LOG").ok().and_then(|level| level.parse().ok());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(tracing::Level::INFO))
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)
}

/// The standard streams without Rust's buffers: a frame is one write, and no thread waits for another's
/// lock.
fn streams() -> (Box<dyn Read + Send>, Box<dyn Write + Send>) {
    let duplicates = duplicate_streams();
    match duplicates {
        Ok((input, output)) => (Box::new(input), Box::new(output)),
        Err(_) => (Box::new(io::stdin()), Box::new(io::stdout())),
    }
}

#[cfg(unix)]
fn duplicate_streams() -> io::Result<(File, File)> {
    use std::os::fd::AsFd;
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((File::from(input), File::from(output)))
}

#[cfg(windows)]
fn duplicate_streams() -> io::Result<(File, File)> {
    use std::os::windows::io::AsHandle;
    let input = io::stdin().as_handle().try_clone_to_owned()?;
    let output = io::stdout().as_handle().try_clone_to_owned()?;
    Ok((File::from(input), File::from(output)))
}

#[cfg(not(any(unix, windows)))]
fn duplicate_streams() -> io::Result<(File, File)> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// Whether a process still runs. Where the system can't tell, it is said to: the end of the input ends
/// the server all the same.
#[cfg(target_os = "linux")]
fn is_alive(process: u32) -> bool {
    // A parent outside of our PID namespace has the number 0 here, and the client's number means
    // nothing: a server in a container.
    if std::os::unix::process::parent_id() == 0 {
        return true;
    }
    // The state stands after the command's name, which is in brackets and may hold any character. A
    // zombie has ended.
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => !matches!(stat.rsplit(") ").next().and_then(|rest| rest.chars().next()), Some('Z' | 'X')),
        Err(error) => error.kind() != io::ErrorKind::NotFound || !std::path::Path::new("/proc/self").exists(),
    }
}

/// Elsewhere on Unix only the parent is known: it is gone when another process has become our parent.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_alive(process: u32) -> bool {
    use std::os::unix::process::parent_id;
    use std::sync::OnceLock;
    static WAS_PARENT: OnceLock<bool> = OnceLock::new();
    let is_parent = parent_id() == process;
    is_parent || !*WAS_PARENT.get_or_init(|| is_parent)
}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}
