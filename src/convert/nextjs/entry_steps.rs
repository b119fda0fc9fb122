//! What becomes of the instructions that bring and start a shell script of the project.

use super::detect::Found;
use super::entry::keeps_text;
use super::script::Text;
use super::steps::Steps;
use crate::convert::Note;
use crate::convert::commands::Ran;
use crate::convert::instructions::Instructions;
use crate::convert::places;
use crate::convert::plan::{Fate, Line, comments_of, exec};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::model::resolve;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::collections::BTreeSet;

/// Whether all that a COPY or ADD takes are scripts that the start goes through, or went through.
pub(super) fn copies_scripts(found: &Found<'_>, id: InstructionId, instruction: &Instruction) -> bool {
    let Some(copied) = copy(instruction).filter(|copied| copied.origin == Origin::Context) else {
        return false;
    };
    let Some(target) = places::destination(&found.subject, id, &copied.destination.text) else {
        return false;
    };
    if !copied.heredocs.is_empty() {
        return copied.sources.is_empty() && found.is_start_script(&target);
    }
    let lies = |path: &str| {
        let until = |place: &String| found.is_start_script(place);
        places::in_image(&found.subject, found.view, found.stage, path, None).iter().any(until)
    };
    let mut taken = copied.sources.iter().flat_map(|source| found.view.matches(&source.text)).peekable();
    taken.peek().is_some() && taken.all(|file| lies(&file.path))
}

/// Whether the commands of a RUN behind the build are about such scripts only: `chmod +x entrypoint.sh`.
pub(super) fn only_scripts(found: &Found<'_>, id: InstructionId, ran: &[&Ran<'_>]) -> bool {
    let is_script = |ran: &Ran<'_>| {
        let name = ran.command.name().unwrap_or_default();
        // The owner or mode, or what sed does, is no path.
        let skipped = usize::from(matches!(&*name, "chmod" | "chown" | "chgrp" | "sed"));
        let mut paths =
            ran.command.args().iter().filter(|word| !word.text().starts_with('-')).skip(skipped).peekable();
        let names = |word: &crate::shell::Word| {
            let path = word.literal().zip(ran.folder.as_deref());
            path.is_some_and(|(path, folder)| found.is_start_script(&resolve(folder, &path)))
        };
        matches!(&*name, "chmod" | "chown" | "chgrp" | "sed" | "dos2unix")
            && keeps_text(ran)
            && ran.command.redirects().is_empty()
            && paths.peek().is_some()
            && paths.all(names)
    };
    !ran.is_empty() && ran.iter().all(|ran| is_script(ran)) && stays_the_same(found, id)
}

/// Whether an instruction behind the build means the same without those between that leave the build stage.
fn stays_the_same(found: &Found<'_>, id: InstructionId) -> bool {
    let between =
        found.subject.model.steps(found.stage).filter(|(other, _)| *other > found.build && *other < id);
    let text = found.subject.instruction(id).map(|own| own.span.of(found.source())).unwrap_or_default();
    let mut between = between;
    between.all(|(_, other)| match other.keyword {
        Keyword::Workdir | Keyword::Shell => false,
        Keyword::Arg | Keyword::Env => !text.contains('$'),
        _ => true,
    })
}

/// A COPY of scripts behind the build.
pub(super) fn copied_after(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    steps: &mut Steps,
) -> Result<(), Stop> {
    if found.entry.kept.is_empty() {
        goes(found, id, instruction, steps);
        return Ok(());
    }
    if stays_the_same(found, id) {
        return Ok(());
    }
    let (keyword, line) = (instruction.keyword, instruction.first_line);
    let message = format!(
        "{keyword} on line {line} brings a script behind the build and hangs on what stands between. Put it above the build."
    );
    Err(refused_at(NOT_YET, instruction, message))
}

/// A RUN behind the build that is about scripts only.
pub(super) fn run_after(found: &Found<'_>, id: InstructionId, instruction: &Instruction, steps: &mut Steps) {
    // With a script that stays it stays, since the run stage takes the script from the build stage.
    if found.entry.kept.is_empty() {
        goes(found, id, instruction, steps);
    }
}

/// An instruction behind the build for a script that isn't used any more.
fn goes(found: &Found<'_>, id: InstructionId, instruction: &Instruction, steps: &mut Steps) {
    let text = shown(instruction, found.source());
    let comments = comments_of(found, instruction);
    steps.fates.insert(id, Fate::Gone);
    let line = instruction.first_line;
    let message = format!("`{text}` (line {line}) is left out: the script isn't used any more.{comments}");
    steps.notes.push(note(instruction, message));
}

