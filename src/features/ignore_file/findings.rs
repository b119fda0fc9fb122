//! What is wrong with the patterns of a `.dockerignore`.

use super::IgnoreFile;
use crate::context::Inventory;
use crate::context::dockerignore::{Pattern, Told};
use crate::features::hover::code;
use crate::rules::Severity;
use crate::text::Span;

/// Something wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreFinding {
    /// The pattern.
    pub span: Span,
    /// How grave it is.
    pub severity: Severity,
    /// What kind of thing it is: `refused-pattern`, `unmatched-pattern`, `undone-pattern` or `idle-exception`.
    pub code: &'static str,
    /// A sentence for the user.
    pub message: String,
    /// Whether the pattern changes nothing.
    pub unnecessary: bool,
    /// What may be done about it, the best first.
    pub(super) remedies: Vec<Remedy>,
}

/// Something that may be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The line is deleted.
    Delete,
    /// The pattern is made to match in every folder.
    MatchEverywhere,
    /// The line is moved below that of another pattern, which begins at this byte.
    MoveBelow(u32),
}

pub(super) fn find(file: &IgnoreFile) -> Vec<IgnoreFinding> {
    let refused = file.ignore.problems().iter().map(|problem| {
        let mut message = problem.message.clone();
        if message.starts_with("the ") {
            message.replace_range(..1, "T");
        }
        message.push('.');
        let span = problem.span;
        IgnoreFinding {
            span,
            severity: Severity::Error,
            code: "refused-pattern",
            message,
            unnecessary: false,
            remedies: vec![Remedy::Delete],
        }
    });
    let mut found: Vec<IgnoreFinding> = refused.collect();
    // Of a context that wasn't looked at to its end it can't be said what isn't there.
    if let Some((inventory, tally)) = file.known().filter(|(inventory, _)| !inventory.truncated) {
        let all = file.ignore.patterns().iter().zip(&tally.patterns);
        found.extend(all.filter_map(|(pattern, told)| judge(file, inventory, pattern, told)));
    }
    found.sort_by_key(|one| one.span.start);
    found
}

fn judge(file: &IgnoreFile, inventory: &Inventory, pattern: &Pattern, told: &Told) -> Option<IgnoreFinding> {
    let shown = code(&pattern.text);
    let (severity, code, message, remedies) = match (told.matches, pattern.exception) {
        (false, false) => match deeper(inventory, pattern) {
            Some((count, first)) => (
                Severity::Warning,
                "unmatched-pattern",
                format!(
                    "{shown} matches at the root of the build context only, where there is no such thing; {} deeper in \
                     it, such as {}, {} sent to the build. Write `**/{}` to match in every folder.",
                    if count == 1 { "one".to_owned() } else { format!("{count}") },
                    code(&first),
                    if count == 1 { "is" } else { "are" },
                    pattern.text
                ),
                vec![Remedy::MatchEverywhere, Remedy::Delete],
            ),
            None => (
                Severity::Hint,
                "unmatched-pattern",
                format!(
                    "Nothing in the build context matches {shown} now; if it is to keep out what may come, leave it."
                ),
                vec![Remedy::Delete],
            ),
        },
        (false, true) => (
            Severity::Hint,
            "unmatched-pattern",
            format!("Nothing in the build context matches {shown} now, so there is nothing to take back."),
            vec![Remedy::Delete],
        ),
        (true, true) if told.turned.files == 0 && !is_needed(inventory, pattern) => {
            let (message, remedies) = idle(file, inventory, pattern)?;
            (Severity::Warning, "idle-exception", message, remedies)
        }
        (true, _) if told.turned.files > 0 && told.decided.files == 0 => {
            let (by, _) = told.undone_by.iter().max_by_key(|(_, files)| **files)?;
            let by = file.ignore.patterns().get(*by)?;
            let files = match told.turned.files {
                1 => "The one file".to_owned(),
                files => format!("All {} files", super::thousands(files)),
            };
            let (does, undoes) = match pattern.exception {
                true => ("takes back", "kept out again"),
                false => ("keeps out", "taken back"),
            };
            let are = if told.turned.files == 1 { "is" } else { "are" };
            let mark = if by.exception { "!" } else { "" };
            let (line, remedies) =
                (file.line(by.span.start), vec![Remedy::Delete, Remedy::MoveBelow(by.span.start)]);
            let by = code(&format!("{mark}{}", by.text));
            (
                Severity::Warning,
                "undone-pattern",
                format!(
                    "{files} that {shown} {does} {are} {undoes} by {by} on line {line}: the last pattern that matches \
                     decides. Delete one of the two, or change their order."
                ),
                remedies,
            )
        }
        _ => return None,
    };
    let unnecessary = severity > Severity::Hint;
    Some(IgnoreFinding { span: pattern.span, severity, code, message, unnecessary, remedies })
}

/// An exception for a folder without files has nothing to do, and no fault.
fn is_needed(inventory: &Inventory, pattern: &Pattern) -> bool {
    let matched = inventory.entries().iter().enumerate().filter(|(_, entry)| pattern.matches(&entry.path));
    matched.into_iter().all(|(at, _)| inventory.totals(at).files == 0)
}

/// Why an exception takes nothing back, and what may be done about it.
fn idle(file: &IgnoreFile, inventory: &Inventory, pattern: &Pattern) -> Option<(String, Vec<Remedy>)> {
    let shown = code(&format!("!{}", pattern.text));
    let first = inventory.entries().iter().find(|entry| pattern.matches(&entry.path))?;
    let below = file.ignore.patterns().iter().find(|other| {
        !other.exception && other.span.start > pattern.span.start && other.matches_or_parent(&first.path)
    });
    Some(match below {
        Some(other) => {
            let message = format!(
                "{shown} takes nothing back: what would keep that out, {} on line {}, stands below it, and the last pattern \
                 that matches decides. Move this line below that one.",
                code(&other.text),
                file.line(other.span.start)
            );
            (message, vec![Remedy::MoveBelow(other.span.start), Remedy::Delete])
        }
        None => {
            let message = format!(
                "{shown} takes nothing back: no pattern above keeps out what it matches. Delete the line, or put the \
                 pattern above that it is the exception to."
            );
            (message, vec![Remedy::Delete])
        }
    })
}

/// How many things of this name lie deeper than the root, and one of them, where the pattern is a plain name.
fn deeper(inventory: &Inventory, pattern: &Pattern) -> Option<(usize, String)> {
    if pattern.text.contains('/') || pattern.text.starts_with("**") {
        return None;
    }
    let mut count = 0;
    let mut first = None;
    let mut at = 0;
    while let Some(entry) = inventory.entries().get(at) {
        if entry.path.contains('/') && pattern.matches(entry.name()) {
            count += 1;
            first.get_or_insert_with(|| entry.path.to_string());
            // What lies in it is kept out with it.
            at += inventory.below(at).len();
        } else {
            at += 1;
        }
    }
    Some((count, first?))
}
