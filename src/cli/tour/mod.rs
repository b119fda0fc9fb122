//! `plimsoll tour`: what an editor would show, by way of a language server that this starts itself.

mod editor;
mod project;

use super::convert::{estimate, remark};
use super::failure::{Failure, Outcome};
use super::input::{self, ContextChoice};
use super::output::{Excerpted, FileReport};
use super::paths::Here;
use super::print::{self, BOLD, CYAN, DIM, GREEN, tame, width};
use super::{client, diff, markdown, output};
use crate::context::{Disk, Source};
use crate::convert::{self, Conversion};
use crate::features::Snapshot;
use crate::rules::Severity;
use crate::settings::Settings;
use crate::text::{LineTable, count};
use editor::{Action, Editor, FileAfter, Shown};
use project::Unpacked;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(clap::Args)]
pub struct Args {
    /// A Dockerfile of yours (default: that of a small single-stage Next.js project)
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// The file that the tour is about.
struct Subject {
    /// The folder that is open in the editor.
    root: PathBuf,
    path: PathBuf,
    /// How paths below the root are shown: with this before them.
    prefix: String,
    shown: String,
    text: Arc<str>,
}

/// Runs `plimsoll tour`.
pub fn tour(args: &Args) -> Outcome {
    let here = Here::find()?;
    // Removed when the tour ends, however it ends.
    let mut unpacked = None;
    let subject = match &args.file {
        Some(file) => {
            let input = input::read(&here, file).map_err(Failure::Error)?;
            let path = input.path.unwrap_or_default();
            let inside = path.starts_with(here.folder());
            let root = if inside { here.folder() } else { path.parent().unwrap_or(here.folder()) };
            let root = root.to_path_buf();
            Subject { root, path, prefix: String::new(), shown: input.shown, text: input.source }
        }
        None => {
            let bundle = Unpacked::new().map_err(|error| {
                Failure::Error(format!("the bundled project can't be put in a temporary folder: {error}"))
            })?;
            let root = bundle.folder();
            unpacked = Some(bundle);
            let path = root.join("Dockerfile");
            let input = input::read(&here, &path).map_err(Failure::Error)?;
            let prefix = format!("{}/", project::NAME);
            Subject { root, path, shown: format!("{prefix}Dockerfile"), prefix, text: input.source }
        }
    };
    let text = show(&subject, &here).map_err(|error| Failure::Error(format!("plimsoll lsp: {error}")));
    drop(unpacked);
    print::styled(&text?)?;
    Ok(ExitCode::SUCCESS)
}

/// Has the conversation with the server, and puts it into words.
fn show(subject: &Subject, here: &Here) -> Result<String, client::Error> {
    let program = std::env::current_exe()?;
    let snapshot = snapshot(subject);
    let mut editor = Editor::open(&program, &subject.root, &subject.path, &subject.text)?;
    let actions = editor.actions()?;
    let found = editor.diagnostics(&actions)?;
    let mut hovers = Vec::new();
    for instruction in snapshot.tree().instructions() {
        let line = instruction.first_line;
        let hover = editor.hover(instruction.keyword_span.start)?;
        hovers.push((line, instruction.span.of(&subject.text).to_string(), hover));
    }
    let conversion = actions.iter().find(|action| action.is_kind("refactor.rewrite"));
    let files = match conversion.filter(|action| action.disabled.is_none()) {
        Some(action) => editor.take(action, &|uri| text_of(uri))?,
        None => Vec::new(),
    };
    editor.close()?;

    let mut out = String::new();
    let what = if subject.prefix.is_empty() { "" } else { ", a project that comes with plimsoll" };
    let _ = writeln!(
        out,
        "{DIM}What an editor shows of{DIM:#} {BOLD}{}{BOLD:#}{DIM}{what}{DIM:#}",
        subject.shown
    );
    findings(&mut out, subject, &found);
    hover(&mut out, &hovers);
    action(&mut out, subject, here, &snapshot, conversion, &files);
    Ok(out)
}

/// The same file as the server sees it, for what doesn't travel over the protocol.
fn snapshot(subject: &Subject) -> Snapshot {
    let choice = ContextChoice { workspace: Some(subject.root.clone()), ..ContextChoice::default() };
    let view = choice.gather(&Disk, Some(&subject.path)).map(Arc::new);
    Snapshot::new(Arc::clone(&subject.text), view, Arc::new(Settings::default()))
}

fn heading(out: &mut String, title: &str, more: &str) {
    let line = "─".repeat(width().min(100).saturating_sub(title.chars().count() + 5));
    let _ = writeln!(out, "\n{CYAN}──{CYAN:#} {BOLD}{title}{BOLD:#} {CYAN}{line}{CYAN:#}");
    if !more.is_empty() {
        let _ = writeln!(out, "{DIM}{more}{DIM:#}");
    }
    out.push('\n');
}

fn findings(out: &mut String, subject: &Subject, found: &[Shown]) {
    heading(out, &count(found.len(), "finding"), "");
    if found.is_empty() {
        let _ = writeln!(out, "{GREEN}Nothing to complain of.{GREEN:#}");
    }
    let file = FileReport {
        path: subject.shown.clone(),
        source: Arc::clone(&subject.text),
        lines: LineTable::physical(&subject.text),
        fail_level: Default::default(),
        diagnostics: Vec::new(),
        error: None,
    };
    for (at, one) in found.iter().enumerate() {
        let severity = match one.severity {
            1 => Severity::Error,
            2 => Severity::Warning,
            3 => Severity::Info,
            _ => Severity::Hint,
        };
        let excerpted = Excerpted {
            rule: &one.rule,
            severity,
            message: &one.message,
            url: one.url.clone(),
            span: one.span,
            related: &one.related,
            help: one.fixes.iter().map(|title| format!("quick fix: {title}")).collect(),
            also: None,
        };
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&output::excerpt(&file, &excerpted));
    }
}

