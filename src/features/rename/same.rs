//! Whether two files mean the same but for names.

use crate::model::{Base, Model, Occurrence, Role, Stage};
use crate::syntax::Instruction;

/// Whether every name of `after` stands where one of `before` does and means the same thing there, one for one,
/// and the stages hang together alike.
pub(super) fn but_for_names(before: &Model, after: &Model) -> bool {
    instructions(before, after) && stages(before, after) && names(before, after)
}

/// Whether every instruction has its keyword and its lines, and its heredocs end alike.
fn instructions(before: &Model, after: &Model) -> bool {
    let told = |it: &Instruction| {
        let ends: Vec<_> =
            it.heredocs.iter().map(|heredoc| (heredoc.expand, heredoc.end.is_some())).collect();
        (it.keyword, it.last_line, ends)
    };
    before.tree().instructions().map(told).eq(after.tree().instructions().map(told))
}

/// Whether each stage is built on the same and takes from the same.
fn stages(before: &Model, after: &Model) -> bool {
    let told = |stage: &Stage| {
        let base = match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
        let uses: Vec<_> = stage.uses.iter().map(|usage| (usage.stage, usage.by)).collect();
        (base, stage.base == Base::Scratch, uses)
    };
    before.stages().iter().map(told).eq(after.stages().iter().map(told))
}

fn names(before: &Model, after: &Model) -> bool {
    let mut there = vec![None; before.names().list().len()];
    let mut back = vec![None; after.names().list().len()];
    let (before, after) = (before.names().occurrences(), after.names().occurrences());
    if before.len() != after.len() {
        return false;
    }
    let (declared_before, declared_after) = (declarations(before), declarations(after));
    before.iter().zip(after).all(|(a, b)| {
        let paired = match (a.name, b.name) {
            (Some(a), Some(b)) => {
                *there[a.index()].get_or_insert(b) == b && *back[b.index()].get_or_insert(a) == a
            }
            (None, None) => true,
            _ => false,
        };
        let same_target = target(a, &declared_before) == target(b, &declared_after);
        paired && a.role == b.role && a.by == b.by && same_target
    })
}

/// Where each declaration stands, and which of all places it is; in the order of the text.
fn declarations(places: &[Occurrence]) -> Vec<(u32, usize)> {
    let declared = places.iter().enumerate().filter(|(_, place)| place.role != Role::Use);
    declared.map(|(at, place)| (place.span.start, at)).collect()
}

/// Which of all places declares what stands at `place`. It is the same one in two files where it is the same place in
/// the order of all.
fn target(place: &Occurrence, declared: &[(u32, usize)]) -> Option<usize> {
    let start = place.target?.start;
    let last = declared.partition_point(|(at, _)| *at <= start).checked_sub(1)?;
    let (found, at) = declared[last];
    (found == start).then_some(at)
}
