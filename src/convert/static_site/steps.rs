//! What becomes of every instruction: it stays in the build stage, moves to the run stage, or goes.

use super::detect::Found;
use super::programs::Tool;
use super::variables::gone;
use crate::convert::Note;
use crate::convert::commands::Ran;
use crate::convert::overlays;
use crate::convert::places::{destination, is_within};
use crate::convert::plan::{Fate, Fates};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown};
use crate::model::resolve;
use crate::shell::packages::Verb;
use crate::syntax::instruction::{Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// What leaves the build stage.
pub(super) struct Steps {
    pub fates: Fates,
    /// The last instruction whose effect the built files may show. What stands below it only served them.
    pub end: InstructionId,
    pub notes: Vec<Note>,
}

/// Packages that only serve files.
const SERVERS: [&str; 6] = ["serve", "http-server", "sirv-cli", "sirv", "pm2", "live-server"];

pub(super) fn plan(found: &Found<'_>) -> Result<Steps, Stop> {
    let all: Vec<(InstructionId, &Instruction)> = found.subject.model.steps(found.stage).collect();
    let counts = |(id, instruction): &&(InstructionId, &Instruction)| match instruction.keyword {
        Keyword::Copy | Keyword::Add => true,
        Keyword::Run => !is_without_effect(found, *id),
        _ => false,
    };
    let end = all.iter().rev().find(counts).map_or(found.build, |(id, _)| (*id).max(found.build));
    let mut steps = Steps { fates: Fates::new(), end, notes: Vec::new() };
    for (id, instruction) in all {
        let after = id > end;
        match instruction.keyword {
            Keyword::Copy | Keyword::Add => copied(found, id, instruction)?,
            Keyword::Run if after => {
                gone(found, id, instruction, "it changes nothing of the built files", &mut steps);
            }
            Keyword::Run => serves_only(found, id, instruction, &mut steps),
            Keyword::Workdir if after => {
                gone(found, id, instruction, "nothing runs in a folder of the run stage", &mut steps);
            }
            Keyword::Shell if after => {
                gone(found, id, instruction, "nothing behind the build runs in a shell", &mut steps);
            }
            Keyword::User if after => {
                gone(found, id, instruction, "who serves the files is said anew", &mut steps);
            }
            Keyword::Volume => {
                gone(found, id, instruction, "nginx writes nothing that a volume would keep", &mut steps);
            }
            Keyword::Stopsignal if !ends_nginx(instruction) => {
                gone(found, id, instruction, "nginx doesn't end at this signal", &mut steps);
            }
            Keyword::Expose
            | Keyword::Label
            | Keyword::Stopsignal
            | Keyword::Maintainer
            | Keyword::Healthcheck => {
                steps.fates.insert(id, Fate::Move);
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// Whether nginx ends at a signal (nginx.org, "Controlling nginx"); at others it opens its logs anew, or upgrades.
fn ends_nginx(instruction: &Instruction) -> bool {
    let signal = instruction.args.first().map(|word| word.text.trim_start_matches("SIG")).unwrap_or_default();
    matches!(signal, "TERM" | "INT" | "QUIT" | "KILL" | "15" | "2" | "3" | "9")
}

/// Whether a RUN behind the build can change nothing of the built files.
fn is_without_effect(found: &Found<'_>, id: InstructionId) -> bool {
    if id <= found.build || found.subject.model.script(id).is_none() {
        return false;
    }
    found.ran.iter().filter(|ran| ran.id == id).all(|ran| {
        if !ran.command.redirects().is_empty() {
            return false;
        }
        if let Some(action) = &ran.action {
            return match action.verb {
                Verb::Remove | Verb::CleanCache | Verb::Update => true,
                Verb::InstallPackages => action.global || !action.tool.is_javascript(),
                Verb::InstallManifest => action.production,
                _ => false,
            };
        }
        let name = ran.command.name().unwrap_or_default();
        match name.rsplit('/').next().unwrap_or(&name) {
            "cd" | "set" | "true" | ":" | "ls" | "pwd" | "echo" | "du" | "test" | "[" => true,
            "adduser" | "addgroup" | "useradd" | "groupadd" | "usermod" | "chown" | "chgrp" => true,
            "rm" | "rmdir" => !touches_output(found, ran),
            _ => ran.command.words().is_empty(),
        }
    })
}

/// Whether one of a command's words may be the output, or a folder with it.
fn touches_output(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    ran.command.args().iter().filter(|word| !word.text().starts_with('-')).any(|word| {
        let place = word.literal().zip(ran.folder.as_deref());
        let Some((path, folder)) = place.filter(|(path, _)| !path.contains(['*', '?', '[', '{', '~'])) else {
            return true;
        };
        let path = resolve(folder, &path);
        is_within(&path, &found.output.folder) || is_within(&found.output.folder, &path)
    })
}

/// A note of what stays in the build stage though it only served.
fn serves_only(found: &Found<'_>, id: InstructionId, instruction: &Instruction, steps: &mut Steps) {
    let actions = found.ran.iter().filter(|ran| ran.id == id).filter_map(|ran| ran.action.as_ref());
    let globals = actions.filter(|action| action.verb == Verb::InstallPackages && action.global);
    let mut packages = globals.flat_map(|action| &action.packages);
    if let Some(package) = packages.find(|package| SERVERS.contains(&&*package.name)) {
        let message = format!(
            "`{}` (line {}) stays as it is, but nothing needs {} any more.",
            shown(instruction, found.source()),
            instruction.first_line,
            package.name
        );
        steps.notes.push(note(instruction, message));
    }
}

/// COPY and ADD: what they take must be what it seems, and come in once .dockerignore is complete.
fn copied(found: &Found<'_>, id: InstructionId, instruction: &Instruction) -> Result<(), Stop> {
    let Some(copied) = copy(instruction) else { return Ok(()) };
    if copied.origin != Origin::Context {
        return Ok(());
    }
    let line = instruction.first_line;
    let output = found.output.folder.strip_prefix(&*found.app).unwrap_or_default();
    let output = output.trim_start_matches('/').split('/').next().unwrap_or_default();
    for source in &copied.sources {
        let known = found.subject.model.expanded(id, &source.text);
        if known.is_some_and(|known| SourceKind::of(&known) != SourceKind::Path) {
            continue;
        }
        let kept_out = |part: &&str| *part == "node_modules" || !output.is_empty() && *part == output;
        if let Some(part) = source.text.split('/').find(kept_out) {
            let message = format!(
                "{} on line {line} takes {part} from outside, which .dockerignore should keep out; remove the line \
                 first.",
                instruction.keyword
            );
            return Err(refused_at(NOT_YET, instruction, message));
        }
    }
    if id > found.build {
        return Ok(());
    }
    let Some(place) = destination(&found.subject, id, &copied.destination.text) else { return Ok(()) };
    let is_read = found.tool == Tool::ReactScripts && !found.project.env_settings.is_empty();
    let is_config = |name: &str| {
        name.starts_with("vite.config.") || name == "package.json" || is_read && name.starts_with(".env")
    };
    overlays::check(found, instruction, &copied, &place, &is_config)
}

/// The instructions that move as they stand, in the order of the file.
pub(super) fn moved<'a>(found: &Found<'a>, steps: &Steps) -> Vec<(InstructionId, &'a Instruction)> {
    let kinds =
        [Keyword::Expose, Keyword::Label, Keyword::Stopsignal, Keyword::Maintainer, Keyword::Healthcheck];
    let all = found.subject.model.steps(found.stage);
    all.filter(|(id, i)| steps.fates.get(id) == Some(&Fate::Move) && kinds.contains(&i.keyword)).collect()
}
