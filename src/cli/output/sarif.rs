//! SARIF 2.1.0 (OASIS), which code scanning services read.

use super::{FileReport, Range, Report};
use crate::cli::paths::Here;
use crate::rules::{Diagnostic, Fix, Severity};
use crate::text::{FileChange, FileId, LineTable};
use serde_json::{Map, Value, json};

pub fn render(report: &Report, here: &Here) -> Value {
    let mut rules: Vec<Value> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    for file in &report.files {
        for found in &file.diagnostics {
            let index = names.iter().position(|name| *name == found.rule).unwrap_or_else(|| {
                names.push(found.rule);
                rules.push(rule(found));
                names.len() - 1
            });
            results.push(result(file, found, index, here));
        }
        if let Some(error) = &file.error {
            notifications.push(json!({
                "level": "error",
                "message": {"text": error},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(&file.path)}}}],
            }));
        }
    }
    let driver = json!({
        "name": "plimsoll",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let invocation = json!({
        "executionSuccessful": notifications.is_empty(),
        "toolExecutionNotifications": notifications,
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results,
        }],
    })
}

fn rule(found: &Diagnostic) -> Value {
    let mut rule = Map::new();
    rule.insert("id".into(), json!(found.rule));
    rule.insert("name".into(), json!(found.rule));
    if let Some(url) = found.url() {
        rule.insert("helpUri".into(), json!(url));
    }
    if !found.aliases().is_empty() {
        rule.insert("properties".into(), json!({"tags": found.aliases()}));
    }
    Value::Object(rule)
}

fn result(file: &FileReport, found: &Diagnostic, index: usize, here: &Here) -> Value {
    let level = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    };
    let mut result = json!({
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": found.message()},
        "locations": [location(&file.path, file.range(found.span))],
    });
    if !found.related().is_empty() {
        let related = found.related().iter().map(|(span, message)| {
            let mut value = location(&file.path, file.range(*span));
            value["message"] = json!({"text": message});
            value
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = found.fix()
        && let Some(fix) = changes(file, fix, here)
    {
        result["fixes"] = json!([fix]);
    }
    result
}

fn location(path: &str, range: Range) -> Value {
    json!({"physicalLocation": {"artifactLocation": {"uri": uri(path)}, "region": region(range)}})
}

fn region(range: Range) -> Value {
    json!({
        "startLine": range.start.line,
        "startColumn": range.start.column,
        "endLine": range.end.line,
        "endColumn": range.end.column,
    })
}

/// The fix as replacements; None where it makes a file, which SARIF can't say.
fn changes(file: &FileReport, fix: &Fix, here: &Here) -> Option<Value> {
    let mut artifacts = Vec::new();
    for changed in &fix.edit.files {
        let FileChange::Modify { base, edits, .. } = &changed.change else { return None };
        let path = match &changed.file {
            FileId::Document => file.path.clone(),
            FileId::Path(path) => here.show(path),
        };
        let lines = LineTable::physical(base);
        let replacements: Vec<Value> = edits
            .iter()
            .map(|edit| {
                json!({
                    "deletedRegion": region(Range::of(edit.span, base, &lines)),
                    "insertedContent": {"text": edit.text},
                })
            })
            .collect();
        artifacts.push(json!({"artifactLocation": {"uri": uri(&path)}, "replacements": replacements}));
    }
    Some(json!({"description": {"text": fix.title}, "artifactChanges": artifacts}))
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
