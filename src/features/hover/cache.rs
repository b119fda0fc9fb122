//! What makes a step run again, what it survives, and what runs again after it.

use super::words::{self, code};
use crate::layers::{
    Again, Layer, Step, Subject, has_in_key, inputs, is_linked, rerun_after, takes_everything,
};
use crate::model::{Base, Origin as VariableOrigin, Stage, Variable};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

/// One paragraph on what makes the step run again, and one on what follows.
pub(super) fn describe(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> Vec<String> {
    let mut parts = Vec::new();
    let stage = subject.model.stages().get(step.stage);
    match (step.layer, instruction.keyword, stage) {
        (Layer::Filesystem, Keyword::From, Some(stage)) => {
            if matches!(stage.base, Base::Image { .. }) {
                parts.push("**Runs again** when the image behind this name changes.".to_owned());
            }
        }
        (Layer::Filesystem, _, Some(stage)) => {
            let mut again = causes(subject, step, instruction);
            if let Some(survives) = survives(subject, step, instruction, stage) {
                again.push_str(&format!(" {survives}"));
            }
            parts.push(again);
        }
        (_, Keyword::Env, _) => parts.push(keyed(subject, step, "its value")),
        (_, Keyword::Arg, _) => parts.extend(argument(subject, step, instruction)),
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
fn causes(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> String {
    let inputs = inputs(subject, step.id);
    let mut causes: Vec<String> = Vec::new();
    if let Some(line) = inputs.everything {
        let here = line == instruction.first_line;
        let place = if here { String::new() } else { format!(" (line {line})") };
        causes.push(format!("any file of the build context{place}"));
    } else if !inputs.files.is_empty() {
        causes.extend(inputs.files.iter().map(|file| code(file)));
    }
    if !inputs.stages.is_empty() {
        let stages: Vec<String> = inputs.stages.iter().map(|index| stage_name(subject, *index)).collect();
        causes.push(format!("what it copies of {}", words::and(&stages)));
    }
    if instruction.keyword == Keyword::Run {
        causes.push("its own text".to_owned());
        let names = arguments(subject, step.id);
        match &names[..] {
            [] => {}
            [name] => causes.push(format!("the build argument {name}")),
            _ => causes.push(format!("one of the build arguments {}", words::and(&names))),
        }
    }
    if !is_linked(instruction) {
        causes.push(if step.number == 2 { "the base image" } else { "a step above" }.to_owned());
    }
    let mut text = format!("**Runs again** when {} changes.", or(&causes));
    if let Some(mounts) = mounts(instruction) {
        text.push_str(&mounts);
    }
    text
}

/// What people change every day and this step doesn't notice.
fn survives(subject: &Subject<'_>, step: &Step, instruction: &Instruction, stage: &Stage) -> Option<String> {
    let inputs = inputs(subject, step.id);
    if inputs.everything.is_some() || inputs.files.is_empty() && inputs.stages.is_empty() {
        return None;
    }
    let below = subject.model.steps(stage).find(|&(id, other)| id > step.id && takes_everything(other));
    let (_, below) = below?;
    let what = match instruction.keyword {
        Keyword::Run => "Editing sources doesn't run it again",
        _ => "Editing other files doesn't run it again",
    };
    Some(format!("{what}: they come in below, on line {}.", below.first_line))
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

/// ENV and ARG: which steps have the value in their key, in this stage and in those built on it.
fn keyed(subject: &Subject<'_>, step: &Step, what: &str) -> String {
    let mine = |variable: &Variable| variable.declared == Some(step.id);
    let steps = steps_where(subject, |id, _| has_in_key(subject, id, &mine));
    told(&steps, what)
}

/// USER and SHELL: which steps run with it. USER owns the folder that a WORKDIR makes, SHELL reads the
/// shell form.
fn in_effect(subject: &Subject<'_>, step: &Step, keyword: Keyword) -> String {
    let steps = steps_where(subject, |id, instruction| {
        let Some(frame) = subject.model.frame(id) else { return false };
        match (keyword, instruction.keyword) {
            (Keyword::User, Keyword::Run | Keyword::Workdir) => frame.user == Some(step.id),
            (Keyword::Shell, Keyword::Run) => frame.shell == Some(step.id) && !instruction.is_exec(),
            _ => false,
        }
    });
    if steps.is_empty() { "Changing it runs nothing again.".to_owned() } else { told(&steps, "it") }
}

/// The steps with a layer of which `picked` is true: their keywords and lines, in the order of the file.
fn steps_where(
    subject: &Subject<'_>,
    picked: impl Fn(InstructionId, &Instruction) -> bool,
) -> Vec<(Keyword, u32)> {
    let steps = subject.plan.steps().iter().filter(|step| step.layer == Layer::Filesystem);
    let with = steps.filter_map(|step| Some((step.id, subject.instruction(step.id)?)));
    with.filter(|&(id, instruction)| picked(id, instruction))
        .map(|(_, i)| (i.keyword, i.first_line))
        .collect()
}

/// The sentence on the steps that have `what` in their key.
fn told(steps: &[(Keyword, u32)], what: &str) -> String {
    let lines: Vec<u32> = steps.iter().map(|step| step.1).collect();
    match steps {
        [] => format!("No step has {what} in its cache key, so changing {what} runs nothing again."),
        [(keyword, line)] => {
            format!(
                "The {keyword} on line {line} has {what} in its cache key and runs again when it changes."
            )
        }
        _ if steps.iter().all(|step| step.0 == Keyword::Run) => format!(
            "Each RUN below, on {}, has {what} in its cache key and runs again when it changes.",
            words::lines(&lines)
        ),
        _ => format!(
            "The steps on {} have {what} in their cache key and run again when it changes.",
            words::lines(&lines)
        ),
    }
}

fn argument(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> [String; 2] {
    let names: Vec<String> =
        crate::syntax::instruction::declarations(instruction).map(|declared| code(declared.name)).collect();
    let passed = format!("Set by `--build-arg` for {}; the image doesn't keep it.", words::and(&names));
    [passed, keyed(subject, step, "its value")]
}

fn stage_name(subject: &Subject<'_>, index: usize) -> String {
    match subject.model.stages().get(index).and_then(|stage| stage.name.as_ref()) {
        Some(name) => format!("stage `{name}`"),
        None => format!("stage {}", index + 1),
    }
}

fn arguments(subject: &Subject<'_>, id: InstructionId) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for variable in subject.model.variables(id) {
        let name = code(&variable.name);
        if variable.origin == VariableOrigin::Arg && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn mounts(instruction: &Instruction) -> Option<String> {
    let outside = instruction.flags.iter().filter(|flag| &*flag.name == "mount").any(|flag| {
        let value = flag.value.as_ref().map_or("", |value| &value.text);
        matches!(flags::mount::parse(value).value("type"), Some("cache" | "secret" | "ssh"))
    });
    outside.then(|| " What a cache or secret mount holds doesn't count.".to_owned())
}

fn or(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
