//! Where the value of a variable goes: through the variables that take it over, into cache keys.

use super::Subject;
use super::key::Keys;
use super::rerun::state;
use crate::model::{Base, UseKind, Variable};
use crate::syntax::InstructionId;

/// The steps whose own part of the cache key has the value of one of the variables that `picked` is true
/// of, by its own or by another variable's name; a FROM among them where it is in the name of its image.
///
/// A RUN has every variable in its key, whether its command names it or not. COPY, ADD and WORKDIR have
/// those that their words and flags name, and WORKDIR also those of the USER in effect, to whom the folder
/// belongs.
pub fn keyed_by(subject: &Subject<'_>, picked: &dyn Fn(&Variable) -> bool) -> Vec<InstructionId> {
    let altered = subject.model.altered(picked);
    let after = Keys::of(&state(subject, &altered));
    let mut steps = after.own_changes(subject.keys());
    // What a COPY takes from a stage changes with that stage: the value is in the stage's keys, not in its own.
    steps.retain(|&id| !takes_only_from_a_stage(subject, id));
    let pairs = subject.model.stages().iter().zip(altered.stages());
    let from = pairs.filter(|(stage, altered)| {
        let is_image = matches!(stage.base, Base::Image { .. } | Base::Scratch);
        is_image && stage.base != altered.base
    });
    steps.extend(from.map(|(stage, _)| stage.from));
    steps.sort_unstable();
    steps
}

/// Whether a step is a COPY from another stage that names no variable itself.
fn takes_only_from_a_stage(subject: &Subject<'_>, id: InstructionId) -> bool {
    let uses = subject.model.stage_of(id).map_or(&[][..], |stage| &stage.uses[..]);
    let copies = uses.iter().any(|used| used.by == id && used.kind == UseKind::Copy);
    copies
        && subject.instruction(id).is_some_and(|instruction| {
            let values = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
            instruction.args.iter().chain(values).all(|word| !word.text.contains('$'))
        })
}