/// The variables that the scripts read: by their names, or by how these begin.
pub(super) fn names(found: &Found<'_>, steps: &[(InstructionId, &Instruction)]) -> BTreeSet<String> {
    let entry = &found.entry;
    let read =
        |name: &str| entry.names.contains(name) || entry.reads_public && name.starts_with("NEXT_PUBLIC_");
    let set = steps.iter().flat_map(|(_, instruction)| instruction.pairs());
    set.map(|(name, _)| name.text.to_string()).filter(|name| read(name)).collect()
}

/// CMD and ENTRYPOINT of a start that goes, or went, through a script; None where it doesn't. `words` start the app with
/// what stands in front of it, `program` is the app alone.
pub(super) fn start(
    found: &Found<'_>,
    words: &[&str],
    program: &[&str],
    lines: &mut Vec<Line>,
    steps: &mut Steps,
) -> Option<Vec<(InstructionId, Keyword, String)>> {
    let Instructions { entrypoint, cmd, .. } = found.instructions;
    for text in &found.start.through {
        steps.notes.push(unused(found, text));
    }
    if let Some(front) = found.start.front.as_ref().filter(|_| !found.entry.kept.is_empty()) {
        line_ends(found, steps);
        let id = entrypoint.or(cmd)?;
        let own = found.subject.instruction(id)?;
        if let (Some(_), Some(cmd)) = (entrypoint, cmd) {
            steps.fates.insert(id, Fate::Move);
            lines.push(Line::moved(id, own, found.source()));
            return Some(vec![(cmd, Keyword::Cmd, exec(program))]);
        }
        let before = own.args.iter().take(front.words).map(|word| &*word.text);
        let all: Vec<&str> = before.chain(program.iter().copied()).collect();
        return Some(vec![(id, own.keyword, exec(&all))]);
    }
    let dropped = found.start.front.as_ref().map(|front| &front.text);
    let (entry, cmd) = match (entrypoint, cmd) {
        (Some(entry), Some(cmd)) if dropped.is_some() || !found.start.through.is_empty() => (entry, cmd),
        (only, other) => {
            if let (Some(text), Some(own)) =
                (dropped, only.or(other).and_then(|id| found.subject.instruction(id)))
            {
                steps.notes.push(not_done(own, text));
            }
            return None;
        }
    };
    let own = found.subject.instruction(entry)?;
    let goes = |id: InstructionId, why: String, steps: &mut Steps| {
        let Some(own) = found.subject.instruction(id) else { return };
        let (text, line) = (shown(own, found.source()), own.first_line);
        let comments = comments_of(found, own);
        steps.fates.insert(id, Fate::Gone);
        steps.notes.push(note(own, format!("`{text}` (line {line}) is left out: {why}.{comments}")));
    };
    if found.start.ignores_cmd {
        goes(cmd, "the script in front of it took no notice of it".into(), steps);
        return Some(vec![(entry, Keyword::Entrypoint, exec(words))]);
    }
    if let Some(text) = dropped {
        steps.notes.push(not_done(own, text));
    }
    let init: Vec<&str> = found.start.init.iter().map(String::as_str).collect();
    let cmd = (cmd, Keyword::Cmd, exec(program));
    if init.is_empty() {
        goes(entry, "the standalone server is started without it".into(), steps);
        return Some(vec![cmd]);
    }
    Some(vec![(entry, Keyword::Entrypoint, exec(&init)), cmd])
}

/// Tells of a script that only started the app.
fn unused(found: &Found<'_>, text: &Text) -> Note {
    let by = found.subject.instruction(text.by);
    let migrates = if found.start.migrations.is_some() { "the migrations and " } else { "" };
    Note {
        warning: false,
        message: format!(
            "{} isn't used any more: it ran {migrates}the app's start and nothing else.",
            text.name
        ),
        path: text.path.clone(),
        span: by.filter(|_| text.path.is_none()).map(|by| by.span),
    }
}

/// Tells of a script that the user has go.
fn not_done(own: &Instruction, text: &Text) -> Note {
    let message = format!(
        "{} isn't run any more when the container starts: nothing of what it does is done.",
        text.name
    );
    warning(own, message)
}

/// Warns of scripts whose first line Linux doesn't understand, unless a RUN mends them.
fn line_ends(found: &Found<'_>, steps: &mut Steps) {
    let mended = found.ran.iter().any(|ran| {
        ran.command.is("dos2unix")
            || ran.command.is("sed") && ran.command.args().iter().any(|word| word.text().contains("\\r"))
    });
    for text in found.entry.kept.iter().filter(|text| text.has_crlf() && !mended) {
        steps.notes.push(Note {
            warning: true,
            message: format!(
                "The lines of {} end as on Windows (CRLF), and Linux doesn't find the program that its first line names. Save \
                 it with LF, and keep it so by `*.sh text eol=lf` in .gitattributes.",
                text.name
            ),
            path: text.path.clone(),
            span: None,
        });
    }
}
