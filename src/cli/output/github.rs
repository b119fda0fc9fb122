//! Workflow commands that GitHub Actions turns into annotations.
//!
//! Source: docs.github.com, "Workflow commands for GitHub Actions"; the escapes are those of
//! `@actions/core`.

use super::Report;
use crate::rules::Severity;
use std::fmt::Write;

pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        for found in &file.diagnostics {
            let command = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info | Severity::Hint => "notice",
            };
            let range = file.range(found.span);
            let _ = write!(
                out,
                "::{command} file={},line={},endLine={}",
                property(&file.path),
                range.start.line,
                range.end.line
            );
            // Columns count only where start and end are on one line.
            if range.start.line == range.end.line {
                let _ = write!(out, ",col={},endColumn={}", range.start.column, range.end.column);
            }
            let _ = writeln!(out, ",title={}::{}", property(found.rule), data(found.message()));
        }
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
        assert_eq!(data("a,b:c\r\n"), "a,b:c%0D%0A");
    }
}
