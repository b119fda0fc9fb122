//! The arguments, and what `--help` and `--version` say.

use super::ERROR;
use super::failure::{Failure, Outcome};
use super::{check, convert, explain, fmt, print, rules, tour};
use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "Shows what each line of a Dockerfile weighs and what makes it run again",
    long_about = "Shows what each line of a Dockerfile weighs in the image and what makes it run again, finds its \
                  faults, and turns a single-stage Dockerfile of Next.js, Vite or Create React App into a \
                  multi-stage one.\n\n\
                  The same engine serves editors (`plimsoll lsp`) and the command line.",
    after_help = "Exit codes: 0 done, nothing found · 1 findings · 2 usage, I/O or internal error · 3 not converted",
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Say more on standard error; alone, print the version.
    #[arg(short = 'v', long, global = true)]
    pub verbose: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Find the faults of Dockerfiles, and mend them
    Check(check::Args),
    /// Say of every line what it adds to the image and what makes it run again
    Explain(explain::Args),
    /// Turn a single-stage Dockerfile of Next.js, Vite or Create React App into a multi-stage one
    Convert(convert::Args),
    /// Lay Dockerfiles out evenly, without changing what they build
    Fmt(fmt::Args),
    /// List the rules, or print the page of one
    Rules(rules::Args),
    /// Show what an editor would show, on a bundled project or on a file of yours
    Tour(tour::Args),
    /// Serve an editor: the language server on standard input and output
    Lsp(LspArgs),
    #[cfg(debug_assertions)]
    #[command(hide = true)]
    DebugPanic,
}

#[derive(clap::Args)]
pub struct LspArgs {
    /// Speak over standard input and output, which is what it does anyway
    #[arg(long)]
    stdio: bool,
    /// Append what happens to FILE; PLIMSOLL_LOG=debug tells more
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}

/// What clap has to say: help and version on standard output, an error on standard error.
pub fn said(said: &clap::Error) -> Outcome {
    if said.use_stderr() {
        // Where standard error is gone, there is nobody to tell.
        let _ = said.print();
        return Ok(ExitCode::from(ERROR));
    }
    said.print().map_err(Failure::from)?;
    Ok(ExitCode::SUCCESS)
}

/// `plimsoll` alone: nothing was asked for.
pub fn help() -> Outcome {
    use std::io::Write;
    // Where standard error is gone, there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{}", Cli::command().render_help().ansi());
    Ok(ExitCode::from(ERROR))
}

/// `plimsoll -v` alone.
pub fn about() -> Outcome {
    print::plain(&format!("plimsoll {}\n", env!("CARGO_PKG_VERSION")))?;
    Ok(ExitCode::SUCCESS)
}
