//! Runs git so that nothing of the repository runs: no hook, no filter, no fetch, no pager, and nothing
//! longer than the time limit.
//!
//! Sources: git's documentation of `git`, `git-config`, `gitattributes` and `githooks`; `convert.c` (a
//! filter driver without a command converts nothing) and `transport.c` (`GIT_ALLOW_PROTOCOL` wins over
//! every `protocol.*` of a configuration).

use super::GitError;
use crate::context::program;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How long one command of git may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The most that one command may print, in bytes.
const MAX_OUTPUT: usize = 256 << 20;

/// What holds for every command. The command line wins over every file of configuration.
const SETTINGS: [&str; 8] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.alternateRefsCommand=",
    "diff.external=",
    "protocol.allow=never",
    "submodule.recurse=false",
    // A folder of the work tree that looks like a repository isn't taken for one.
    "safe.bareRepository=explicit",
];

/// Git, where it is, and how it is called for one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    program: PathBuf,
    folder: PathBuf,
    /// More `-c` settings.
    settings: Vec<String>,
}

/// What a command printed.
pub(super) struct Printed {
    pub out: Vec<u8>,
    /// Its complaint, where it ended with another code than 0.
    pub failed: Option<String>,
}

impl Git {
    /// Git for a folder. Fails where no git is on PATH.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, GitError> {
        let program = program::find("git".as_ref()).ok_or(GitError::NotInstalled)?;
        Ok(Self { program, folder: folder.to_path_buf(), settings: Vec::new() })
    }

    /// The same git for another folder.
    pub(super) fn at(&self, folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), ..self.clone() }
    }

    /// Switches off every command that the configuration attaches to file contents (`filter.*`).
    /// `configuration` is what `git config -z --list` printed.
    pub(super) fn without_filters(mut self, configuration: &[(String, String)]) -> Result<Self, GitError> {
        let mut names: Vec<&str> = configuration.iter().filter_map(|(key, _)| filter_name(key)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            // `-c` takes what stands before the first `=` for the key.
            if name.contains('=') || name.contains('\0') {
                return Err(GitError::OddFilter { name: name.to_string() });
            }
            for (what, value) in [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")] {
                self.settings.push(format!("filter.{name}.{what}={value}"));
            }
        }
        Ok(self)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        // What a caller's environment says of a repository isn't about this one. That is so in a hook.
        for (name, _) in std::env::vars_os() {
            let known = name.to_str().unwrap_or_default();
            let kept =
                ["GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"]
                    .contains(&known);
            if known.starts_with("GIT_") && !kept {
                command.env_remove(name);
            }
        }
        command
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .arg("--no-pager")
            .arg("--literal-pathspecs")
            .arg("-C")
            .arg(&self.folder);
        let settings = SETTINGS.iter().copied().chain(self.settings.iter().map(String::as_str));
        for setting in settings {
            command.args(["-c", setting]);
        }
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs one command to its end, with `input` on its standard input.
    pub(super) fn run(&self, args: &[&str], input: Option<Vec<u8>>) -> Result<Printed, GitError> {
        run(self.command(args), input, PATIENCE)
    }

    /// Runs a command that must succeed.
    pub(super) fn ask(&self, args: &[&str]) -> Result<Vec<u8>, GitError> {
        self.run(args, None)?.expected()
    }

    /// Starts a command that answers questions until it is dropped.
    pub(super) fn start(&self, args: &[&str]) -> Result<Running, GitError> {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        Running::start(command)
    }
}

impl Printed {
    /// What was printed; the complaint as an error.
    pub(super) fn expected(self) -> Result<Vec<u8>, GitError> {
        match self.failed {
            None => Ok(self.out),
            Some(said) => Err(GitError::Failed { said }),
        }
    }
}

/// The name in `filter.<name>.<what>`.
fn filter_name(key: &str) -> Option<&str> {
    let rest = key.strip_prefix("filter.")?;
    rest.rsplit_once('.').map(|(name, _)| name)
}

/// A program that has been started; ended when it is dropped.
pub(super) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    chunks: Receiver<Vec<u8>>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, GitError> {
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::NotInstalled,
            _ => GitError::Failed { said: error.to_string() },
        })?;
        let stdin = child.stdin.take();
        let chunks = program::pump(child.stdout.take());
        Ok(Self { child, stdin, chunks })
    }

    /// The next bytes of its output; none at its end.
    pub(super) fn more(&mut self, until: Instant) -> Result<Option<Vec<u8>>, GitError> {
        match self.chunks.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(chunk) => Ok(Some(chunk)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(GitError::TooSlow),
        }
    }

    /// Writes to its input.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), GitError> {
        let Some(stdin) = &mut self.stdin else { return Ok(()) };
        let written = stdin.write_all(bytes).and_then(|()| stdin.flush());
        written.map_err(|error| GitError::Failed { said: error.to_string() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stdin = None;
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Runs a program to its end, or ends it after `patience`.
fn run(mut command: Command, input: Option<Vec<u8>>, patience: Duration) -> Result<Printed, GitError> {
    let until = Instant::now() + patience;
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut running = Running::start(command)?;
    let complaint = program::pump(running.child.stderr.take());
    if let (Some(mut stdin), Some(input)) = (running.stdin.take(), input) {
        // Written aside: the program may print before it has read all.
        let write = move || drop(stdin.write_all(&input));
        let _ = std::thread::Builder::new().name("git".into()).spawn(write);
    }
    let mut out = Vec::new();
    while let Some(chunk) = running.more(until)? {
        out.extend(chunk);
        if out.len() > MAX_OUTPUT {
            return Err(GitError::TooMuch);
        }
    }
    let mut said = Vec::new();
    while let Ok(chunk) = complaint.recv_timeout(until.saturating_duration_since(Instant::now())) {
        said.extend(chunk);
        said.truncate(4 << 10);
    }
    // Both streams are closed, so the program is at its end.
    let ended = running.child.wait().map_err(|error| GitError::Failed { said: error.to_string() })?;
    let failed = (!ended.success()).then(|| complaint_of(&said));
    Ok(Printed { out, failed })
}

/// The first line of a complaint, without git's `fatal:`.
fn complaint_of(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it ended without a word").trim();
    ["fatal: ", "error: "].iter().find_map(|word| first.strip_prefix(word)).unwrap_or(first).to_string()
}

/// Bytes of git as a path: what they are on Unix, UTF-8 elsewhere.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// Bytes of git as a path: what they are on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_ended() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let mut command = Command::new("cat");
        // Nobody ever writes to it.
        command.stdin(reader).stdout(Stdio::piped()).stderr(Stdio::piped());
        let ended = run(command, None, Duration::from_millis(1));
        assert!(matches!(ended, Err(GitError::TooSlow)));
    }

    #[test]
    fn every_filter_of_a_configuration_is_switched_off() {
        let git = Git { program: "git".into(), folder: "/".into(), settings: Vec::new() };
        let key = |key: &str| (key.to_string(), "touch /tmp/x".to_string());
        let off = git.clone().without_filters(&[key("filter.a b.clean"), key("core.pager")]).unwrap();
        assert_eq!(
            off.settings,
            ["filter.a b.clean=", "filter.a b.smudge=", "filter.a b.process=", "filter.a b.required=false"]
        );
        let odd = git.without_filters(&[key("filter.x=y.clean")]);
        assert!(matches!(odd, Err(GitError::OddFilter { name }) if name == "x=y"));
    }
}
