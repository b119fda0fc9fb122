//! Findings as text: one file a format.

mod checkstyle;
mod concise;
mod full;
mod github;
mod gitlab;
mod hadolint_json;
mod json;
mod junit;
mod sarif;

pub use full::{Excerpted, finding as excerpt, style as severity_style};

use super::failure::Failure;
use super::paths::Here;
use super::print;
use crate::features::Snapshot;
use crate::rules::Diagnostic;
use crate::settings::FailLevel;
use crate::text::{Encoding, LineTable, Span};
use clap::ValueEnum;
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With excerpts of the files, for people
    Full,
    /// One line a finding
    Concise,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Checkstyle's XML
    Checkstyle,
    /// JUnit's XML
    Junit,
    /// What `hadolint --format json` prints
    HadolintJson,
}

/// What was found in all files.
#[derive(Debug)]
pub struct Report {
    pub files: Vec<FileReport>,
}

/// What was found in one file.
#[derive(Debug)]
pub struct FileReport {
    /// The path as it is shown.
    pub path: String,
    pub source: Arc<str>,
    /// Lines as BuildKit counts them.
    pub lines: LineTable,
    pub diagnostics: Vec<Diagnostic>,
    /// The least grave finding of the file that fails the check.
    pub fail_level: FailLevel,
    /// Why the file, or what was to be done with it, is missing; a sentence with the path in it.
    pub error: Option<String>,
}

impl FileReport {
    pub fn new(path: String, snapshot: &Snapshot) -> Self {
        Self {
            path,
            source: Arc::clone(snapshot.source()),
            lines: LineTable::physical(snapshot.source()),
            diagnostics: snapshot.diagnostics().to_vec(),
            fail_level: snapshot.settings().fail_level,
            error: None,
        }
    }

    /// A file that could not be checked.
    pub fn failed(path: String, error: String) -> Self {
        Self {
            path,
            source: Arc::from(""),
            lines: LineTable::physical(""),
            diagnostics: Vec::new(),
            fail_level: FailLevel::default(),
            error: Some(error),
        }
    }

    /// Where a span of this file starts and ends.
    pub fn range(&self, span: Span) -> Range {
        Range::of(span, &self.source, &self.lines)
    }
}

/// A place for people: line and column count from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// Two places, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    pub start: Place,
    pub end: Place,
}

impl Range {
    /// The range of a span of `text`, whose lines end at `\n`.
    pub fn of(span: Span, text: &str, lines: &LineTable) -> Self {
        let range = lines.range(span, text, Encoding::Utf32);
        Self {
            start: Place { line: range.start.line + 1, column: range.start.character + 1 },
            end: Place { line: range.end.line + 1, column: range.end.character + 1 },
        }
    }
}

/// The findings in one of the formats. It may hold ANSI colours, in `Full` and `Concise` alone.
pub fn render(format: Format, report: &Report, here: &Here) -> String {
    match format {
        Format::Full => full::render(report),
        Format::Concise => concise::render(report),
        Format::Json => pretty(&json::render(report, here)),
        Format::Sarif => pretty(&sarif::render(report, here)),
        Format::Github => github::render(report),
        Format::Gitlab => pretty(&gitlab::render(report)),
        Format::Checkstyle => checkstyle::render(report),
        Format::Junit => junit::render(report),
        Format::HadolintJson => format!("{}\n", hadolint_json::render(report)),
    }
}

pub fn print(format: Format, report: &Report, here: &Here) -> Result<(), Failure> {
    let text = render(format, report, here);
    match format {
        Format::Full | Format::Concise => print::styled(&text),
        _ => print::plain(&text),
    }
}

/// Indented JSON and a last line break. By serde_json's own writer: through `Display` it takes three times as long.
fn pretty(value: &impl Serialize) -> String {
    // Texts and numbers under texts are always JSON.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// The message on one line.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
