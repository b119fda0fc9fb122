//! Where the value of a variable goes: through the variables that take it over, into cache keys.

use super::Subject;
use crate::model::{Origin, Variable};
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, InstructionId, Keyword, expand};

/// Whether the cache key of `id` has the value of one of the variables that `seed` picks, by its own or
/// by another variable's name.
///
/// A RUN has every variable in its key, whether its command names it or not. FROM, COPY, ADD and WORKDIR
/// have those that their words and flags name, and WORKDIR also those of the USER in effect, to whom the
/// folder belongs.
pub fn has_in_key(subject: &Subject<'_>, id: InstructionId, seed: &dyn Fn(&Variable) -> bool) -> bool {
    let Some(instruction) = subject.instruction(id) else { return false };
    let carried = carried(subject, id, seed);
    if carried.is_empty() {
        return false;
    }
    match instruction.keyword {
        Keyword::Run => true,
        Keyword::From => words_name(subject, instruction, &carried),
        Keyword::Copy | Keyword::Add => {
            let bodies = instruction.heredocs.iter().filter(|heredoc| heredoc.expand);
            words_name(subject, instruction, &carried)
                || bodies
                    .into_iter()
                    .any(|heredoc| names(subject, heredoc.body.of(subject.source()), &carried))
        }
        Keyword::Workdir => {
            let user = subject.model.frame(id).and_then(|frame| frame.user);
            let user = user.and_then(|user| subject.instruction(user));
            words_name(subject, instruction, &carried)
                || user.is_some_and(|user| words_name(subject, user, &carried))
        }
        _ => false,
    }
}

/// The names that stand for a value of `seed` where `id` stands.
fn carried<'a>(subject: &Subject<'a>, id: InstructionId, seed: &dyn Fn(&Variable) -> bool) -> Vec<&'a str> {
    let global = walk(subject, subject.model.globals(), &[], seed);
    walk(subject, subject.model.variables(id), &global, seed)
}

/// Goes through `variables` in the order of their declaration. `global` are the names above the first
/// FROM whose values an ARG without a default takes over.
fn walk<'a>(
    subject: &Subject<'a>,
    variables: &'a [Variable],
    global: &[&str],
    seed: &dyn Fn(&Variable) -> bool,
) -> Vec<&'a str> {
    let mut carried: Vec<&str> = Vec::new();
    // ENV hides ARG whatever their order.
    let mut env: Vec<&str> = Vec::new();
    for of_one in variables.chunk_by(|a, b| a.declared == b.declared) {
        // All values of one ENV see the variables from before it.
        let before = carried.clone();
        for variable in of_one {
            let name = &*variable.name;
            if variable.origin == Origin::Arg && env.contains(&name) {
                continue;
            }
            let takes = seed(variable)
                || match value(subject, variable) {
                    Some(text) => names(subject, text, &before),
                    None => variable.origin == Origin::Arg && global.contains(&name),
                };
            carried.retain(|known| *known != name);
            if takes {
                carried.push(name);
            }
            if variable.origin == Origin::Env {
                env.push(name);
            }
        }
    }
    carried
}

/// The value of a variable as it is written; None for an ARG without a default.
fn value<'a>(subject: &Subject<'a>, variable: &Variable) -> Option<&'a str> {
    let instruction = subject.instruction(variable.declared?)?;
    match variable.origin {
        Origin::Env => {
            let pair = instruction.pairs().find(|(name, _)| name.span == variable.span);
            pair.map(|(_, value)| &*value.text)
        }
        Origin::Arg => declarations(instruction).find(|d| d.name_span == variable.span)?.value,
    }
}

fn words_name(subject: &Subject<'_>, instruction: &Instruction, carried: &[&str]) -> bool {
    let flags = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
    instruction.args.iter().chain(flags).any(|word| names(subject, &word.text, carried))
}

fn names(subject: &Subject<'_>, text: &str, carried: &[&str]) -> bool {
    let references = expand::references(text, subject.tree().escape());
    references.iter().any(|reference| carried.contains(&reference.name))
}
