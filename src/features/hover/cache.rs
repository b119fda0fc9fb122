//! What makes a step run again, what it survives, and what runs again after it.

use super::keyed;
use super::words::{self, code};
use crate::context::View;
use crate::features::Snapshot;
use crate::layers::{
    Again, DependencyKind, Inputs, Layer, Step, Subject, dependencies, inputs, is_linked, rerun_after,
    takes_everything,
};
use crate::model::{Base, Origin as VariableOrigin, Stage};
use crate::syntax::instruction::SourceKind;
use crate::syntax::{Instruction, InstructionId, Keyword, flags};
use crate::text::count;

/// One paragraph on what makes the step run again, and one on what follows.
pub(super) fn describe(snapshot: &Snapshot, step: &Step, instruction: &Instruction) -> Vec<String> {
    let subject = &snapshot.subject();
    let mut parts = Vec::new();
    let stage = subject.model.stages().get(step.stage);
    match (step.layer, instruction.keyword, stage) {
        (Layer::Filesystem, Keyword::From, Some(stage)) => {
            // A digest names one image for ever.
            if matches!(&stage.base, Base::Image { written, .. } if !written.contains("@sha256:")) {
                parts.push("**Runs again** when the image behind this name changes.".to_owned());
            }
        }
        (Layer::Filesystem, _, Some(stage)) => {
            parts.push(causes(subject, step, instruction, stage));
            parts.extend(survives(snapshot, step, instruction, stage));
        }
        (_, Keyword::Env, _) => {
            parts.extend(keyed::values(snapshot, step.id));
            parts.push(keyed::declared_by(subject, step.id));
        }
        (_, Keyword::Arg, _) => parts.extend(argument(snapshot, step, instruction)),
        (Layer::Metadata, Keyword::User | Keyword::Shell, _) => {
            parts.push(in_effect(subject, step, instruction.keyword));
            return parts;
        }
        (Layer::Metadata, ..) => {
            parts.push("Changing it runs nothing again.".to_owned());
            return parts;
        }
        _ => {}
    }
    if step.layer == Layer::Filesystem {
        parts.extend(follows(subject, step.id, instruction));
    }
    parts
}

/// What makes the step run again.
fn causes(subject: &Subject<'_>, step: &Step, instruction: &Instruction, stage: &Stage) -> String {
    let all = inputs(subject, step.id);
    let hangs_on = dependencies(subject, step.id);
    let mut causes = files(subject, &all, instruction, &hangs_on);
    for dependency in &hangs_on {
        match dependency.kind {
            DependencyKind::Remote => causes.push(format!("what {} answers", code(&dependency.detail))),
            DependencyKind::Base => causes.push(format!("the image {}", code(&dependency.detail))),
            _ => {}
        }
    }
    if !all.stages.is_empty() {
        let stages: Vec<String> = all.stages.iter().map(|index| words::stage(subject, *index)).collect();
        causes.push(format!("what is taken of {}", words::and(&stages)));
    }
    if instruction.keyword == Keyword::Workdir {
        causes.push("its path".to_owned());
    }
    if instruction.keyword == Keyword::Run {
        causes.push("its own text".to_owned());
        causes.extend(variables(subject, step.id, VariableOrigin::Arg, "build argument"));
        causes.extend(variables(subject, step.id, VariableOrigin::Env, "environment variable"));
    }
    if !is_linked(instruction) {
        let layers = subject.plan.steps().iter().filter(|other| other.layer == Layer::Filesystem);
        let above = layers.filter(|other| other.stage == step.stage && other.number < step.number);
        causes.push(match (above.filter(|other| other.number > 1).count(), &stage.base) {
            (0, Base::Stage(index)) => format!("a step of {}", words::stage(subject, *index)),
            (0, Base::Image { .. }) => "the base image".to_owned(),
            (0, Base::Scratch) => "its destination".to_owned(),
            _ => "a step above".to_owned(),
        });
    }
    let mut text = format!("**Runs again** when {} changes.", words::or(&causes));
    if let Some(mounts) = mounts(instruction) {
        text.push_str(&mounts);
    }
    text
}

