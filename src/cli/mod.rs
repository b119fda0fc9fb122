//! The command line: one file a subcommand, one file an output format.
//!
//! What a command is asked for goes to standard output; progress, notes and errors go to standard
//! error. 2 is the exit code of every usage, input/output and internal error.

mod args;
mod changes;
mod check;
pub mod client;
mod convert;
mod diff;
mod explain;
mod failure;
mod fmt;
mod input;
mod lsp;
mod markdown;
mod output;
mod paths;
mod print;
mod rules;
mod settings;
mod tour;
mod write;

pub use lsp::lsp;

use args::{Cli, Command};
use clap::Parser;
use failure::{Failure, Outcome};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// The exit code of every usage, input/output and internal error.
pub const ERROR: u8 = 2;

/// Runs the command line `args` (the program's name first) and says how the process ends.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    failure::report_panics();
    let outcome = catch_unwind(AssertUnwindSafe(|| dispatch(args)));
    match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => failure.end(),
        // The hook has told of it.
        Err(_) => ExitCode::from(ERROR),
    }
}

fn dispatch(args: impl Iterator<Item = OsString>) -> Outcome {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(said) => return args::said(&said),
    };
    if cli.verbose {
        failure::be_verbose();
    }
    match cli.command {
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Convert(args)) => convert::convert(&args),
        Some(Command::Fmt(args)) => fmt::fmt(&args),
        Some(Command::Rules(args)) => rules::rules(&args),
        Some(Command::Tour(args)) => tour::tour(&args),
        Some(Command::Lsp(args)) => Ok(lsp(args.log)),
        #[cfg(debug_assertions)]
        Some(Command::DebugPanic) => panic!("as asked for"),
        None if cli.verbose => args::about(),
        None => args::help(),
    }
}

/// A failure with a sentence for the user.
fn fail<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Error(message.into()))
}