fn hover(out: &mut String, hovers: &[(u32, String, Option<String>)]) {
    heading(out, "Hover", "The caret on each instruction in turn.");
    for (at, (line, text, hover)) in hovers.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let first = text.lines().next().unwrap_or_default();
        let _ = writeln!(out, "{DIM}{line:>4} │{DIM:#} {BOLD}{}{BOLD:#}", tame(first));
        let rendered = match hover {
            Some(hover) => markdown::render(hover, width().saturating_sub(7).min(100)),
            None => format!("{DIM}nothing{DIM:#}"),
        };
        for line in rendered.lines().filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "{DIM}     │{DIM:#} {line}");
        }
    }
}

fn action(
    out: &mut String,
    subject: &Subject,
    here: &Here,
    snapshot: &Snapshot,
    action: Option<&Action>,
    files: &[FileAfter],
) {
    heading(out, "Code action", "");
    let Some(action) = action else {
        let _ = writeln!(out, "No conversion is on offer: this isn't a Next.js image that it is made for.");
        return;
    };
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}", tame(&action.title));
    if let Some(reason) = &action.disabled {
        let _ = writeln!(out, "Not on offer here: {}", tame(reason));
        return;
    }
    for file in files {
        let path = subject.name(&file.uri, here);
        if let Some(label) = &file.label {
            let _ = writeln!(out, "\n{DIM}{}{DIM:#}", tame(label));
        } else {
            out.push('\n');
        }
        out.push_str(&diff::colour(&diff::unified(&path, file.before.as_deref(), &file.after)));
    }
    if let Some(conversion) = converted(snapshot) {
        out.push('\n');
        for note in &conversion.notes {
            let at = note.path.as_deref().map_or(subject.shown.clone(), |path| {
                path.strip_prefix(&subject.root)
                    .map(|inside| format!("{}{}", subject.prefix, inside.display()))
                    .unwrap_or_else(|_| here.show(path))
            });
            out.push_str(&remark(note, &at));
        }
        out.push_str(&estimate(convert::estimate(&snapshot.subject(), &conversion)));
    }
    let _ = match subject.prefix.is_empty() {
        true => writeln!(
            out,
            "\n{DIM}Nothing was written. `plimsoll convert {} --write` does it.{DIM:#}",
            subject.shown
        ),
        false => writeln!(
            out,
            "\n{DIM}Nothing was written. `plimsoll tour Dockerfile` shows the same of a file of yours.{DIM:#}"
        ),
    };
}

fn converted(snapshot: &Snapshot) -> Option<Conversion> {
    match convert::convert(&snapshot.subject(), &[])?.outcome {
        convert::Outcome::Converted(conversion) => Some(conversion),
        _ => None,
    }
}

impl Subject {
    /// How the file that a URI names is shown.
    fn name(&self, uri: &str, here: &Here) -> String {
        let path = path_of(uri).unwrap_or_default();
        match path.strip_prefix(&self.root) {
            Ok(inside) if !self.prefix.is_empty() => {
                format!("{}{}", self.prefix, inside.display())
            }
            _ => here.show(&path),
        }
    }
}

fn text_of(uri: &str) -> Option<String> {
    Disk.read(&path_of(uri)?).ok().map(|file| file.text.to_string())
}

/// The path of a `file:` URI as our server writes it.
fn path_of(uri: &str) -> Option<PathBuf> {
    let escaped = uri.strip_prefix("file://")?;
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => bytes.push(*first),
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    let path = if cfg!(windows) { path.trim_start_matches('/') } else { &path };
    Some(Path::new(path).to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn uris_of_the_server_are_read_back() {
        for path in ["/a b/한/100%/#?", "/x"] {
            assert_eq!(path_of(&client::uri(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
    }
}
