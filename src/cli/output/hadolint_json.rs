//! What `hadolint --format json` prints, for tools that read it.

use super::Report;
use crate::rules::Severity;
use serde_json::{Value, json};

pub fn render(report: &Report) -> Value {
    let mut findings = Vec::new();
    for file in &report.files {
        for found in &file.diagnostics {
            let code = found.aliases().iter().find_map(|alias| alias.strip_prefix("hadolint/"));
            let level = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
                Severity::Hint => "style",
            };
            let start = file.range(found.span).start;
            findings.push(json!({
                "code": code.unwrap_or(found.rule),
                "column": start.column,
                "file": file.path,
                "level": level,
                "line": start.line,
                "message": found.message(),
            }));
        }
    }
    Value::Array(findings)
}
