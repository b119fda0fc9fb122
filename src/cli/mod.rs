//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line `args` (the program's name first) and says how the process ends.
pub fn run(_args: impl Iterator<Item = OsString>) -> ExitCode {
    ExitCode::SUCCESS
}
