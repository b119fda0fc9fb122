//! Where the app's sources come from.

use super::commands::Ran;
use super::places;
use super::refuse::{NOT_YET, Stop, refused_at};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::instruction::{Origin, SourceKind, copy};
use crate::syntax::{InstructionId, Keyword};

/// The sources are fetched rather than copied from the build context.
pub(super) fn fetches_source(subject: &Subject<'_>, stage: &Stage, ran: &[Ran<'_>]) -> Result<(), Stop> {
    let clone = ran
        .iter()
        .find(|ran| ran.command.is("git") && ran.command.args().first().is_some_and(|word| word.is("clone")));
    let is_repository = |id: InstructionId, source: &str| {
        let known = subject.model.expanded(id, source);
        SourceKind::of(known.as_deref().unwrap_or(source)) == SourceKind::Git
    };
    let mut added = subject.model.steps(stage).filter(|(_, i)| i.keyword == Keyword::Add);
    let add = added.find(|(id, instruction)| {
        copy(instruction).is_some_and(|copied| copied.sources.iter().any(|s| is_repository(*id, &s.text)))
    });
    match clone.map(|ran| ran.instruction).or(add.map(|(_, instruction)| instruction)) {
        Some(instruction) => Err(refused_at(
            "source-not-from-build-context",
            instruction,
            format!(
                "Line {} fetches the sources with git; what they hold can't be seen from here.",
                instruction.first_line
            ),
        )),
        None => Ok(()),
    }
}

/// What comes into the image must be told by the words of COPY and ADD.
pub(super) fn copies_plainly(subject: &Subject<'_>, stage: &Stage) -> Result<(), Stop> {
    for (id, instruction) in subject.model.steps(stage) {
        if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
            continue;
        }
        let Some(copied) = copy(instruction) else { continue };
        let (keyword, line) = (instruction.keyword, instruction.first_line);
        if copied.origin == Origin::Context
            && let Some(flag) = instruction.flags.iter().find(|f| matches!(&*f.name, "exclude" | "parents"))
        {
            let message = format!(
                "{keyword} on line {line} has --{}; which files it takes, and where to, isn't followed yet.",
                flag.name
            );
            return Err(refused_at(NOT_YET, instruction, message));
        }
        if places::destination(subject, id, &copied.destination.text).is_none() {
            let message = format!(
                "Where line {line} copies to isn't known: `{}` holds a variable without a value.",
                copied.destination.text
            );
            return Err(refused_at(NOT_YET, instruction, message));
        }
    }
    Ok(())
}
