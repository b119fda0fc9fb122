//! What the tests share.

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// How one run of the program ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// That the run ended with this code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// The program, started in `folder`, with no terminal and no settings of the machine.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(folder).args(args).env("COLUMNS", "100");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    // What is on the machine's PATH is for the tests of ShellCheck.
    command.env("HOME", "/nonexistent").env("PLIMSOLL_SHELLCHECK", "off");
    command.env_remove("PLIMSOLL_SHELLCHECK_PATH");
    command
}

/// A run with these variables of the environment.
pub fn run_in(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    finish(command(folder, args).envs(variables.iter().copied()), b"")
}

pub fn run(folder: &Path, args: &[&str]) -> Ran {
    run_with(folder, args, b"")
}

/// A run with something on standard input.
pub fn run_with(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    finish(&mut command(folder, args), input)
}

pub fn finish(command: &mut Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A program that doesn't read its input has closed it by now.
    let _ = child.stdin.take().expect("it has an input").write_all(input);
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
    }
}

/// A folder with these files, gone when it is dropped.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

pub fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

pub fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap()
}

/// Every file below a folder with its bytes, in order.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let walker =
        ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Path::cmp).build();
    let files = walker.map(Result::unwrap).filter(|entry| entry.path().is_file());
    files.map(|entry| (entry.path().to_path_buf(), std::fs::read(entry.path()).unwrap())).collect()
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A copy of a fixture that may be written to.
pub fn copy_of(name: &str) -> TempDir {
    let (from, to) = (fixture(name), folder(&[]));
    for (path, bytes) in contents(&from) {
        let inside = path.strip_prefix(&from).unwrap().to_str().unwrap().to_string();
        write(to.path(), &inside, &bytes);
    }
    to
}

/// The lines of `text` that hold `part`.
pub fn lines_with<'t>(text: &'t str, part: &str) -> Vec<&'t str> {
    text.lines().filter(|line| line.contains(part)).collect()
}
