//! ARG and ENV: the built files hold what they said, so the run stage gets those only that its own instructions name.

use super::detect::Found;
use super::health;
use super::start::Server;
use super::steps::Steps;
use crate::convert::declared::{declared_once, expanded_names, pair, wanted};
use crate::convert::plan::{Fate, Line, comments_of};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::syntax::instruction::declarations;
use crate::syntax::{Form, Instruction, InstructionId, Keyword};

/// The lines that declare variables in the run stage; what leaves the build stage is told.
pub(super) fn plan(
    found: &Found<'_>,
    keyword: &dyn Fn(Keyword) -> String,
    steps: &mut Steps,
) -> Result<Vec<Line>, Stop> {
    let all: Vec<(InstructionId, &Instruction)> = found.subject.model.steps(found.stage).collect();
    let moves = |id: &InstructionId, i: &Instruction| {
        steps.fates.get(id) == Some(&Fate::Move) && i.keyword != Keyword::Healthcheck
    };
    let moved: Vec<&Instruction> = all.iter().filter(|(id, i)| moves(id, i)).map(|(_, i)| *i).collect();
    let mut named = expanded_names(found, &moved);
    for (id, check) in all
        .iter()
        .filter(|(id, i)| i.keyword == Keyword::Healthcheck && steps.fates.get(id) == Some(&Fate::Move))
    {
        named.extend(health::names(found, *id, check)?);
    }
    declared_once(&all, &named)?;
    let wanted = wanted(found, &all, named, |_, _, _| false);
    let mut lines = Vec::new();
    for (id, instruction) in &all {
        let leaves = *id > steps.end;
        match instruction.keyword {
            Keyword::Arg => {
                let declared: Vec<_> = declarations(instruction).zip(&instruction.args).collect();
                let needed = declared.iter().any(|(declared, _)| wanted.contains(declared.name));
                if leaves && needed {
                    steps.fates.insert(*id, Fate::Move);
                    lines.push(Line::moved(*id, instruction, found.source()));
                    continue;
                }
                let own = declared.iter().filter(|(declared, _)| wanted.contains(declared.name));
                lines.extend(
                    own.map(|(_, word)| Line::new(format!("{} {}", keyword(Keyword::Arg), word.text))),
                );
                if leaves {
                    gone(found, *id, instruction, "nothing behind the build reads it", steps);
                }
            }
            Keyword::Env => {
                built_in(found, *id, instruction, steps)?;
                let needed = instruction.pairs().any(|(name, _)| wanted.contains(&*name.text));
                if leaves && needed {
                    steps.fates.insert(*id, Fate::Move);
                    lines.push(Line::moved(*id, instruction, found.source()));
                    continue;
                }
                let legacy = instruction.form == Form::Pairs { legacy: true };
                let own = instruction.pairs().filter(|(name, _)| wanted.contains(&*name.text));
                let env = keyword(Keyword::Env);
                lines.extend(own.map(|(name, value)| Line::new(pair(&env, name, value, legacy))));
                if leaves {
                    gone(found, *id, instruction, "nginx serves files and reads no variables", steps);
                }
            }
            _ => {}
        }
    }
    Ok(lines)
}

/// What the tool writes into the files must be set before the build; a development server read it when it started.
fn built_in(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    steps: &mut Steps,
) -> Result<(), Stop> {
    let prefix = found.tool.prefix();
    let Some((name, _)) = instruction.pairs().find(|(name, _)| name.text.starts_with(prefix)) else {
        return Ok(());
    };
    if id < found.build {
        return Ok(());
    }
    let (line, build) = (instruction.first_line, found.subject.instruction(found.build));
    let build = build.map_or(0, |build| build.first_line);
    let message = format!(
        "ENV on line {line} sets {} behind the build on line {build}, which writes the values of {prefix}* into the \
         files.",
        name.text
    );
    if matches!(found.start.server, Server::Dev(_)) {
        let message = format!("{message} Move it above line {build} first.");
        return Err(refused_at(NOT_YET, instruction, message));
    }
    steps.notes.push(warning(instruction, format!("{message} It had no effect, and hasn't now.")));
    Ok(())
}

/// Takes an instruction out and says why.
pub(super) fn gone(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    why: &str,
    steps: &mut Steps,
) {
    steps.fates.insert(id, Fate::Gone);
    let text = shown(instruction, found.source());
    let comments = comments_of(found, instruction);
    let message = format!("`{text}` (line {}) is left out: {why}.{comments}", instruction.first_line);
    steps.notes.push(note(instruction, message));
}
