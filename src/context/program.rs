//! Starts programs: where they lie, and how they are ended when they take too long or nobody waits any more.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A program of PATH. Its relative entries don't count: there a workspace could put its own.
pub(super) fn find(name: &OsStr) -> Option<PathBuf> {
    let mut file: OsString = name.to_os_string();
    if Path::new(name).extension().is_none() {
        file.push(std::env::consts::EXE_SUFFIX);
    }
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&file))
        .find(|program| is_program(program))
}

#[cfg(unix)]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// None where a signal ended it.
    pub code: Option<i32>,
    pub out: Vec<u8>,
    /// The beginning of its complaint.
    pub said: String,
}

/// Why a program has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    NotThere,
    TooSlow,
    TooMuch,
    /// Nobody waits for it any more.
    Cancelled,
    Other(String),
}

/// How often it is asked whether somebody still waits.
const GLANCE: Duration = Duration::from_millis(10);

/// Runs a program to its end with `input` on its standard input. It is killed after `patience`, when it has
/// printed more than `most` bytes, and as soon as `cancelled` says so.
pub(super) fn run(
    mut command: Command,
    input: &[u8],
    patience: Duration,
    most: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Ended, Failed> {
    if cancelled() {
        return Err(Failed::Cancelled);
    }
    let until = Instant::now() + patience;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failed::NotThere,
        _ => Failed::Other(error.to_string()),
    })?;
    let out = pump(child.stdout.take());
    let said = pump(child.stderr.take());
    if let Some(mut stdin) = child.stdin.take() {
        // Written aside: the program may print before it has read all, or never read.
        let input = input.to_vec();
        let write = move || drop(stdin.write_all(&input));
        let _ = std::thread::Builder::new().name("program".into()).spawn(write);
    }
    let gathered = gather(&out, until, most, cancelled);
    let ended = gathered.and_then(|out| {
        let mut complaint = gather(&said, until, usize::MAX, cancelled)?;
        complaint.truncate(4 << 10);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    let said = String::from_utf8_lossy(&complaint).into_owned();
                    return Ok(Ended { code: status.code(), out, said });
                }
                // Both streams are closed: it is about to end.
                Ok(None) if cancelled() => return Err(Failed::Cancelled),
                Ok(None) if Instant::now() >= until => return Err(Failed::TooSlow),
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                Err(error) => return Err(Failed::Other(error.to_string())),
            }
        }
    });
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
}

/// All that comes, to the end of the stream.
fn gather(
    chunks: &Receiver<Vec<u8>>,
    until: Instant,
    most: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Failed> {
    let mut all = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match chunks.recv_timeout(left.min(GLANCE)) {
            Ok(chunk) => all.extend(chunk),
            Err(RecvTimeoutError::Disconnected) => return Ok(all),
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(Failed::TooSlow),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if all.len() > most {
            return Err(Failed::TooMuch);
        }
        if cancelled() {
            return Err(Failed::Cancelled);
        }
    }
}

/// Reads a stream on a thread of its own. The thread ends with the stream.
pub(super) fn pump(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, chunks) = channel();
    let Some(mut stream) = stream else { return chunks };
    let read = move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    };
    // Without a thread the stream counts as empty, and the caller sees a program that said nothing.
    let _ = std::thread::Builder::new().name("program".into()).spawn(read);
    chunks
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_it_prints_and_how_it_ends_is_told() {
        let ended = run(sh("cat; echo oh >&2; exit 3"), b"in", LONG, 100, &|| false).unwrap();
        assert_eq!((ended.code, &*ended.out, &*ended.said), (Some(3), &b"in"[..], "oh\n"));
    }

    #[test]
    fn what_hangs_floods_or_is_of_no_use_any_more_is_killed() {
        let hang = "exec sleep 600";
        let slow = run(sh(hang), b"", Duration::from_millis(1), 100, &|| false);
        assert_eq!(slow.unwrap_err(), Failed::TooSlow);
        let asked = std::cell::Cell::new(0);
        let late = || asked.replace(asked.get() + 1) > 2;
        assert_eq!(run(sh(hang), b"", LONG, 100, &late).unwrap_err(), Failed::Cancelled);
        assert_eq!(run(sh("exec yes"), b"", LONG, 100, &|| false).unwrap_err(), Failed::TooMuch);
        let none = run(Command::new("/no/such/program"), b"", LONG, 100, &|| false);
        assert_eq!(none.unwrap_err(), Failed::NotThere);
    }
}
