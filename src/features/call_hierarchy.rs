//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls` and `outgoingCalls`: the stages, and what
//! each takes from which.

use super::{Snapshot, names};
use crate::model::{Base, NameKind, Stage};
use crate::syntax::Keyword;
use crate::text::Span;

/// A stage as an item of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageItem {
    /// Its number, from 0.
    pub index: usize,
    /// Its name as it is written; `stage 1` where it has none.
    pub name: String,
    /// What it is built on.
    pub detail: String,
    /// The whole stage.
    pub span: Span,
    /// Its name; its FROM where it has none.
    pub selection: Span,
}

/// One stage that takes something from another, or gives to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageCall {
    /// The stage at the other end.
    pub stage: StageItem,
    /// Where the stage that takes names the one that gives.
    pub places: Vec<Span>,
}

/// The stage that is named at `offset`, or whose FROM stands there.
pub fn stage_at(snapshot: &Snapshot, offset: u32) -> Option<StageItem> {
    let model = snapshot.model();
    let named = names::at(snapshot, offset).and_then(|found| model.names().get(found.name?));
    if let Some(NameKind::Stage(index)) = named.map(|name| name.kind) {
        return model.stages().get(index).map(|stage| item(snapshot, stage));
    }
    let id = snapshot.tree().id_at(offset)?;
    let instruction = snapshot.tree().instruction(id)?;
    (instruction.keyword == Keyword::From).then(|| model.stage_of(id).map(|stage| item(snapshot, stage)))?
}

/// The stage that an item of an earlier version means: by its name, else by its number.
pub fn stage_again(snapshot: &Snapshot, index: usize, name: &str) -> Option<StageItem> {
    let stages = snapshot.model().stages();
    let item = |stage| item(snapshot, stage);
    let there = stages.get(index).map(item).filter(|item| item.name == name);
    there.or_else(|| stages.iter().map(item).find(|item| item.name == name))
}

/// The stages that are built on, copy from or mount the stage `index`.
pub fn incoming_calls(snapshot: &Snapshot, index: usize) -> Vec<StageCall> {
    let stages = snapshot.model().stages();
    let calls = stages.iter().filter_map(|stage| {
        let uses = stage.uses.iter().filter(|usage| usage.stage == index);
        let places: Vec<Span> = uses.map(|usage| usage.span).collect();
        (!places.is_empty()).then(|| StageCall { stage: item(snapshot, stage), places })
    });
    calls.collect()
}

/// The stages that the stage `index` is built on, copies from or mounts.
pub fn outgoing_calls(snapshot: &Snapshot, index: usize) -> Vec<StageCall> {
    let stages = snapshot.model().stages();
    let Some(stage) = stages.get(index) else { return Vec::new() };
    let mut uses: Vec<(usize, Span)> = stage.uses.iter().map(|usage| (usage.stage, usage.span)).collect();
    uses.sort_unstable();
    let calls = uses.chunk_by(|a, b| a.0 == b.0).filter_map(|uses| {
        let stage = item(snapshot, stages.get(uses[0].0)?);
        Some(StageCall { stage, places: uses.iter().map(|usage| usage.1).collect() })
    });
    calls.collect()
}

/// Every stage of the file.
pub fn stages(snapshot: &Snapshot) -> Vec<StageItem> {
    snapshot.model().stages().iter().map(|stage| item(snapshot, stage)).collect()
}

fn item(snapshot: &Snapshot, stage: &Stage) -> StageItem {
    let (tree, source) = (snapshot.tree(), snapshot.source());
    let from = tree.instruction(stage.from);
    let selection = stage.name_span.or(from.map(|from| from.span)).unwrap_or_default();
    StageItem {
        index: stage.index,
        name: stage.name_span.map_or_else(|| stage.title(), |span| span.of(source).to_owned()),
        detail: built_on(snapshot, stage),
        span: span_of(snapshot, stage).to(selection),
        selection,
    }
}

/// From a stage's FROM to the end of its last instruction.
pub(super) fn span_of(snapshot: &Snapshot, stage: &Stage) -> Span {
    let span = |id| snapshot.tree().instruction(id).map(|instruction| instruction.span);
    let last = stage.instructions.last().copied().unwrap_or(stage.from);
    match (span(stage.from), span(last)) {
        (Some(first), Some(last)) => first.to(last),
        _ => Span::default(),
    }
}

/// `on node:22-alpine`, `on stage deps`, `on nothing`.
pub(super) fn built_on(snapshot: &Snapshot, stage: &Stage) -> String {
    match &stage.base {
        Base::Scratch => "on nothing".to_owned(),
        Base::Stage(base) => snapshot
            .model()
            .stages()
            .get(*base)
            .map_or_else(String::new, |base| format!("on {}", base.title())),
        Base::Image { written, reference } => match reference.as_deref().unwrap_or(written) {
            "" => String::new(),
            image => format!("on {image}"),
        },
    }
}
