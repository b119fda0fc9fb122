use super::{Hover, words};
use crate::features::Snapshot;
use crate::model::{Origin, Variable};
use crate::syntax::{Instruction, InstructionId, Keyword, Word, expand, instruction::declarations};
use crate::text::Span;

/// A variable where it is used or declared: its value there, and where that comes from.
pub(super) fn hover(
    snapshot: &Snapshot,
    id: InstructionId,
    instruction: &Instruction,
    offset: u32,
) -> Option<Hover> {
    let (name, span) = used(snapshot, instruction, offset)?;
    let model = snapshot.model();
    let known = model.variables(id);
    let last = |origin| known.iter().rev().find(|v| v.origin == origin && *v.name == *name);
    let in_from = instruction.keyword == Keyword::From;
    // What a shell expands when the container runs isn't known here.
    if matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck) {
        return None;
    }
    let markdown = match last(Origin::Env).or_else(|| last(Origin::Arg)) {
        Some(variable)
            if variable.value.is_none() && variable.origin == Origin::Arg && is_platform(&name) =>
        {
            set_by_buildkit(&name)
        }
        Some(variable) => describe(snapshot, variable, in_from),
        None if in_from && is_platform(&name) => set_by_buildkit(&name),
        None if is_platform(&name) => {
            format!(
                "**${name}** is set by BuildKit, but only where the stage declares it: put `ARG {name}` above."
            )
        }
        None if instruction.keyword == Keyword::Run => return None,
        None if in_from => {
            format!("**${name}** is not declared above the first FROM, so it is empty here.")
        }
        None => {
            format!("**${name}** is not declared above, so it is empty here unless the base image sets it.")
        }
    };
    Some(Hover { markdown, span })
}

/// The platform arguments that BuildKit sets by itself.
///
/// Source: BuildKit `frontend/dockerfile/dockerfile2llb/platform.go`.
fn is_platform(name: &str) -> bool {
    let part = name.strip_prefix("BUILD").or_else(|| name.strip_prefix("TARGET"));
    matches!(part, Some("PLATFORM" | "OS" | "ARCH" | "VARIANT"))
}

fn set_by_buildkit(name: &str) -> String {
    let whose = match name.starts_with("BUILD") {
        true => "the platform of the machine that builds",
        false => "the platform that the image is built for, `--platform`",
    };
    format!("**${name}** · build argument, set by BuildKit\n\nIt tells {whose}.")
}

fn describe(snapshot: &Snapshot, variable: &Variable, in_from: bool) -> String {
    let kind = match variable.origin {
        Origin::Arg => "build argument",
        Origin::Env => "environment variable",
    };
    let line = variable.declared.and_then(|id| snapshot.tree().instruction(id)).map(|i| i.first_line);
    let line = line.map_or(String::new(), |line| format!(", set on line {line}"));
    let value = match &variable.value {
        Some(value) if value.is_empty() => "It is empty.".to_owned(),
        Some(value) => format!("Its value here is {}.", words::code(value)),
        None if variable.origin == Origin::Arg => {
            "It has no default: `--build-arg` gives the value.".to_owned()
        }
        None => "Its value is not known before a build.".to_owned(),
    };
    let kept = match variable.origin {
        // Above the first FROM it reaches no RUN by itself.
        Origin::Arg if in_from => " The image doesn't keep it.",
        Origin::Arg => " The image doesn't keep it; it is part of the cache key of every RUN below its ARG.",
        Origin::Env => " The image keeps it, and it is part of the cache key of every RUN below.",
    };
    format!("**${}** · {kind}{line}\n\n{value}{kept}", variable.name)
}

/// The variable named at `offset`, and its place.
fn used(snapshot: &Snapshot, instruction: &Instruction, offset: u32) -> Option<(String, Span)> {
    let source = snapshot.source();
    let escape = snapshot.tree().escape();
    if instruction.keyword == Keyword::Arg {
        let at = declarations(instruction).find(|d| d.value.is_some() && d.name_span.touches(offset));
        // On the name that ARG declares, the instruction's own hover says more.
        if at.is_some() {
            return None;
        }
    }
    let values = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
    let word: &Word = instruction.args.iter().chain(values).find(|word| word.span.touches(offset))?;
    // With continuations in the word the offsets of its value are not those of the file.
    let text = word.span.of(source);
    let references = expand::references(text, escape);
    let found = references
        .iter()
        .filter(|r| Span::new(word.span.start + r.span.start, word.span.start + r.span.end).touches(offset))
        .min_by_key(|r| r.span.len())?;
    if found.name.is_empty() {
        return None;
    }
    let span = Span::new(word.span.start + found.span.start, word.span.start + found.span.end);
    Some((found.name.to_owned(), span))
}
