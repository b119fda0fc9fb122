//! What may be done about what is wrong with patterns.

use super::findings::Remedy;
use super::{IgnoreFile, IgnoreFinding, thousands};
use crate::context::Inventory;
use crate::context::dockerignore::Dockerignore;
use crate::features::hover::code;
use crate::rules::Severity;
use crate::text::{Edit, Span, apply, newline};

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreFix {
    /// What it does, as the editor's menu shows it; no two of a list are alike.
    pub title: String,
    /// The place of what it mends among [`IgnoreFile::findings`].
    pub finding: usize,
    /// The edits of the file.
    pub edits: Vec<Edit>,
    /// Whether it is the one to take without asking: the build gets the same files with it.
    pub preferred: bool,
}

/// How often the context is gone through for one list: each fix is tried out on it.
const MOST: usize = 24;

/// The fixes of what is wrong where `span` is. A pattern is deleted only where the same files are sent without it.
pub(super) fn fixes(file: &IgnoreFile, findings: &[IgnoreFinding], span: Span) -> Vec<IgnoreFix> {
    let mut fixes: Vec<IgnoreFix> = Vec::new();
    let known = file.inventory.as_deref().filter(|inventory| !inventory.truncated);
    let (mut before, mut walks) = (None, 0);
    for (finding, found) in findings.iter().enumerate().filter(|(_, found)| found.span.meets(span)) {
        for (nth, remedy) in found.remedies.iter().enumerate() {
            let Some(edits) = edits(file, found, remedy) else { continue };
            let refused = found.severity == Severity::Error;
            let idle = *remedy == Remedy::Delete && found.code == "unmatched-pattern";
            let changes = match known {
                // With it nothing is built at all; and what matches nothing changes nothing.
                _ if refused || idle => Some((0, 0)),
                Some(inventory) if walks < MOST => {
                    walks += 1;
                    let before = before.get_or_insert_with(|| file.ignore.kept_out(inventory));
                    changes(file, inventory, before, &edits)
                }
                _ => None,
            };
            let Some((out, back)) = changes else { continue };
            let Some(title) = title(file, found, remedy, out, back) else { continue };
            let preferred = nth == 0 && *remedy == Remedy::Delete && found.severity == Severity::Warning;
            fixes.push(IgnoreFix { title, finding, edits, preferred });
        }
    }
    // Patterns may be alike.
    let titles: Vec<String> = fixes.iter().map(|fix| fix.title.clone()).collect();
    for fix in &mut fixes {
        if titles.iter().filter(|title| **title == fix.title).count() > 1 {
            let line = findings.get(fix.finding).map_or(0, |found| file.line(found.span.start));
            fix.title.push_str(&format!(" (line {line})"));
        }
    }
    fixes
}

/// The files that are kept out with the edits and weren't before, and those that are no longer.
fn changes(file: &IgnoreFile, inventory: &Inventory, before: &[bool], edits: &[Edit]) -> Option<(u64, u64)> {
    let text = apply(&file.text, edits).ok()?;
    let after = Dockerignore::parse(&text).kept_out(inventory);
    let count = |from: &[bool], to: &[bool]| from.iter().zip(to).filter(|(from, to)| !**from && **to).count();
    Some((count(before, &after) as u64, count(&after, before) as u64))
}

fn title(file: &IgnoreFile, found: &IgnoreFinding, remedy: &Remedy, out: u64, back: u64) -> Option<String> {
    let shown = code(found.span.of(&file.text));
    let files =
        |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{} files", thousands(count)) };
    let does = match (out, back) {
        (0, 0) => None,
        (out, 0) => Some(format!("which keeps {} out", files(out))),
        (0, back) => Some(format!("which takes {} back", files(back))),
        (out, back) => Some(format!("which keeps {} out and takes {} back", files(out), files(back))),
    };
    match remedy {
        Remedy::Delete if does.is_some() => None,
        Remedy::Delete if found.severity == Severity::Error => Some(format!("Delete {shown}")),
        Remedy::Delete if found.code == "unmatched-pattern" => {
            Some(format!("Delete {shown}, which matches nothing now"))
        }
        Remedy::Delete => Some(format!("Delete {shown}, which changes nothing")),
        Remedy::MatchEverywhere => {
            Some(format!("Write {}, {}", code(&everywhere(found.span.of(&file.text))), does?))
        }
        Remedy::MoveBelow(other) => {
            let other = file.ignore.patterns().iter().find(|pattern| pattern.span.start == *other)?;
            let line = file.line(other.span.start);
            Some(format!("Move {shown} below {} on line {line}, {}", code(other.span.of(&file.text)), does?))
        }
    }
}

fn everywhere(pattern: &str) -> String {
    format!("**/{}", pattern.trim_start_matches('/'))
}

fn edits(file: &IgnoreFile, found: &IgnoreFinding, remedy: &Remedy) -> Option<Vec<Edit>> {
    let text = &*file.text;
    let line = line_of(text, found.span)?;
    match remedy {
        Remedy::Delete => Some(vec![Edit::delete(line)]),
        Remedy::MatchEverywhere => Some(vec![Edit::replace(found.span, everywhere(found.span.of(text)))]),
        Remedy::MoveBelow(other) => {
            let other = line_of(text, Span::empty(*other))?;
            let moved = line.of(text).trim_end_matches(['\n', '\r']);
            let end = newline(text);
            let put = match other.of(text).ends_with('\n') {
                true => format!("{moved}{end}"),
                false => format!("{end}{moved}"),
            };
            Some(vec![Edit::delete(line), Edit::insert(other.end, put)])
        }
    }
}

/// The line that holds a span, with its line break; without a byte order mark.
fn line_of(text: &str, span: Span) -> Option<Span> {
    let start = text.get(..span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let mark = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let end = text.get(span.end as usize..)?.find('\n').map_or(text.len(), |at| span.end as usize + at + 1);
    Some(Span::new((start + mark) as u32, end as u32))
}
