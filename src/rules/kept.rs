use super::{Finding, Fix};
use crate::text::{Edit, FileChange, FileId, Span};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What rules that look at single stages found in an earlier version of a file. Stages that an edit leaves as they are
/// aren't asked about again. Good for one view of the build context and one list of rules.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<Key, Arc<[Held]>>>);

/// What a stage's findings hang on: [`Fingerprint::family`](crate::model::Fingerprint), and whether its layers are part of
/// the image.
pub(super) type Key = (u64, bool);

/// A finding of the rule that stands at `rule` among those that are asked.
#[derive(Debug)]
pub(super) struct Held {
    pub rule: usize,
    finding: Finding,
}

impl Held {
    /// `start` is where the stage begins.
    pub fn new(rule: usize, finding: &Finding, start: u32) -> Self {
        Self { rule, finding: moved(finding, &Arc::from(""), |offset| offset.wrapping_sub(start)) }
    }

    /// The finding in a text in which the stage begins at `start`.
    pub fn finding(&self, source: &Arc<str>, start: u32) -> Finding {
        moved(&self.finding, source, |offset| offset.wrapping_add(start))
    }
}

impl Kept {
    pub(super) fn get(&self, stage: Key) -> Option<Arc<[Held]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&stage).cloned()
    }

    /// Keeps these stages and no other.
    pub(super) fn keep(&self, stages: HashMap<Key, Arc<[Held]>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stages;
    }
}

/// The finding with all of its places in the Dockerfile moved, its fix an edit of `source`.
fn moved(finding: &Finding, source: &Arc<str>, place: impl Fn(u32) -> u32) -> Finding {
    let moved = |span: Span| Span { start: place(span.start), end: place(span.end) };
    let mut finding = finding.clone();
    finding.span = moved(finding.span);
    finding.related.iter_mut().for_each(|(span, _)| *span = moved(*span));
    finding.concealed = finding.concealed.map(moved);
    let files = finding.fix.iter_mut().flat_map(|fix: &mut Fix| &mut fix.edit.files);
    for file in files.filter(|file| file.file == FileId::Document) {
        if let FileChange::Modify { base, edits, .. } = &mut file.change {
            *base = Arc::clone(source);
            edits.iter_mut().for_each(|edit: &mut Edit| edit.span = moved(edit.span));
        }
    }
    finding
}
