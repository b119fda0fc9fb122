//! Which steps run again after a change: the build is compared with the same one after it, key by key.

use super::Subject;
use super::key::{Files, Keys, State};
use crate::model::{Model, Origin, Variable};
use crate::syntax::InstructionId;

/// Whether a step runs again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Again {
    #[default]
    No,
    /// It hangs on what a command writes: a stage that it copies from runs again, and its result may be
    /// the same.
    Maybe,
    Yes,
}

/// Something that changes between two builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The content of a file of the build context, by its path there.
    File(String),
    /// The value of a build argument.
    Arg(String),
    /// The images that the build begins with or copies from.
    Base,
}

/// The steps that run again after all of `changes` together, in the order of the file.
pub fn changed_by(subject: &Subject<'_>, changes: &[Change]) -> Vec<(InstructionId, Again)> {
    changed_since(subject, subject.keys(), changes)
}

/// As [`changed_by`], where the keys from before the changes are known.
pub(super) fn changed_since(
    subject: &Subject<'_>,
    before: &Keys,
    changes: &[Change],
) -> Vec<(InstructionId, Again)> {
    let mut files: Vec<&str> = Vec::new();
    let mut arguments: Vec<&str> = Vec::new();
    let mut images_changed = false;
    for change in changes {
        match change {
            Change::File(path) => files.push(path),
            Change::Arg(name) => arguments.push(name),
            Change::Base => images_changed = true,
        }
    }
    let given = |variable: &Variable| variable.origin == Origin::Arg && arguments.contains(&&*variable.name);
    let altered = (!arguments.is_empty()).then(|| subject.model.altered(&given));
    let after = State {
        files: Files::Named { view: subject.context, changed: &files },
        images_changed,
        ..state(subject, altered.as_ref().unwrap_or(subject.model))
    };
    compare(before, &after)
}

/// The steps that run again because the step `id` was changed, `id` itself left out. Computed when they are first asked
/// for.
pub fn rerun_after<'a>(subject: &Subject<'a>, id: InstructionId) -> &'a [(InstructionId, Again)] {
    subject.plan.step(id).map_or(&[], |step| step.after.get_or_init(|| touching(subject, id)))
}

fn touching(subject: &Subject<'_>, id: InstructionId) -> Vec<(InstructionId, Again)> {
    let after = State { touched: Some(id), ..state(subject, subject.model) };
    let mut steps = compare(subject.keys(), &after);
    steps.retain(|&(other, _)| other != id);
    steps
}

fn compare(before: &Keys, after: &State<'_>) -> Vec<(InstructionId, Again)> {
    let mut steps = Keys::of(after).again(before);
    steps.retain(|&(_, again)| again != Again::No);
    steps
}

/// The build as it stands.
pub(super) fn state<'a>(subject: &Subject<'a>, model: &'a Model) -> State<'a> {
    let files = Files::Named { view: subject.context, changed: &[] };
    State::new(model, subject.plan.target(), files)
}
