use super::os;
use super::scope::{self, Given, Origin, Variable};
use super::stage::{Base, Frame, Stage, StageUse, UseKind, Workdir};
use crate::shell::Dialect;
use crate::syntax::instruction::{self, declarations};
use crate::syntax::{Instruction, InstructionId, Keyword, Tree, Word, flags, image};
use crate::text::Span;
use std::collections::HashMap;
use std::sync::Arc;

/// Reads the stages of a tree, and the variables above the first one.
pub(super) fn stages(tree: &Tree, given: Given<'_>) -> (Vec<Stage>, Vec<Variable>) {
    let mut stages: Vec<Stage> = Vec::new();
    let mut globals = Vec::new();
    let mut named = Named::new();
    for (id, instruction) in tree.numbered() {
        if instruction.keyword == Keyword::From {
            let stage = open(tree, id, instruction, &stages, &named, &globals);
            named.extend(stage.name.clone().map(|name| (name, stage.index)));
            stages.push(stage);
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(id);
            stage.frames.push(stage.last.clone());
            follow(tree, id, instruction, stage, &globals, given);
        } else if instruction.keyword == Keyword::Arg {
            for declared in declarations(instruction) {
                let argument = given.argument(declared.name);
                let set = argument.is_some() || declared.value.is_some();
                let default = || scope::expand(declared.value?, tree.escape(), &globals);
                let value = argument.unwrap_or_else(default);
                let new = variable(declared.name, value, Origin::Arg, id, declared.name_span);
                globals.push(given.alter(Variable { set, ..new }));
            }
        }
    }
    find_uses(tree, &mut stages, &named);
    (stages, globals)
}

/// The last stage of each name, so far.
type Named = HashMap<Box<str>, usize>;

fn open(
    tree: &Tree,
    id: InstructionId,
    instruction: &Instruction,
    earlier: &[Stage],
    named: &Named,
    globals: &[Variable],
) -> Stage {
    let from = instruction::from(instruction);
    let base = match from {
        Some(from) => base(tree, from.image, named, globals),
        None => Base::Image { written: "".into(), reference: None },
    };
    let (mut last, mut variables) = (Frame::default(), Arc::default());
    match &base {
        Base::Stage(index) => {
            let parent = &earlier[*index];
            last = parent.last.clone();
            // A stage takes over the whole state of the one that it is built on, its arguments included.
            variables = Arc::clone(&parent.variables);
        }
        Base::Scratch => last.workdir.certain = true,
        Base::Image { .. } => {}
    }
    last.variables = variables.len();
    let platform = from.and_then(|from| from.platform).map(|platform| &*platform.text);
    let (windows, default_shell) = match &base {
        Base::Stage(index) => (earlier[*index].windows, earlier[*index].default_shell),
        _ if os::is_windows(&base, platform, tree.escape(), globals) => {
            (true, os::windows_shell(&base, tree.escape()))
        }
        _ => (false, Dialect::Posix),
    };
    let name = from.and_then(|from| from.name);
    Stage {
        index: earlier.len(),
        name: name.map(|name| name.text.to_lowercase().into()),
        name_span: name.map(|name| name.span),
        from: id,
        base,
        platform: platform.map(Into::into),
        windows,
        default_shell,
        instructions: vec![id],
        frames: vec![last.clone()],
        last,
        variables,
        uses: Vec::new(),
        used: false,
    }
}

fn base(tree: &Tree, word: &Word, named: &Named, globals: &[Variable]) -> Base {
    let reference = scope::expand(&word.text, tree.escape(), globals);
    let name = reference.as_deref().unwrap_or(&word.text);
    if let Some(stage) = by_name(named, name) {
        return Base::Stage(stage);
    }
    if name == "scratch" {
        return Base::Scratch;
    }
    Base::Image { written: word.text.as_str().into(), reference: reference.map(Into::into) }
}

fn by_name(named: &Named, name: &str) -> Option<usize> {
    named.get(name.to_lowercase().as_str()).copied()
}

