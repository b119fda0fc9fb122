//! What a step's cache key hangs on, in words.

use super::{Subject, is_linked};
use crate::model::{Base, Origin as VariableOrigin, Stage, UseKind};
use crate::syntax::instruction::{Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DependencyKind {
    /// The step above.
    Parent,
    /// The base image.
    Base,
    /// The text of the instruction.
    Command,
    /// Files of the build context.
    Files,
    Arg,
    Env,
    /// What another stage holds.
    Stage,
    Mount,
    /// What a server answers.
    Remote,
}

impl DependencyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            DependencyKind::Parent => "parent",
            DependencyKind::Base => "base",
            DependencyKind::Command => "command",
            DependencyKind::Files => "files",
            DependencyKind::Arg => "arg",
            DependencyKind::Env => "env",
            DependencyKind::Stage => "stage",
            DependencyKind::Mount => "mount",
            DependencyKind::Remote => "remote",
        }
    }
}

/// One thing that a step's cache key hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    pub kind: DependencyKind,
    /// What it is: paths, names, a reference.
    pub detail: String,
}

/// What the cache key of `id` hangs on; empty for a step that runs nothing.
pub fn dependencies(subject: &Subject<'_>, id: InstructionId) -> Vec<Dependency> {
    let Some(instruction) = subject.instruction(id) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |kind, detail: String| found.push(Dependency { kind, detail });
    match instruction.keyword {
        Keyword::From => match subject.model.stage_of(id).map(|stage| &stage.base) {
            Some(Base::Image { written, reference }) => {
                add(DependencyKind::Base, reference.as_deref().unwrap_or(written).to_owned());
            }
            Some(Base::Stage(base)) => add(DependencyKind::Stage, stage_name(subject, *base)),
            _ => {}
        },
        Keyword::Run => {
            add(DependencyKind::Parent, "the steps above".to_owned());
            add(DependencyKind::Command, "its own text".to_owned());
            let of = |origin| names(subject, id, origin);
            let (args, env) = (of(VariableOrigin::Arg), of(VariableOrigin::Env));
            if !args.is_empty() {
                add(DependencyKind::Arg, args);
            }
            if !env.is_empty() {
                add(DependencyKind::Env, env);
            }
            mounts(subject, id, instruction, &mut add);
        }
        Keyword::Copy | Keyword::Add => {
            if !is_linked(instruction) {
                add(DependencyKind::Parent, "the steps above".to_owned());
            }
            sources(subject, id, instruction, &mut add);
        }
        Keyword::Workdir => {
            add(DependencyKind::Parent, "the steps above".to_owned());
            add(DependencyKind::Command, "its path".to_owned());
        }
        _ => {}
    }
    found
}

fn sources(
    subject: &Subject<'_>,
    id: InstructionId,
    instruction: &Instruction,
    add: &mut dyn FnMut(DependencyKind, String),
) {
    let Some(copy) = copy(instruction) else { return };
    let used = subject.model.stage_of(id).and_then(|stage| {
        stage.uses.iter().find(|usage| usage.by == id && usage.kind == UseKind::Copy).map(|usage| usage.stage)
    });
    match (copy.origin, used) {
        (Origin::From(_), Some(stage)) => {
            let paths = list(copy.sources.iter().map(|source| &*source.text));
            add(DependencyKind::Stage, format!("{paths} of {}", stage_name(subject, stage)));
        }
        (Origin::From(name), None) => add(DependencyKind::Base, name.text.to_string()),
        (Origin::Context, _) => {
            let is_far = |path: &&str| {
                let known = subject.model.expanded(id, path);
                SourceKind::of(known.as_deref().unwrap_or(path)) != SourceKind::Path
            };
            let (far, near): (Vec<&str>, Vec<&str>) =
                copy.sources.iter().map(|source| &*source.text).partition(is_far);
            if !near.is_empty() {
                add(DependencyKind::Files, list(near.into_iter()));
            }
            if !far.is_empty() {
                add(DependencyKind::Remote, list(far.into_iter()));
            }
        }
    }
    if !copy.heredocs.is_empty() {
        add(DependencyKind::Command, "the text of its heredoc".to_owned());
    }
}

/// A bind mount adds the content that it shows. Of the other mounts only their definition counts: what a
/// cache holds or a secret's value adds nothing.
fn mounts(
    subject: &Subject<'_>,
    id: InstructionId,
    instruction: &Instruction,
    add: &mut dyn FnMut(DependencyKind, String),
) {
    let uses = subject.model.stage_of(id).map_or(&[][..], |stage| &stage.uses[..]);
    for used in uses.iter().filter(|usage| usage.by == id && usage.kind == UseKind::Mount) {
        add(DependencyKind::Stage, format!("what it mounts of {}", stage_name(subject, used.stage)));
    }
    for flag in instruction.flags.iter().filter(|flag| &*flag.name == "mount") {
        let Some(value) = &flag.value else { continue };
        let mount = flags::mount::parse(&value.text);
        let target = mount.value("target").unwrap_or("");
        match mount.value("type").unwrap_or("bind") {
            "bind" if mount.value("from").is_none() => {
                add(DependencyKind::Files, mount.value("source").unwrap_or(".").to_owned());
            }
            kind => add(DependencyKind::Mount, format!("{kind} {target}").trim_end().to_owned()),
        }
    }
}

/// The variables that a RUN at `id` sees, each name once.
fn names(subject: &Subject<'_>, id: InstructionId, origin: VariableOrigin) -> String {
    let mut names: Vec<&str> = Vec::new();
    for variable in subject.model.variables(id).iter().filter(|variable| variable.origin == origin) {
        if !names.contains(&&*variable.name) {
            names.push(&variable.name);
        }
    }
    names.join(", ")
}

fn stage_name(subject: &Subject<'_>, index: usize) -> String {
    subject.model.stages().get(index).map_or_else(String::new, Stage::title)
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
