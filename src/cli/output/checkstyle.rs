//! Checkstyle's XML, which many continuous integration servers read.

use super::{Report, one_line};
use crate::rules::Severity;
use crate::text::xml_escape as escape;
use std::fmt::Write;

pub fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<checkstyle version=\"4.3\">\n");
    for file in &report.files {
        let _ = writeln!(out, "  <file name=\"{}\">", escape(&file.path));
        for found in &file.diagnostics {
            let severity = match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info | Severity::Hint => "info",
            };
            let start = file.range(found.span).start;
            let _ = writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" \
                 source=\"plimsoll.{}\"/>",
                start.line,
                start.column,
                escape(&one_line(found.message())),
                escape(found.rule)
            );
        }
        if let Some(error) = &file.error {
            let _ = writeln!(
                out,
                "    <error line=\"1\" column=\"1\" severity=\"error\" message=\"{}\" source=\"plimsoll\"/>",
                escape(&one_line(error))
            );
        }
        out.push_str("  </file>\n");
    }
    out.push_str("</checkstyle>\n");
    out
}