/// The files of the build context that the step hangs on, by its own words and those of the steps above.
fn files(
    subject: &Subject<'_>,
    all: &Inputs,
    instruction: &Instruction,
    hangs_on: &[crate::layers::Dependency],
) -> Vec<String> {
    let context = subject.context.filter(|view| !view.truncated && view.root.is_some());
    let everything = |place: Option<String>| {
        let count = context.map(|view| count(view.totals().files as usize, "file") + " here");
        let more: Vec<String> = place.into_iter().chain(count).collect();
        let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
        format!("any file of the build context{more}")
    };
    // What a COPY takes stands in `all`; what a RUN mounts doesn't.
    let mounts = |kind| instruction.keyword == Keyword::Run && kind == DependencyKind::Files;
    let mounted: Vec<&str> =
        hangs_on.iter().filter(|on| mounts(on.kind)).map(|on| on.detail.as_str()).collect();
    if let Some(line) = all.everything {
        return vec![everything((line != instruction.first_line).then(|| format!("line {line}")))];
    }
    if mounted.iter().any(|path| matches!(path.trim_matches('/'), "" | ".")) {
        return vec![everything(Some("mounted".to_owned()))];
    }
    let mut found: Vec<String> = all.files.iter().map(|file| matched(context, file)).collect();
    found.extend(mounted.iter().map(|file| format!("{} (mounted)", matched(context, file))));
    found
}

/// A path as it is written, and behind it what it stands for where it is a pattern or a folder.
fn matched(context: Option<&View>, path: &str) -> String {
    let Some(view) = context.filter(|_| !path.contains('$') && SourceKind::of(path) == SourceKind::Path)
    else {
        return code(path);
    };
    let found = view.matches(path);
    let pattern = path.contains(['*', '?', '[']);
    match &found[..] {
        [] => format!("{} (nothing here)", code(path)),
        [_] if !pattern => code(path),
        [_, _, _, _, ..] => format!("{} ({} files here)", code(path), found.len()),
        few if pattern => {
            let names: Vec<String> = few.iter().map(|file| code(&file.path)).collect();
            format!("{} (here {})", code(path), words::and(&names))
        }
        few => format!("{} ({} files here)", code(path), few.len()),
    }
}

/// What people change every day and this step doesn't notice: the likely changes of this project, else what comes
/// in below.
fn survives(snapshot: &Snapshot, step: &Step, instruction: &Instruction, stage: &Stage) -> Option<String> {
    let subject = &snapshot.subject();
    let known = subject.context.filter(|view| !view.truncated && view.root.is_some());
    let likely = known.map_or(&[][..], |_| snapshot.scenarios());
    let inputs = inputs(subject, step.id);
    // What WORKDIR hangs on is told in full.
    if inputs.everything.is_some() || instruction.keyword == Keyword::Workdir {
        return None;
    }
    let below = subject.model.steps(stage).find(|&(id, other)| id > step.id && takes_everything(other));
    let below = below.map(|(_, below)| below.first_line);
    let mut kept: Vec<Vec<String>> = Vec::new();
    for scenario in likely {
        let survives = scenario.runs_again.iter().all(|(id, _)| *id != step.id);
        let things: Vec<String> = scenario.change.split(" + ").map(code).collect();
        // Of a change that is a part of one that is told, nobody needs to hear.
        let told = kept.iter().any(|known| things.iter().all(|thing| known.contains(thing)));
        if survives && !told && !scenario.change.starts_with("base image") {
            kept.push(things);
        }
    }
    let kept: Vec<String> = kept.iter().take(4).map(|things| things.join(" with ")).collect();
    if !kept.is_empty() {
        let below =
            below.map_or_else(String::new, |line| format!("; other files come in below, on line {line}"));
        return Some(format!("**Survives** a change of {}{below}.", words::or(&kept)));
    }
    if inputs.files.is_empty() && inputs.stages.is_empty() {
        return None;
    }
    let what = match instruction.keyword {
        Keyword::Run => "Editing sources doesn't run it again",
        _ => "Editing other files doesn't run it again",
    };
    Some(format!("{what}: they come in below, on line {}.", below?))
}

