//! ARG and ENV that the instructions of a run stage name.

use super::built::Built;
use super::refuse::{NOT_YET, Stop, refused_at};
use crate::syntax::expand::references;
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, InstructionId, Keyword, Word};
use std::collections::BTreeSet;

/// The names that the arguments of an instruction refer to.
pub(super) fn names_in(built: &Built<'_>, words: &[Word]) -> BTreeSet<String> {
    let escape = built.subject.tree().escape();
    let all = words.iter().flat_map(|word| references(&word.text, escape));
    all.filter(|reference| !reference.name.is_empty()).map(|reference| reference.name.to_owned()).collect()
}

/// The names that BuildKit expands in the instructions that move.
pub(super) fn expanded_names(built: &Built<'_>, moved: &[&Instruction]) -> BTreeSet<String> {
    let expanded = |i: &&&Instruction| {
        !matches!(i.keyword, Keyword::Healthcheck | Keyword::Cmd | Keyword::Entrypoint | Keyword::Run)
    };
    moved.iter().filter(expanded).flat_map(|i| names_in(built, &i.args)).collect()
}

/// The run stage declares everything at its top, so what stands below would see only the last of several values.
pub(super) fn declared_once(
    steps: &[(InstructionId, &Instruction)],
    named: &BTreeSet<String>,
) -> Result<(), Stop> {
    let mut seen: BTreeSet<(Keyword, &str)> = BTreeSet::new();
    for (_, instruction) in steps {
        let names: Vec<&str> = match instruction.keyword {
            Keyword::Arg => declarations(instruction).map(|declared| declared.name).collect(),
            Keyword::Env => instruction.pairs().map(|(name, _)| &*name.text).collect(),
            _ => continue,
        };
        for name in names {
            if named.contains(name) && !seen.insert((instruction.keyword, name)) {
                let message = format!(
                    "{} on line {} sets {name} anew, and an instruction of the run stage names it; which of the values it \
                     means isn't followed.",
                    instruction.keyword, instruction.first_line
                );
                return Err(refused_at(NOT_YET, instruction, message));
            }
        }
    }
    Ok(())
}

/// The names that the run stage must declare since something in it refers to them. `stays` says of an ENV's pair
/// that the run stage has it anyway.
pub(super) fn wanted(
    built: &Built<'_>,
    steps: &[(InstructionId, &Instruction)],
    named: BTreeSet<String>,
    stays: impl Fn(InstructionId, &Word, &Word) -> bool,
) -> BTreeSet<String> {
    let mut wanted = named;
    // An ENV that goes along brings in what its value names; going backwards, one round finds all.
    for (id, instruction) in steps.iter().rev() {
        match instruction.keyword {
            Keyword::Env => {
                for (name, value) in instruction.pairs() {
                    if stays(*id, name, value) || wanted.contains(&*name.text) {
                        wanted.extend(names_in(built, std::slice::from_ref(value)));
                    }
                }
            }
            Keyword::Arg => {
                for (declared, word) in declarations(instruction).zip(&instruction.args) {
                    if wanted.contains(declared.name) {
                        wanted.extend(names_in(built, std::slice::from_ref(word)));
                    }
                }
            }
            _ => {}
        }
    }
    wanted
}

/// A variable of an ENV as an ENV of its own, in the form with `=` where its value allows that.
pub(super) fn pair(keyword: &str, name: &Word, value: &Word, legacy: bool) -> String {
    let text = &*value.text;
    if !legacy || !text.contains(char::is_whitespace) {
        return format!("{keyword} {}={text}", name.text);
    }
    if text.contains(['"', '\'', '\\', '`']) {
        return format!("{keyword} {} {text}", name.text);
    }
    format!("{keyword} {}=\"{text}\"", name.text)
}
