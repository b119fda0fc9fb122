//! The command line.

pub mod client;
mod lsp;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

pub use lsp::lsp;

/// Runs the command line `args` (the program's name first) and says how the process ends.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let mut args = args.skip(1);
    if args.next().is_some_and(|command| command == "lsp") {
        let mut log = None;
        while let Some(arg) = args.next() {
            if arg == "--log" {
                log = args.next().map(PathBuf::from);
            }
        }
        return lsp(log);
    }
    ExitCode::SUCCESS
}
