//! Whether two files mean the same but for names.

use crate::model::{Base, Model, NameId, Role};
use std::collections::HashMap;

/// Whether every name of `after` stands where one of `before` does and means the same thing there, one for one,
/// and the stages hang together alike.
pub(super) fn but_for_names(before: &Model, after: &Model) -> bool {
    instructions(before) == instructions(after) && stages(before) == stages(after) && names(before, after)
}

/// Keyword and last line of every instruction, and how its heredocs end.
fn instructions(model: &Model) -> Vec<(crate::syntax::Keyword, u32, Vec<(bool, bool)>)> {
    let all = model.tree().instructions().map(|it| {
        let heredocs = it.heredocs.iter().map(|heredoc| (heredoc.expand, heredoc.end.is_some()));
        (it.keyword, it.last_line, heredocs.collect())
    });
    all.collect()
}

/// What each stage is built on and takes from which.
fn stages(model: &Model) -> Vec<(Option<usize>, bool, Vec<(usize, usize)>)> {
    let all = model.stages().iter().map(|stage| {
        let base = match stage.base {
            Base::Stage(base) => Some(base),
            _ => None,
        };
        let uses = stage.uses.iter().map(|usage| (usage.stage, usage.by.index()));
        (base, stage.base == Base::Scratch, uses.collect())
    });
    all.collect()
}

fn names(before: &Model, after: &Model) -> bool {
    let (before, after) = (before.names().occurrences(), after.names().occurrences());
    if before.len() != after.len() {
        return false;
    }
    let mut there: HashMap<NameId, NameId> = HashMap::new();
    let mut back: HashMap<NameId, NameId> = HashMap::new();
    // A declaration is the same one where it is the same place in the order of all.
    let order = |places: &[crate::model::Occurrence]| -> HashMap<u32, usize> {
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
        let target = |place: &crate::model::Occurrence, order: &HashMap<u32, usize>| {
            place.target.and_then(|target| order.get(&target.start).copied())
        };
        paired && a.role == b.role && a.by == b.by && target(a, &order_before) == target(b, &order_after)
    })
}
