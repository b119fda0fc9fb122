//! GitLab's code quality report.
//!
//! Source: docs.gitlab.com, "Code Quality", "Code Quality report format".

use super::{FileReport, Report, one_line};
use crate::rules::{Diagnostic, Severity};
use serde_json::{Value, json};
use std::collections::HashMap;

pub fn render(report: &Report) -> Value {
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let mut issues = Vec::new();
    for file in &report.files {
        for found in &file.diagnostics {
            let base = fingerprint(file, found);
            let number = seen.entry(base).or_default();
            let id = format!("{base:016x}{number:04x}");
            *number += 1;
            let range = file.range(found.span);
            issues.push(json!({
                "description": one_line(found.message()),
                "check_name": found.rule,
                "fingerprint": id,
                "severity": severity(found.severity),
                "location": {
                    "path": file.path,
                    "lines": {"begin": range.start.line, "end": range.end.line},
                },
            }));
        }
    }
    Value::Array(issues)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "minor",
        Severity::Hint => "info",
    }
}

/// The same for the same finding in the next run, wherever its line has moved: FNV-1a of the path, the
/// rule and the line's text.
fn fingerprint(file: &FileReport, found: &Diagnostic) -> u64 {
    let line = file.lines.span(file.lines.line(found.span.start), &file.source).of(&file.source);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in [file.path.as_str(), found.rule, line.trim()] {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}
