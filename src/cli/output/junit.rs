//! JUnit's XML: a suite a file, a failed test a finding; a file without findings is a test that passes.

use super::{Report, one_line};
use crate::text::xml_escape as escape;
use std::fmt::Write;

pub fn render(report: &Report) -> String {
    let tests = |found: usize| found.max(1);
    let total: usize = report.files.iter().map(|file| tests(file.diagnostics.len())).sum();
    let failures: usize = report.files.iter().map(|file| file.diagnostics.len()).sum();
    let errors = report.files.iter().filter(|file| file.error.is_some()).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"plimsoll\" tests=\"{total}\" \
         failures=\"{failures}\" errors=\"{errors}\">\n"
    );
    for file in &report.files {
        let path = escape(&file.path);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            tests(file.diagnostics.len()),
            file.diagnostics.len(),
            usize::from(file.error.is_some())
        );
        for found in &file.diagnostics {
            let start = file.range(found.span).start;
            let message = escape(&one_line(found.message()));
            let _ = writeln!(
                out,
                "    <testcase name=\"{} {}:{}\" classname=\"{path}\">\n      \
                 <failure type=\"{}\" message=\"{message}\">{path}:{}:{}: {message}</failure>\n    </testcase>",
                escape(found.rule),
                start.line,
                start.column,
                found.severity.as_str(),
                start.line,
                start.column,
            );
        }
        match &file.error {
            Some(error) => {
                let error = escape(&one_line(error));
                let _ = writeln!(
                    out,
                    "    <testcase name=\"read\" classname=\"{path}\">\n      \
                     <error message=\"{error}\"/>\n    </testcase>"
                );
            }
            None if file.diagnostics.is_empty() => {
                let _ = writeln!(out, "    <testcase name=\"check\" classname=\"{path}\"/>");
            }
            None => {}
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}
