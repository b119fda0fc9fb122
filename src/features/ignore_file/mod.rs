//! What an editor can ask for in a `.dockerignore`.
//!
//! Everything hangs on one matcher, that of the build context, and on a list of what lies there. Where that isn't
//! known nothing is said of it.

mod completion;
mod findings;
mod fixes;
mod hover;

use super::{Completions, Hover, InlayHint};
use crate::context::dockerignore::{Dockerignore, Pattern, Tally, Told};
use crate::context::{Inventory, Totals};
use crate::layers::bytes;
use crate::settings::Hints;
use crate::text::Span;
use std::sync::{Arc, OnceLock};

pub use findings::IgnoreFinding;
pub use fixes::IgnoreFix;

/// One text of one `.dockerignore` with what lies in its context. Immutable.
pub struct IgnoreFile {
    text: Arc<str>,
    ignore: Dockerignore,
    inventory: Option<Arc<Inventory>>,
    tally: OnceLock<Tally>,
}

/// The fewest bytes that a pattern must keep out to be marked for it, as for layers.
const NOTABLE: u64 = 1_000_000;

impl IgnoreFile {
    /// A text, and what lies in its context, where that is known.
    pub fn new(text: Arc<str>, inventory: Option<Arc<Inventory>>) -> Self {
        let ignore = Dockerignore::parse(&text);
        Self { text, ignore, inventory, tally: OnceLock::new() }
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether the context isn't known yet.
    pub fn is_blind(&self) -> bool {
        self.inventory.is_none()
    }

    /// What is wrong with the patterns, in the order of the text.
    pub fn findings(&self) -> Vec<IgnoreFinding> {
        findings::find(self)
    }

    /// What can be done about those of the `findings` that `span` touches.
    pub fn fixes(&self, findings: &[IgnoreFinding], span: Span) -> Vec<IgnoreFix> {
        fixes::fixes(self, findings, span)
    }

    /// What the pattern at `offset` keeps out, and how it is read.
    pub fn hover(&self, offset: u32) -> Option<Hover> {
        hover::hover(self, offset)
    }

    /// The paths that can be written at `offset`.
    pub fn completion(&self, offset: u32) -> Completions {
        completion::complete(self, offset)
    }

    /// What the patterns that `span` touches keep out, where it is much.
    pub fn inlay_hints(&self, span: Span, hints: Hints) -> Vec<InlayHint> {
        let known = if hints.ignored { self.known() } else { None };
        let Some((inventory, tally)) = known else { return Vec::new() };
        let all = self.ignore.patterns().iter().zip(&tally.patterns);
        let notable = all.filter(|(pattern, told)| {
            told.decided.bytes >= NOTABLE && pattern.span.start <= span.end && span.start <= pattern.span.end
        });
        notable
            .map(|(pattern, told)| InlayHint {
                offset: pattern.span.end,
                label: format!("{} {}", verb(pattern), counted(told.decided, inventory.truncated)),
                tooltip: largest(inventory, told)
                    .map_or_else(String::new, |largest| format!("Most of it: {largest}.")),
            })
            .collect()
    }

    /// What lies in the context, and what the patterns do to it.
    fn known(&self) -> Option<(&Inventory, &Tally)> {
        let inventory = self.inventory.as_deref()?;
        Some((inventory, self.tally.get_or_init(|| self.ignore.tally(inventory))))
    }

    /// The line, from 1, in which a byte stands.
    fn line(&self, offset: u32) -> usize {
        self.text.get(..offset as usize).unwrap_or(&self.text).matches('\n').count() + 1
    }
}

fn verb(pattern: &Pattern) -> &'static str {
    if pattern.exception { "takes back" } else { "keeps out" }
}

/// `1,234 files, 5.6 MB`
fn counted(totals: Totals, at_least: bool) -> String {
    let least = if at_least { "at least " } else { "" };
    let files =
        if totals.files == 1 { "1 file".to_owned() } else { format!("{} files", thousands(totals.files)) };
    format!("{least}{files}, {}", bytes(totals.bytes))
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The largest of what a pattern decides: of one folder what is in it.
fn largest(inventory: &Inventory, told: &Told) -> Option<String> {
    let named = |at: usize, size: u64| {
        let entry = inventory.entries().get(at)?;
        Some((size, format!("{}{}", entry.path, if entry.is_folder { "/" } else { "" })))
    };
    let mut parts: Vec<(u64, String)> = match told.heads.iter().next() {
        // All of one folder: what is directly in it.
        Some((&head, totals)) if told.heads.len() == 1 && inventory.totals(head) == *totals => {
            inventory.children(Some(head)).filter_map(|at| named(at, inventory.totals(at).bytes)).collect()
        }
        _ => told.heads.iter().filter_map(|(at, totals)| named(*at, totals.bytes)).collect(),
    };
    parts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let shown: Vec<String> = parts
        .iter()
        .take(3)
        .map(|(size, path)| format!("{} {}", super::hover::code(path), bytes(*size)))
        .collect();
    let more = parts.len().saturating_sub(shown.len());
    (!shown.is_empty()).then(|| {
        let more = if more > 0 { format!(" and {} more", thousands(more as u64)) } else { String::new() };
        format!("{}{more}", shown.join(", "))
    })
}

#[cfg(test)]
mod tests;