/// How many steps run again after this one.
fn follows(subject: &Subject<'_>, id: InstructionId, instruction: &Instruction) -> Option<String> {
    let steps = rerun_after(subject, id);
    if steps.is_empty() {
        return (instruction.keyword != Keyword::From)
            .then(|| "**After it** no other step has to run again.".to_owned());
    }
    let line = |id| subject.instruction(id).map(|instruction| instruction.first_line);
    let of = |again| {
        steps.iter().filter(|step| step.1 == again).filter_map(|step| line(step.0)).collect::<Vec<_>>()
    };
    let (certain, maybe) = (of(Again::Yes), of(Again::Maybe));
    let mut text = String::from("**After it** ");
    if certain.is_empty() {
        text.push_str("nothing runs again for certain");
    } else {
        let runs = if certain.len() == 1 { "step runs" } else { "steps run" };
        text.push_str(&format!("{} more {runs} again ({})", certain.len(), words::lines(&certain)));
    }
    if !maybe.is_empty() {
        let whose = if maybe.len() == 1 { "one" } else { "those" };
        text.push_str(&format!("; {whose} on {} only if what is copied has changed", words::lines(&maybe)));
    }
    text.push('.');
    Some(text)
}

/// USER and SHELL: which steps run with it. USER owns the folder that a WORKDIR makes, SHELL reads the
/// shell form.
fn in_effect(subject: &Subject<'_>, step: &Step, keyword: Keyword) -> String {
    let steps = keyed::steps_where(subject, |id, instruction| {
        let Some(frame) = subject.model.frame(id) else { return false };
        match (keyword, instruction.keyword) {
            (Keyword::User, Keyword::Run | Keyword::Workdir) => frame.user == Some(step.id),
            (Keyword::Shell, Keyword::Run) => frame.shell == Some(step.id) && !instruction.is_exec(),
            _ => false,
        }
    });
    if steps.is_empty() { "Changing it runs nothing again.".to_owned() } else { keyed::told(&steps, "it") }
}

fn argument(snapshot: &Snapshot, step: &Step, instruction: &Instruction) -> Vec<String> {
    let names: Vec<String> =
        crate::syntax::instruction::declarations(instruction).map(|declared| code(declared.name)).collect();
    let mut told =
        vec![format!("Set by `--build-arg` for {}; the image doesn't keep it.", words::and(&names))];
    told.extend(keyed::values(snapshot, step.id));
    told.push(keyed::declared_by(&snapshot.subject(), step.id));
    told
}

/// The variables of one kind that a RUN sees, by name; how many where they are many.
fn variables(subject: &Subject<'_>, id: InstructionId, origin: VariableOrigin, what: &str) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for variable in subject.model.variables(id).iter().filter(|variable| variable.origin == origin) {
        let name = code(&variable.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match &names[..] {
        [] => None,
        [name] => Some(format!("the {what} {name}")),
        few if few.len() <= 6 => Some(format!("one of the {what}s {}", words::and(few))),
        many => Some(format!("one of the {} {what}s above", many.len())),
    }
}

fn mounts(instruction: &Instruction) -> Option<String> {
    let outside = instruction.flags.iter().filter(|flag| &*flag.name == "mount").any(|flag| {
        let value = flag.value.as_ref().map_or("", |value| &value.text);
        matches!(flags::mount::parse(value).value("type"), Some("cache" | "secret" | "ssh"))
    });
    outside.then(|| " What a cache or secret mount holds doesn't count.".to_owned())
}
