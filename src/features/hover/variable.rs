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
    let markdown = match last(Origin::Env).or_else(|| last(Origin::Arg)) {
        Some(variable) => describe(snapshot, variable),
        None if instruction.keyword == Keyword::Run => return None,
        None => {
            format!("**${name}** is not declared above, so it is empty here unless the base image sets it.")
        }
    };
    Some(Hover { markdown, span })
}

fn describe(snapshot: &Snapshot, variable: &Variable) -> String {
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