/// Takes the effect of one instruction into the stage's last frame.
fn follow(
    tree: &Tree,
    id: InstructionId,
    instruction: &Instruction,
    stage: &mut Stage,
    globals: &[Variable],
    given: Given<'_>,
) {
    let escape = tree.escape();
    match instruction.keyword {
        Keyword::Env => {
            // All values of one ENV see the variables from before it.
            let known = stage.variables.len();
            for (name, value) in instruction.pairs() {
                let value = scope::expand(&value.text, escape, &stage.variables[..known]);
                let name_text = scope::expand(&name.text, escape, &stage.variables[..known]);
                let name_text = name_text.unwrap_or_else(|| name.text.to_string());
                let new = variable(&name_text, value, Origin::Env, id, name.span);
                Arc::make_mut(&mut stage.variables).push(given.alter(new));
            }
        }
        Keyword::Arg => {
            for declared in declarations(instruction) {
                let (value, set) = match (given.argument(declared.name), declared.value) {
                    (Some(argument), _) => (argument, true),
                    (None, Some(value)) => (scope::expand(value, escape, &stage.variables), true),
                    (None, None) => {
                        let global = scope::lookup(globals, declared.name);
                        let value = global.and_then(|global| global.value.clone()).map(Into::into);
                        // The builder's own arguments have a value that isn't known here.
                        let set = global.is_some_and(|global| global.set) || is_predefined(declared.name);
                        (value, set)
                    }
                };
                let new = variable(declared.name, value, Origin::Arg, id, declared.name_span);
                Arc::make_mut(&mut stage.variables).push(given.alter(Variable { set, ..new }));
            }
        }
        Keyword::Workdir => {
            if let Some(path) = instruction.args.first() {
                stage.last.workdir = workdir(&path.text, escape, stage);
            }
        }
        Keyword::User => stage.last.user = Some(id),
        Keyword::Shell => stage.last.shell = Some(id),
        _ => {}
    }
    stage.last.variables = stage.variables.len();
}

/// The longest path that Linux takes (`PATH_MAX` in `limits.h`, its end not counted); one that grows beyond isn't
/// followed.
const LONGEST_PATH: usize = 4095;

fn workdir(path: &str, escape: char, stage: &Stage) -> Workdir {
    let before = &stage.last.workdir;
    let known = scope::expand(path, escape, &stage.variables);
    let certain = known.as_ref().is_some_and(|path| before.certain || path.starts_with('/'));
    let path = super::resolve(&before.path, known.as_deref().unwrap_or(path));
    if path.len() > LONGEST_PATH {
        return Workdir { path: Arc::clone(&before.path), certain: false };
    }
    Workdir { path: path.into(), certain }
}

fn variable(name: &str, value: Option<String>, origin: Origin, id: InstructionId, span: Span) -> Variable {
    Variable { name: name.into(), value: value.map(Into::into), set: true, origin, declared: Some(id), span }
}

/// Whether the builder gives the argument a value of its own, which an ARG without default takes over.
///
/// Source: `dockerfile2llb/platform.go`, `defaultArgs`.
fn is_predefined(name: &str) -> bool {
    matches!(
        name,
        "BUILDPLATFORM"
            | "BUILDOS"
            | "BUILDOSVERSION"
            | "BUILDARCH"
            | "BUILDVARIANT"
            | "TARGETPLATFORM"
            | "TARGETOS"
            | "TARGETOSVERSION"
            | "TARGETARCH"
            | "TARGETVARIANT"
            | "TARGETSTAGE"
    )
}

/// Which stage takes something from which. `COPY --from` and mounts may name a later stage too, which
/// BuildKit refuses only where that makes a circle.
fn find_uses(tree: &Tree, stages: &mut [Stage], by: &Named) {
    let named = |name: &str, stages: &[Stage]| match image::stage_index(name) {
        Some(index) => (index < stages.len()).then_some(index),
        None => by_name(by, name),
    };
    for index in 0..stages.len() {
        let mut uses = Vec::new();
        if let (Base::Stage(base), Some(from)) =
            (&stages[index].base, tree.instruction(stages[index].from).and_then(instruction::from))
        {
            let by = stages[index].from;
            uses.push(StageUse { stage: *base, by, kind: UseKind::Base, span: from.image.span });
        }
        for &id in &stages[index].instructions[1..] {
            let Some(instruction) = tree.instruction(id) else { continue };
            for flag in &instruction.flags {
                let Some(value) = &flag.value else { continue };
                if &*flag.name == "from" && instruction.keyword == Keyword::Copy {
                    let used = named(&value.text, stages).filter(|&used| used != index);
                    uses.extend(used.map(|stage| StageUse {
                        stage,
                        by: id,
                        kind: UseKind::Copy,
                        span: value.span,
                    }));
                } else if &*flag.name == "mount" && instruction.keyword == Keyword::Run {
                    let mount = flags::mount::parse(&value.text);
                    let Some(from) = mount.field("from") else { continue };
                    let used = from.value.as_deref().and_then(|name| named(name, stages));
                    let span = if value.span.len() as usize == value.text.len() {
                        let at = value.span.start;
                        Span::new(at + from.value_span.start, at + from.value_span.end)
                    } else {
                        value.span
                    };
                    let used = used.filter(|&used| used != index);
                    uses.extend(used.map(|stage| StageUse { stage, by: id, kind: UseKind::Mount, span }));
                }
            }
        }
        stages[index].uses = uses;
    }
}
