//! COPY and ADD: where what they take goes, before the build and after it.

use super::app::{self, Public};
use super::detect::Found;
use super::entry_steps as entry;
use super::steps::Steps;
use crate::convert::overlays;
use crate::convert::places::{self, destination, is_within};
use crate::convert::plan::{Fate, comments_of};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown};
use crate::model::resolve;
use crate::syntax::instruction::{Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId};

/// COPY and ADD before the build: what they take must come to lie where the app is built.
pub(super) fn copied_before(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
) -> Result<(), Stop> {
    let Some(copied) = copy(instruction) else { return Ok(()) };
    if entry::copies_scripts(found, id, instruction) {
        return Ok(());
    }
    let line = instruction.first_line;
    if let Origin::From(name) = copied.origin {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!(
                "COPY on line {line} takes files from the image {}, of which the running app may need something.",
                name.text
            ),
        ));
    }
    for source in &copied.sources {
        let known = found.subject.model.expanded(id, &source.text);
        let is_path = known.is_some_and(|source| SourceKind::of(&source) == SourceKind::Path);
        if source.text.contains('$') || !is_path {
            let message =
                format!("What {} on line {line} takes can't be told from its text.", instruction.keyword);
            return Err(refused_at(NOT_YET, instruction, message));
        }
        let part = source.text.split('/').find(|part| matches!(*part, "node_modules" | ".next"));
        if let Some(part) = part {
            return Err(refused_at(
                NOT_YET,
                instruction,
                format!(
                    "COPY on line {line} takes {part} from outside, which .dockerignore should keep out; remove \
                     the line first."
                ),
            ));
        }
    }
    let Some(place) = destination(&found.subject, id, &copied.destination.text) else {
        let message = format!("Where line {line} copies to isn't known.");
        return Err(refused_at(NOT_YET, instruction, message));
    };
    let is_config = |name: &str| name.starts_with("next.config.") || name == "package.json";
    overlays::check(found, instruction, &copied, &place, &is_config)?;
    let name = place.strip_prefix(&*found.app).unwrap_or_default().trim_start_matches('/');
    if (name == "public" || name.starts_with("public/")) && app::public(found) != Public::There {
        let message = format!(
            "{} on line {line} fills public/ from another folder, which isn't followed yet.",
            instruction.keyword
        );
        return Err(refused_at(NOT_YET, instruction, message));
    }
    let settings = copied.sources.iter().all(|source| {
        let name = source.text.rsplit('/').next().unwrap_or_default();
        matches!(name, ".npmrc" | ".yarnrc" | ".yarnrc.yml")
    });
    if is_within(&place, &found.root)
        || is_within(&found.app, &place)
        || settings && !copied.sources.is_empty()
    {
        return Ok(());
    }
    Err(refused_at(
        NOT_YET,
        instruction,
        format!(
            "{} on line {line} puts files into {place}, outside of the app's folder {}; whether the running app \
             needs them isn't known.",
            instruction.keyword, found.root
        ),
    ))
}

/// COPY after the build: only what the run stage takes from the build stage anyway.
pub(super) fn copied_after(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    steps: &mut Steps,
) -> Result<(), Stop> {
    if entry::copies_scripts(found, id, instruction) {
        return entry::copied_after(found, id, instruction, steps);
    }
    let is_public = copy(instruction).is_some_and(|copied| {
        let [source] = &copied.sources[..] else { return false };
        copied.origin == Origin::Context
            && resolve("/", &source.text)[1..] == places::below(&found.project.folder, "public")
            && destination(&found.subject, id, &copied.destination.text)
                .is_some_and(|place| place == resolve(&found.app, "public"))
            && found.is_built_with(app::IN_PUBLIC)
    });
    if !is_public {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!(
                "{} on line {} adds files after the build; whether the running app needs them isn't known.",
                instruction.keyword, instruction.first_line
            ),
        ));
    }
    let text = shown(instruction, found.source());
    let comments = comments_of(found, instruction);
    steps.fates.insert(id, Fate::Gone);
    steps.notes.push(note(
        instruction,
        format!("`{text}` is left out: the run stage takes public from the build stage.{comments}"),
    ));
    Ok(())
}
