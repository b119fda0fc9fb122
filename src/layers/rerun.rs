//! Which steps run again after a change.

use super::{Subject, excludes, has_in_key};
use crate::context::{copy_excludes, copy_takes};
use crate::model::{Base, Origin as VariableOrigin, UseKind};
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

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

/// The steps that run again when `changed` says which ones have a new key of their own. Only steps that
/// run at all are in the result, in the order of the file.
pub fn rerun(subject: &Subject<'_>, changed: &dyn Fn(InstructionId) -> Again) -> Vec<(InstructionId, Again)> {
    let stages = subject.model.stages();
    // A stage may copy from a later one, so the stages are gone through until nothing changes; in a file
    // without such a thing the second round finds nothing new.
    let mut ends = vec![Again::No; stages.len()];
    let mut steps: Vec<(InstructionId, Again)>;
    loop {
        let before = ends.clone();
        steps = Vec::new();
        for stage in stages {
            let own = changed(stage.from);
            let mut above = match stage.base {
                Base::Stage(base) => ends[base].max(own),
                _ => own,
            };
            for (id, instruction) in subject.model.steps(stage) {
                if !runs(subject, id) {
                    continue;
                }
                let mut again = changed(id);
                for usage in stage.uses.iter().filter(|usage| usage.by == id && usage.kind != UseKind::Base) {
                    again = again.max(ends[usage.stage].min(Again::Maybe));
                }
                if !is_linked(instruction) {
                    again = again.max(above);
                }
                above = above.max(again);
                if again != Again::No {
                    steps.push((id, again));
                }
            }
            ends[stage.index] = above;
        }
        if ends == before {
            return steps;
        }
    }
}

/// The steps that run again because `id` did, `id` itself left out.
pub fn rerun_after(subject: &Subject<'_>, id: InstructionId) -> Vec<(InstructionId, Again)> {
    let seed = |other| if other == id { Again::Yes } else { Again::No };
    let mut steps = rerun(subject, &seed);
    steps.retain(|&(other, _)| other != id);
    steps
}

/// The steps that run again after `change`.
pub fn changed_by(subject: &Subject<'_>, change: &Change) -> Vec<(InstructionId, Again)> {
    rerun(subject, &|id| {
        let Some(instruction) = subject.instruction(id) else { return Again::No };
        let hit = match change {
            Change::File(path) => reads_file(subject, instruction, path),
            Change::Arg(name) => has_in_key(subject, id, &|variable| {
                variable.origin == VariableOrigin::Arg && *variable.name == **name
            }),
            Change::Base => takes_image(subject, id, instruction),
        };
        if hit { Again::Yes } else { Again::No }
    })
}

/// Whether a COPY or ADD makes its layer apart from the steps above it: `--link`, or `--link=true`.
pub fn is_linked(instruction: &Instruction) -> bool {
    // BuildKit takes `true` and `false` only, in upper or lower case (`instructions/bflag.go`).
    instruction
        .flag("link")
        .is_some_and(|flag| flag.value.as_ref().is_none_or(|value| value.text.eq_ignore_ascii_case("true")))
}

/// Whether the build does something at this step that has a cache key.
fn runs(subject: &Subject<'_>, id: InstructionId) -> bool {
    subject.plan.step(id).is_some_and(|step| step.layer == super::Layer::Filesystem)
}

/// Whether something comes from an image here: it is what FROM names, or what `COPY --from` or a RUN's
/// mount names and no stage is called.
fn takes_image(subject: &Subject<'_>, id: InstructionId, instruction: &Instruction) -> bool {
    let Some(stage) = subject.model.stage_of(id) else { return false };
    let stages = |kind| stage.uses.iter().filter(|usage| usage.by == id && usage.kind == kind).count();
    match instruction.keyword {
        Keyword::From => matches!(stage.base, Base::Image { .. }),
        Keyword::Copy => instruction.flag("from").is_some() && stages(UseKind::Copy) == 0,
        Keyword::Run => {
            let mounts = instruction.flags.iter().filter(|flag| &*flag.name == "mount");
            let from = mounts.filter_map(|flag| flag.value.as_ref()).filter(|value| {
                let mount = flags::mount::parse(&value.text);
                // What a cache begins with counts like what a bind mount shows.
                mount.value("from").is_some_and(|from| from != "scratch")
            });
            from.count() > stages(UseKind::Mount)
        }
        _ => false,
    }
}

fn reads_file(subject: &Subject<'_>, instruction: &Instruction, path: &str) -> bool {
    if subject.context.is_some_and(|context| context.ignores(path)) {
        return false;
    }
    match instruction.keyword {
        Keyword::Copy | Keyword::Add => copy(instruction).is_some_and(|copy| {
            let excludes = excludes(instruction).unwrap_or_default();
            copy.origin == Origin::Context
                && copy.sources.iter().any(|source| {
                    copy_takes(&source.text, path) && !copy_excludes(&source.text, &excludes, path)
                })
        }),
        Keyword::Run => context_mounts(instruction).any(|source| copy_takes(&source, path)),
        _ => false,
    }
}

/// The paths of the build context that a RUN's bind mounts show it.
fn context_mounts(instruction: &Instruction) -> impl Iterator<Item = String> {
    instruction.flags.iter().filter(|flag| &*flag.name == "mount").filter_map(|flag| {
        let mount = flags::mount::parse(&flag.value.as_ref()?.text);
        let bind = mount.kind() == Some(crate::catalog::flags::MountType::Bind);
        (bind && mount.value("from").is_none()).then(|| mount.value("source").unwrap_or(".").to_owned())
    })
}
