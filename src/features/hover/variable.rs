use super::{Hover, keyed, words};
use crate::features::{Snapshot, builds};
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
            let told = keyed::keyed(&snapshot.subject(), &|other| other == variable);
            format!("{}\n- {told}", set_by_buildkit(&name))
        }
        Some(variable) => describe(snapshot, variable),
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
    format!("**${name}** · build argument, set by BuildKit\n\n- It tells {whose}.")
}

fn describe(snapshot: &Snapshot, variable: &Variable) -> String {
    let subject = snapshot.subject();
    let kind = match variable.origin {
        Origin::Arg => "build argument",
        Origin::Env => "environment variable",
    };
    let by = variable.declared.and_then(|id| snapshot.tree().instruction(id));
    let line = by.map_or(String::new(), |by| format!(", set on line {}", by.first_line));
    let of_build = builds::of_argument(snapshot, variable);
    let value = match &variable.value {
        Some(value) if of_build.is_none() && value.is_empty() => "It is empty.".to_owned(),
        Some(value) if let Some((build, _)) = of_build => {
            format!("Its value here is {}, from {}.", words::code(value), build.title())
        }
        None if let Some((build, None)) = of_build => {
            format!(
                "{} gives it a value that isn't known here: it hangs on a variable or a function.",
                build.title()
            )
        }
        Some(value) => format!("Its value here is {}{}.", words::code(value), default_of(snapshot, variable)),
        None if variable.origin == Origin::Arg => {
            "It has no default: `--build-arg` gives the value.".to_owned()
        }
        None => "Its value is not known before a build: it hangs on one that only the build has.".to_owned(),
    };
    let kept = match variable.origin {
        Origin::Arg => "The image doesn't keep it.",
        Origin::Env => "The image keeps it, if its stage is in the image.",
    };
    let told = keyed::keyed(&subject, &|other| other == variable);
    format!("**${}** · {kind}{line}\n\n- {value}\n- {kept}\n- {told}", variable.name)
}

/// `, the default of line 1`, where a stage's ARG takes the value that stands above the first FROM.
fn default_of(snapshot: &Snapshot, variable: &Variable) -> String {
    let tree = snapshot.tree();
    let global = snapshot.model().globals().iter().rev().find(|global| global.name == variable.name);
    let own = variable.declared.and_then(|id| tree.instruction(id)).is_some_and(|by| {
        declarations(by).any(|declared| declared.name == &*variable.name && declared.value.is_some())
    });
    let line = global
        .filter(|global| variable.origin == Origin::Arg && !own && global.declared != variable.declared)
        .and_then(|global| global.declared)
        .and_then(|id| tree.instruction(id));
    line.map_or_else(String::new, |by| format!(", by the default of line {}", by.first_line))
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
