//! Variables: their values, and the steps that have them in their cache keys.

use super::words::{self, code};
use crate::features::{Snapshot, builds};
use crate::layers::{Layer, Subject, keyed_by};
use crate::model::{Origin, Variable};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// The values of the variables that an ARG or ENV declares; None where there are none.
pub(super) fn values(snapshot: &Snapshot, id: InstructionId) -> Option<String> {
    let subject = snapshot.subject();
    let stage = subject.model.stage_of(id);
    let known = stage.map_or(subject.model.globals(), |stage| subject.model.all_variables(stage));
    let told: Vec<String> = known
        .iter()
        .filter(|variable| variable.declared == Some(id))
        .take(4)
        .map(|variable| {
            let name = code(&variable.name);
            if let Some((build, given)) = builds::of_argument(snapshot, variable) {
                return match given {
                    Some(value) => format!("{name} is {}, from {}", code(value), build.title()),
                    None => format!("{name} is given by {}, but not known here", build.title()),
                };
            }
            match (&variable.value, variable.origin) {
                (Some(value), _) if value.is_empty() => format!("{name} is empty"),
                (Some(value), Origin::Arg) => {
                    format!("{name} is {} unless the build gives another", code(value))
                }
                (Some(value), Origin::Env) => format!("{name} is {}", code(value)),
                (None, Origin::Arg) => format!("{name} has no default"),
                (None, Origin::Env) => format!("{name} hangs on a value that only the build has"),
            }
        })
        .collect();
    (!told.is_empty()).then(|| format!("**Value:** {}.", told.join("; ")))
}

/// Which steps have the values in their key that an ARG or ENV declares, in this stage and in those built on
/// it.
pub(super) fn declared_by(subject: &Subject<'_>, id: InstructionId) -> String {
    keyed(subject, &|variable| variable.declared == Some(id))
}

/// Which steps have the value of a variable in their key.
pub(super) fn keyed(subject: &Subject<'_>, picked: &dyn Fn(&Variable) -> bool) -> String {
    let ids = keyed_by(subject, picked);
    told(&steps_where(subject, |id, _| ids.contains(&id)), "its value")
}

/// The steps with a layer of which `picked` is true: their keywords and lines, in the order of the file.
pub(super) fn steps_where(
    subject: &Subject<'_>,
    picked: impl Fn(InstructionId, &Instruction) -> bool,
) -> Vec<(Keyword, u32)> {
    let steps = subject.plan.steps().iter().filter(|step| step.layer == Layer::Filesystem);
    let with = steps.filter_map(|step| Some((step.id, subject.instruction(step.id)?)));
    with.filter(|&(id, instruction)| picked(id, instruction))
        .map(|(_, i)| (i.keyword, i.first_line))
        .collect()
}

/// The sentence on the steps that have `what` in their key, and on the FROMs that have it in their image's name.
pub(super) fn told(steps: &[(Keyword, u32)], what: &str) -> String {
    let lines = |from: bool| -> Vec<u32> {
        steps.iter().filter(|step| (step.0 == Keyword::From) == from).map(|step| step.1).collect()
    };
    let (from, others) = (lines(true), lines(false));
    let image = match &from[..] {
        [] => None,
        [line] => Some(format!("The FROM on line {line} has {what} in the name of its image.")),
        several => {
            Some(format!("The FROMs on {} have {what} in the names of their images.", words::lines(several)))
        }
    };
    let mut keywords = steps.iter().map(|step| step.0).filter(|keyword| *keyword != Keyword::From);
    let of_steps = match &others[..] {
        [] if image.is_some() => return image.unwrap_or_default(),
        [] => format!("No step has {what} in its cache key, so changing {what} runs nothing again."),
        [line] => {
            let keyword = keywords.next().unwrap_or(Keyword::Run);
            format!(
                "The {keyword} on line {line} has {what} in its cache key and runs again when it changes."
            )
        }
        lines if keywords.all(|keyword| keyword == Keyword::Run) => format!(
            "Each RUN below, on {}, has {what} in its cache key and runs again when it changes.",
            words::lines(lines)
        ),
        lines => format!(
            "The steps on {} have {what} in their cache key and run again when it changes.",
            words::lines(lines)
        ),
    };
    match image {
        Some(image) => format!("{image} {of_steps}"),
        None => of_steps,
    }
}
