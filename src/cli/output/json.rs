//! Everything, for programs: the command line's own JSON.

use super::{FileReport, Range, Report};
use crate::cli::paths::Here;
use crate::rules::{Applicability, Diagnostic, Fix, Tag};
use crate::text::{FileChange, FileId, LineTable, Span};
use serde_json::{Value, json};

pub fn render(report: &Report, here: &Here) -> Value {
    let files: Vec<Value> = report.files.iter().map(|one| file(one, here)).collect();
    json!({"version": 1, "files": files})
}

fn file(file: &FileReport, here: &Here) -> Value {
    let found: Vec<Value> = file.diagnostics.iter().map(|found| diagnostic(file, found, here)).collect();
    let mut value = json!({"path": file.path, "diagnostics": found});
    if let Some(error) = &file.error {
        value["error"] = json!(error);
    }
    value
}

fn diagnostic(file: &FileReport, found: &Diagnostic, here: &Here) -> Value {
    let tags: Vec<&str> = found
        .tags
        .iter()
        .map(|tag| match tag {
            Tag::Unnecessary => "unnecessary",
            Tag::Deprecated => "deprecated",
        })
        .collect();
    let related: Vec<Value> = found
        .related
        .iter()
        .map(|(span, message)| json!({"message": message, "range": file.range(*span).json()}))
        .collect();
    json!({
        "rule": found.rule,
        "aliases": found.aliases,
        "severity": found.severity.as_str(),
        "message": found.message,
        "range": file.range(found.span).json(),
        "url": found.url,
        "tags": tags,
        "related": related,
        "fix": found.fix.as_ref().map(|one| fix(file, one, here)),
    })
}

fn fix(file: &FileReport, fix: &Fix, here: &Here) -> Value {
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
                    json!({"path": path, "range": range.json(), "text": edit.text})
                }));
            }
            FileChange::Create { text } => {
                let start = Range::of(Span::empty(0), "", &LineTable::physical("")).json();
                edits.push(json!({"path": path, "range": start, "text": text, "create": true}));
            }
        }
    }
    let applicability = match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    };
    json!({"title": fix.title, "applicability": applicability, "edits": edits})
}
