//! `plimsoll fmt`: the layout of Dockerfiles.

use super::changes::Changes;
use super::check::find::{self, Target};
use super::failure::{self, Outcome};
use super::input::{self, Input};
use super::paths::Here;
use super::settings::{Chosen, Given};
use super::{ERROR, diff, print, write};
use crate::features::{Snapshot, Style, formatting};
use crate::text::{Edit, WorkspaceEdit, apply};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(clap::Args)]
#[command(
    after_help = "What is built stays the same: shell text and heredocs to the byte, every value, every comment; only the \
                  setting format.reindent-shell indents the lines of a RUN. A line with a syntax error is left as it is.\n\n\
                  Exit codes: 0 done · 1 with --check: something would change · 2 usage, I/O or internal error"
)]
pub struct Args {
    /// Files, or folders that are searched for Dockerfile, Dockerfile.*, *.Dockerfile and Containerfile*,
    /// without what .gitignore names; `-` reads standard input and prints it formatted
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Take what `-` reads for the file of this name
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,

    /// Write nothing; name the files that would change, and exit with 1 where there are any
    #[arg(long)]
    check: bool,

    /// Write nothing; print what would change as a unified diff
    #[arg(long)]
    diff: bool,

    /// Read these settings instead of searching for plimsoll.toml
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Read no settings file, .editorconfig neither
    #[arg(long)]
    isolated: bool,
}

/// Runs `plimsoll fmt`.
pub fn fmt(args: &Args) -> Outcome {
    let here = Here::find()?;
    let given = Given { config: args.config.as_deref(), isolated: args.isolated, ..Given::default() };
    let chosen = Chosen::new(&here, given)?;
    let (targets, mut errors) = find::find(&here, &args.paths);
    if targets.is_empty() && errors.is_empty() {
        failure::note("there is no Dockerfile here");
    }
    let mut out = String::new();
    let mut changed = 0;
    for target in &targets {
        // A file that makes the formatter panic doesn't hide the others; the hook has told of it.
        let done = catch_unwind(AssertUnwindSafe(|| format(args, &here, &chosen, target, &mut out)));
        match done {
            Ok(Ok(true)) => changed += 1,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => errors.push(error),
            Err(_) => errors.push("a file could not be formatted".to_owned()),
        }
    }
    let printed = if args.diff { diff::print(&out) } else { print::plain(&out) };
    let files = crate::text::count(changed, "file");
    match (changed, args.check || args.diff) {
        (0, _) => {}
        (_, true) => failure::note(&format!("this would format {files}; nothing was written")),
        (_, false) => failure::note(&format!("formatted {files}")),
    }
    chosen.warn();
    for error in &errors {
        failure::error(error);
    }
    printed?;
    Ok(match (errors.is_empty(), args.check && changed > 0) {
        (false, _) => ExitCode::from(ERROR),
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::SUCCESS,
    })
}

/// Formats one file and says whether it changes. What is to be printed is added to `out`.
fn format(
    args: &Args,
    here: &Here,
    chosen: &Chosen<'_>,
    target: &Target,
    out: &mut String,
) -> Result<bool, String> {
    let input = match target {
        Target::Stdin => input::read_stdin(here, args.stdin_filename.as_deref())?,
        Target::File(path) => input::read(here, path)?,
    };
    let settings = chosen.with_layout(input.path.as_deref());
    let style = Style { format: settings.format, ..Style::default() };
    let snapshot = Snapshot::new(Arc::clone(&input.source), None, settings);
    let edits = formatting(&snapshot, &style);
    let after = apply(&input.source, &edits).map_err(|error| format!("{}: {error}", input.shown))?;
    let changes = *after != *input.source;
    match (*target == Target::Stdin, args.diff, args.check) {
        (_, true, _) => {
            let name = if input.path.is_some() { &input.shown } else { "Dockerfile" };
            out.push_str(&diff::unified(name, Some(&input.source), &after));
        }
        (_, _, true) => {
            if changes {
                out.push_str(&input.shown);
                out.push('\n');
            }
        }
        (true, ..) => out.push_str(&after),
        (false, ..) => write(here, &input, edits)?,
    }
    Ok(changes)
}

/// Writes the file whole, or not at all.
fn write(here: &Here, input: &Input, edits: Vec<Edit>) -> Result<(), String> {
    let Some(path) = input.path.as_deref().filter(|_| !edits.is_empty()) else { return Ok(()) };
    let edit = WorkspaceEdit::document(Arc::clone(&input.source), edits);
    let show = |path: &Path| here.show(path);
    let mut changes = Changes::default();
    changes.make(&edit, (path, &input.source), &show)?;
    write::write_all(&changes, &show)
}
