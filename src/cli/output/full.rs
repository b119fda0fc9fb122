//! For people: each finding with an excerpt of its file, and a last line that sums up.

use super::{FileReport, Report};
use crate::cli::print::{BOLD, GREEN, tame, width, wrap};
use crate::rules::{Applicability, Diagnostic, Severity};
use crate::text::{LineTable, Span, count};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use std::io::IsTerminal;
use std::ops::Range;

pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        for found in &file.diagnostics {
            out.push_str(&finding(file, &excerpted(found)));
            out.push('\n');
        }
    }
    out.push_str(&summary(report));
    out
}

/// The colour of a severity.
pub fn style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::BrightBlue,
        Severity::Hint => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

/// What is shown of a finding, wherever it comes from.
pub struct Excerpted<'a> {
    pub rule: &'a str,
    pub severity: Severity,
    pub message: &'a str,
    pub url: Option<String>,
    pub span: Span,
    pub related: &'a [(Span, String)],
    /// How it can be mended.
    pub help: Vec<String>,
    /// Its names in other tools.
    pub also: Option<String>,
}

fn excerpted(found: &Diagnostic) -> Excerpted<'_> {
    let help = found.fix().into_iter().map(|fix| {
        let how = match fix.applicability {
            Applicability::Safe => "--fix",
            Applicability::Unsafe => "--fix --unsafe-fixes",
        };
        format!("{} ({how})", fix.title)
    });
    // The tools whose rules people know by their names; the JSON has all.
    let known = |alias: &&str| alias.starts_with("hadolint/") || alias.starts_with("buildkit/");
    let also: Vec<&str> = found.aliases().iter().copied().filter(known).collect();
    Excerpted {
        rule: found.rule,
        severity: found.severity,
        message: found.message(),
        url: found.url(),
        span: found.span,
        related: found.related(),
        help: help.collect(),
        also: (!also.is_empty()).then(|| also.join(", ")),
    }
}

/// One finding, in colour.
pub fn finding(file: &FileReport, found: &Excerpted<'_>) -> String {
    let width = width();
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::HELP.with_name("hint"),
    };
    let (title, rest) = split(found.message);
    // Behind `warning[rule-name]: `.
    let indent = found.severity.as_str().len() + found.rule.len() + 4;
    let title = wrap(&tame(title), width.saturating_sub(indent).max(30), "");
    let mut title = level.primary_title(title).id(found.rule);
    if let Some(url) = &found.url {
        title = title.id_url(url);
    }
    let excerpt = Excerpt::new(file, found);
    let mut snippet = Snippet::source(excerpt.text.as_str())
        .line_start(excerpt.first_line)
        .path(tame(&file.path))
        .annotation(AnnotationKind::Primary.span(excerpt.range(found.span)));
    for (span, message) in found.related {
        if excerpt.holds(*span) {
            let label = tame(message.trim_end_matches('.'));
            snippet = snippet.annotation(AnnotationKind::Context.span(excerpt.range(*span)).label(label));
        }
    }
    let mut group: Group<'_> = title.element(snippet);
    if !rest.is_empty() {
        group = group.element(Level::NOTE.message(wrap(&tame(rest), width.saturating_sub(14), "")));
    }
    for help in &found.help {
        group = group.element(Level::HELP.message(tame(help)));
    }
    if let Some(also) = &found.also {
        group = group.element(Level::NOTE.with_name("also").message(also.as_str()));
    }
    // Where colours are asked for in a pipe, links would only litter it.
    let links = std::io::stdout().is_terminal();
    let renderer = Renderer::styled().decor_style(DecorStyle::Unicode).term_width(width).hyperlink(links);
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// The lines of a file around a finding.
struct Excerpt {
    text: String,
    /// The 1-based number of the first line.
    first_line: usize,
    span: Span,
}

/// A finding of a long instruction shows no more lines than this.
const LINES: u32 = 12;

