use super::{Finding, Fix};
use crate::text::{Edit, FileChange, FileId, Span};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What rules that look at single stages found in an earlier version of a file. Stages that an edit leaves as they are
/// aren't asked about again. Good for one view of the build context and one list of rules.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<Key, Arc<[Held]>>>);

/// What a stage's findings hang on: [`Fingerprint::family`](crate::model::Fingerprint), and whether its layers are part of
/// the image.
pub(super) type Key = (u64, bool);

/// A finding of the rule that stands at `rule` among those that are asked, its places counted from the start of its
/// stage.
#[derive(Debug)]
pub(super) struct Held {
    pub rule: usize,
    finding: Arc<Finding>,
}

impl Held {
    /// `start` is where the stage begins.
    pub fn new(rule: usize, finding: Finding, start: u32) -> Self {
        Self { rule, finding: Arc::new(moved(finding, &Arc::from(""), |at| at.wrapping_sub(start))) }
    }

    /// The finding in a text in which the stage begins at `start`.
    pub fn told(&self, source: &Arc<str>, start: u32) -> Told {
        let moved = Some((start, Arc::clone(source)));
        Told { shared: Arc::clone(&self.finding), moved, placed: OnceLock::new() }
    }
}

/// A finding, perhaps of an earlier version of the file: few of them are looked at more closely than by their message.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub shared: Arc<Finding>,
    /// Where the stage begins that the places are counted from, and in which text.
    moved: Option<(u32, Arc<str>)>,
    /// The same with its places in that text, once it has been asked for.
    placed: OnceLock<Box<Finding>>,
}

impl Told {
    pub fn span(&self) -> Span {
        let start = self.moved.as_ref().map_or(0, |(start, _)| *start);
        let Span { start: from, end } = self.shared.span;
        Span { start: from.wrapping_add(start), end: end.wrapping_add(start) }
    }

    /// The finding with its places in the text.
    pub fn placed(&self) -> &Finding {
        match &self.moved {
            None => &self.shared,
            Some((start, source)) => self.placed.get_or_init(|| {
                Box::new(moved(Finding::clone(&self.shared), source, |at| at.wrapping_add(*start)))
            }),
        }
    }
}

impl From<Finding> for Told {
    fn from(finding: Finding) -> Self {
        Self { shared: Arc::new(finding), moved: None, placed: OnceLock::new() }
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
fn moved(mut finding: Finding, source: &Arc<str>, place: impl Fn(u32) -> u32) -> Finding {
    let moved = |span: Span| Span { start: place(span.start), end: place(span.end) };
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
