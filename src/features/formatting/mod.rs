//! `textDocument/formatting`, `textDocument/rangeFormatting` and `textDocument/onTypeFormatting`: the layout of a
//! file, never what it builds.
//!
//! Keywords get their case, words one blank between them, continued lines their indent. Shell text, heredocs,
//! directives, what ONBUILD hands on and what has a syntax error are left as they are; only where it is asked for
//! the lines of a RUN are indented too. What would be changed is read again before it is handed out: only edits
//! after which BuildKit reads the same are.

mod layout;
mod on_type;
mod same;
mod shell;
mod sound;
#[cfg(test)]
mod tests;

use super::Snapshot;
use crate::model::Model;
use crate::settings::{Format, Indent};
use crate::text::{Edit, Span};

use sound::sound;

pub use on_type::on_type_formatting;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// What is set.
    pub format: Format,
    /// The indent of continued lines where nothing is set and the file has none.
    pub fallback: Indent,
}

/// The edits that lay the whole file out, in the order of the text, each as small as it can be.
pub fn formatting(snapshot: &Snapshot, style: &Style) -> Vec<Edit> {
    sound(
        snapshot,
        layout::edits(snapshot.tree(), snapshot.syntax_errors(), style, model(snapshot, style)),
        style,
    )
}

/// As [`formatting`], but only the lines that `range` touches. A line that it touches with nothing but its end
/// isn't meant.
pub fn range_formatting(snapshot: &Snapshot, range: Span, style: &Style) -> Vec<Edit> {
    let (lines, source) = (snapshot.lines(), snapshot.source());
    let first = lines.line(range.start);
    let mut last = lines.line(range.end);
    if last > first && lines.start(last) == range.end {
        last -= 1;
    }
    let end = lines.full_span(last, source).map_or(source.len() as u32, |line| line.end);
    let within = Span::new(lines.start(first), end);
    let mut edits = layout::edits(snapshot.tree(), snapshot.syntax_errors(), style, model(snapshot, style));
    edits.retain(|edit| within.start <= edit.span.start && edit.span.end <= within.end);
    // What is put at the start of the next line is of that line.
    edits.retain(|edit| edit.span.start < within.end || within.end == source.len() as u32);
    sound(snapshot, edits, style)
}

/// What says how deep shell text stands, where that is asked for.
fn model<'s>(snapshot: &'s Snapshot, style: &Style) -> Option<&'s Model> {
    style.format.reindent_shell.then(|| snapshot.model())
}
