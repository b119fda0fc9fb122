//! Everything, for programs: the command line's own JSON.

use super::{FileReport, Range, Report};
use crate::cli::paths::Here;
use crate::rules::{Applicability, Diagnostic, Fix, Tag};
use crate::text::{FileChange, FileId, LineTable, Span};
use serde::Serialize;

/// The findings of all files.
///
/// These are structs and no `serde_json::Value`: over thousands of files a map for every finding and every place
/// costs as much as the checks of it.
#[derive(Serialize)]
pub struct Rendered<'r> {
    version: u32,
    files: Vec<OneFile<'r>>,
}

#[derive(Serialize)]
struct OneFile<'r> {
    path: &'r str,
    diagnostics: Vec<Found<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'r str>,
}

#[derive(Serialize)]
struct Found<'r> {
    rule: &'r str,
    aliases: &'r [&'static str],
    severity: &'static str,
    message: &'r str,
    range: Range,
    url: Option<String>,
    tags: Vec<&'static str>,
    related: Vec<Related<'r>>,
    fix: Option<Mending<'r>>,
}

#[derive(Serialize)]
struct Related<'r> {
    message: &'r str,
    range: Range,
}

#[derive(Serialize)]
struct Mending<'r> {
    title: &'r str,
    applicability: &'static str,
    edits: Vec<OneEdit<'r>>,
}

#[derive(Serialize)]
struct OneEdit<'r> {
    path: String,
    range: Range,
    text: &'r str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    create: bool,
}

pub fn render<'r>(report: &'r Report, here: &Here) -> Rendered<'r> {
    Rendered { files: report.files.iter().map(|one| file(one, here)).collect(), version: 1 }
}

fn file<'r>(file: &'r FileReport, here: &Here) -> OneFile<'r> {
    OneFile {
        diagnostics: file.diagnostics.iter().map(|found| diagnostic(file, found, here)).collect(),
        error: file.error.as_deref(),
        path: &file.path,
    }
}

fn diagnostic<'r>(file: &'r FileReport, found: &'r Diagnostic, here: &Here) -> Found<'r> {
    let tag = |tag: &Tag| match tag {
        Tag::Unnecessary => "unnecessary",
        Tag::Deprecated => "deprecated",
    };
    let related = found.related().iter();
    Found {
        aliases: found.aliases(),
        fix: found.fix().map(|one| fix(file, one, here)),
        message: found.message(),
        range: file.range(found.span),
        related: related.map(|(span, message)| Related { message, range: file.range(*span) }).collect(),
        rule: found.rule,
        severity: found.severity.as_str(),
        tags: found.tags().iter().map(tag).collect(),
        url: found.url(),
    }
}

fn fix<'r>(file: &'r FileReport, fix: &'r Fix, here: &Here) -> Mending<'r> {
    let mut edits = Vec::new();
    for changed in &fix.edit.files {
        let path = match &changed.file {
            FileId::Document => file.path.clone(),
            FileId::Path(path) => here.show(path),
        };
        match &changed.change {
            FileChange::Modify { base, edits: changes, .. } => {
                // The Dockerfile's own lines are known.
                let of_other = (changed.file != FileId::Document).then(|| LineTable::physical(base));
                edits.extend(changes.iter().map(|edit| {
                    let range = match &of_other {
                        Some(lines) => Range::of(edit.span, base, lines),
                        None => file.range(edit.span),
                    };
                    OneEdit { create: false, path: path.clone(), range, text: &edit.text }
                }));
            }
            FileChange::Create { text } => {
                let range = Range::of(Span::empty(0), "", &LineTable::physical(""));
                edits.push(OneEdit { create: true, path, range, text });
            }
        }
    }
    let applicability = match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    };
    Mending { applicability, edits, title: &fix.title }
}
