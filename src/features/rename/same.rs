//! Whether two files mean the same but for names.

use crate::model::{Base, Model, NameId, Occurrence, Role, Stage};
use crate::syntax::Instruction;
use std::collections::HashMap;

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
    let (before, after) = (before.names().occurrences(), after.names().occurrences());
    if before.len() != after.len() {
        return false;
    }
    let mut there: HashMap<NameId, NameId> = HashMap::new();
    let mut back: HashMap<NameId, NameId> = HashMap::new();
    // A declaration is the same one where it is the same place in the order of all.
    let order = |places: &[Occurrence]| -> HashMap<u32, usize> {
        let declared = places.iter().enumerate().filter(|(_, place)| place.role != Role::Use);
        declared.map(|(at, place)| (place.span.start, at)).collect()
    };
    let (order_before, order_after) = (order(before), order(after));
    before.iter().zip(after).all(|(a, b)| {
        let paired = match (a.name, b.name) {
            (Some(a), Some(b)) => *there.entry(a).or_insert(b) == b && *back.entry(b).or_insert(a) == a,
            (None, None) => true,
            _ => false,
        };
        let target = |place: &Occurrence, order: &HashMap<u32, usize>| {
            place.target.and_then(|target| order.get(&target.start).copied())
        };
        paired && a.role == b.role && a.by == b.by && target(a, &order_before) == target(b, &order_after)
    })
}