impl Excerpt {
    fn new(file: &FileReport, found: &Excerpted<'_>) -> Self {
        let lines = &file.lines;
        let first = lines.line(found.span.start);
        let last = lines.line(found.span.end.max(found.span.start)).min(first + LINES);
        let reach = |line: u32| line + LINES >= first && line <= first + LINES;
        let (mut first, mut last) = (first, last);
        for (span, _) in found.related {
            let line = lines.line(span.start);
            if reach(line) {
                first = first.min(line);
                last = last.max(lines.line(span.end).min(line + LINES));
            }
        }
        let span = whole_lines(lines, first, last, &file.source);
        let concealed: Vec<Span> = file.diagnostics.iter().filter_map(|found| found.concealed()).collect();
        // What could do something to a terminal, or must not be read there, is replaced, byte for byte in
        // number.
        let mut text = String::with_capacity(span.len() as usize);
        for (at, c) in span.of(&file.source).char_indices() {
            let at = span.start + at as u32;
            match concealed.iter().any(|secret| secret.start <= at && at < secret.end) && !c.is_whitespace() {
                true => text.extend(std::iter::repeat_n('*', c.len_utf8())),
                false => text.push(harmless(c)),
            }
        }
        Self { text, first_line: first as usize + 1, span }
    }

    fn holds(&self, span: Span) -> bool {
        self.span.start <= span.start && span.start <= self.span.end
    }

    /// A span of the file as a range of the excerpt, without line breaks at its end.
    fn range(&self, span: Span) -> Range<usize> {
        let start = span.start.clamp(self.span.start, self.span.end) - self.span.start;
        let end = span.end.clamp(self.span.start, self.span.end) - self.span.start;
        let (start, mut end) = (start as usize, end as usize);
        while end > start && matches!(self.text.as_bytes().get(end - 1), Some(b'\n' | b'\r')) {
            end -= 1;
        }
        start..end.max(start)
    }
}

fn whole_lines(lines: &LineTable, first: u32, last: u32, text: &str) -> Span {
    Span::new(lines.start(first), lines.span(last, text).end)
}

/// A control character becomes a blank of the same length in bytes, so that places stay where they are.
fn harmless(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\x1f' | '\x7f' => ' ',
        '\u{80}'..='\u{9f}' => '\u{a0}',
        _ => c,
    }
}

/// The first sentence, and what follows it.
fn split(message: &str) -> (&str, &str) {
    let message = message.trim();
    let line_end = message.find('\n').unwrap_or(message.len());
    // A sentence ends where a capital or a quotation follows, which "e.g." and "v1.2" don't have.
    let sentence_end = message.match_indices(". ").map(|(at, _)| at + 1).find(|at| {
        let next = message[*at..].trim_start().chars().next();
        next.is_some_and(|c| c.is_uppercase() || c == '`')
    });
    let end = sentence_end.unwrap_or(message.len()).min(line_end);
    let (first, rest) = message.split_at(end);
    (first.strip_suffix('.').unwrap_or(first), rest.trim())
}

fn summary(report: &Report) -> String {
    let checked = report.files.iter().filter(|file| file.error.is_none()).count();
    let all: Vec<&Diagnostic> = report.files.iter().flat_map(|file| &file.diagnostics).collect();
    if all.is_empty() {
        return match checked {
            0 => String::new(),
            _ => format!("{GREEN}Nothing found{GREEN:#} in {}.\n", count(checked, "file")),
        };
    }
    let mut kinds = Vec::new();
    for (severity, name) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "info"),
        (Severity::Hint, "hint"),
    ] {
        let number = all.iter().filter(|found| found.severity == severity).count();
        let style = style(severity);
        match (number, name) {
            (0, _) => {}
            // "infos" is no word.
            (_, "info") => kinds.push(format!("{style}{number} info{style:#}")),
            _ => kinds.push(format!("{style}{}{style:#}", count(number, name))),
        }
    }
    let with = report.files.iter().filter(|file| !file.diagnostics.is_empty()).count();
    let mut out = format!(
        "{BOLD}Found {}{BOLD:#} ({}) in {}",
        count(all.len(), "finding"),
        kinds.join(", "),
        count(with, "file")
    );
    if checked > with {
        let _ = write!(out, " of {checked}");
    }
    let fixable =
        |applicability| all.iter().filter(|found| found.applicability() == Some(applicability)).count();
    let _ = match (fixable(Applicability::Safe), fixable(Applicability::Unsafe)) {
        (0, 0) => writeln!(out, "."),
        (safe, 0) => writeln!(out, "; --fix mends {safe}."),
        (0, risky) => writeln!(out, "; --fix --unsafe-fixes mends {risky}."),
        (safe, risky) => writeln!(out, "; --fix mends {safe}, with --unsafe-fixes {risky} more."),
    };
    out
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_message_is_split_after_its_first_sentence() {
        assert_eq!(split("It is so. Do that."), ("It is so", "Do that."));
        assert_eq!(split("Use v1.2 e.g. here"), ("Use v1.2 e.g. here", ""));
        assert_eq!(split("One.\nTwo."), ("One", "Two."));
    }
}
