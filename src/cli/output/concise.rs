//! One line a finding: `path:line:column: severity[rule] message`.

use super::{Report, one_line};
use crate::cli::print::{BOLD, DIM, tame};
use std::fmt::Write;

pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        for found in &file.diagnostics {
            let start = file.range(found.span).start;
            let severity = super::full::style(found.severity);
            // Writing to a String doesn't fail.
            let _ = write!(
                out,
                "{BOLD}{}{BOLD:#}:{}:{}: {severity}{}[{}]{severity:#} {}",
                tame(&file.path),
                start.line,
                start.column,
                found.severity.as_str(),
                found.rule,
                tame(&one_line(found.message())),
            );
            let _ = match found.applicability() {
                Some(_) => writeln!(out, " {DIM}[fixable]{DIM:#}"),
                None => writeln!(out),
            };
        }
    }
    out
}
