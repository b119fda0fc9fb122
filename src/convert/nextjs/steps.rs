//! What becomes of every instruction: it stays in the build stage, moves to the run stage, or goes.

use super::app::{self, Public};
use super::commands::Ran;
use super::detect::Found;
use super::packages::{self, Needed};
use super::places::{destination, is_within};
use super::plan::{Line, comments_of};
use super::refuse::{NOT_YET, Stop, note, refused_at, shown};
use super::user::{User, makes_users};
use crate::convert::Note;
use crate::model::resolve;
use crate::shell::RedirectKind;
use crate::shell::packages::{Tool, Verb};
use crate::syntax::instruction::{Copy, Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::collections::BTreeMap;

/// What becomes of an instruction that doesn't simply stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken out of the build stage and stands in the run stage.
    Move,
    /// It is taken out; a note says why.
    Gone,
}

/// The steps that go on in the run stage.
pub(super) struct Steps {
    pub fates: BTreeMap<InstructionId, Fate>,
    /// Installs of packages, creation of users: RUNs of the run stage.
    pub runs: Vec<Line>,
    pub notes: Vec<Note>,
}

/// What one command of a RUN is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// Leaves nothing that a running app could miss.
    Nothing,
    /// A JavaScript package manager or tool, whose results are in the project's folder.
    Project,
    /// apk or apt.
    System,
    /// Creates users and groups.
    Users,
    /// Owners and modes.
    Owners,
    /// Deletes files.
    Deletes,
    /// Makes a folder that the app may write to, or anything else whose effect isn't known.
    Unknown,
}

pub(super) fn plan(
    found: &Found<'_>,
    user: &User,
    keyword: &dyn Fn(Keyword) -> String,
) -> Result<Steps, Stop> {
    let mut steps = Steps { fates: BTreeMap::new(), runs: Vec::new(), notes: Vec::new() };
    let removed = removed_packages(found);
    let fetches = health_check(found);
    for (id, instruction) in found.subject.model.steps(found.stage) {
        let after = id > found.build;
        match instruction.keyword {
            Keyword::Run => {
                let ran: Vec<&Ran<'_>> = found.ran.iter().filter(|ran| ran.id == id).collect();
                run(found, user, id, instruction, &ran, &mut steps, &removed, &fetches, keyword)?;
            }
            Keyword::Shell if after => {
                steps.fates.insert(id, Fate::Move);
            }
            Keyword::Copy | Keyword::Add if after => copied_after(found, id, instruction, &mut steps)?,
            Keyword::Copy | Keyword::Add => copied_before(found, id, instruction)?,
            Keyword::Workdir if after => {
                let text = shown(instruction, found.source());
                let comments = comments_of(found, instruction);
                steps.fates.insert(id, Fate::Gone);
                steps.notes.push(note(
                    instruction,
                    format!("`{text}` is left out: the run stage begins in that folder.{comments}"),
                ));
            }
            Keyword::Expose
            | Keyword::Label
            | Keyword::Stopsignal
            | Keyword::Volume
            | Keyword::Maintainer
            | Keyword::Healthcheck => {
                steps.fates.insert(id, Fate::Move);
            }
            _ => {}
        }
    }
    Ok(steps)
}

#[expect(clippy::too_many_arguments, reason = "one RUN and all that decides on it")]
fn run(
    found: &Found<'_>,
    user: &User,
    id: InstructionId,
    instruction: &Instruction,
    ran: &[&Ran<'_>],
    steps: &mut Steps,
    removed: &[String],
    fetches: &str,
    keyword: &dyn Fn(Keyword) -> String,
) -> Result<(), Stop> {
    let after = id > found.build;
    if found.subject.model.script(id).is_none() {
        return Err(unknown(instruction, "runs a script in a language that isn't read"));
    }
    let abouts: Vec<About> = ran.iter().map(|ran| about(found, ran, after)).collect();
    let any = |what: About| abouts.contains(&what);
    let only = |what: &[About]| abouts.iter().all(|about| what.contains(about));
    if any(About::Users) && user.is_created {
        if !only(&[About::Users, About::Owners, About::Nothing]) {
            return Err(unknown(
                instruction,
                "creates the user that the app runs as together with other things; give that a RUN of its own",
            ));
        }
        stands_alone(found, instruction, ran)?;
        // Before the build it may be that something that stays hangs on the user.
        let moves = after || !user.is_used_in_build;
        if moves {
            steps.fates.insert(id, Fate::Move);
        }
        let text = instruction.span.of(found.source()).to_owned();
        steps.runs.push(Line { comments_of: moves.then_some(id), text });
        return Ok(());
    }
    if let Some(at) = abouts.iter().position(|about| *about == About::Unknown) {
        let command: String = super::commands::line(&ran[at].command).chars().take(60).collect();
        return Err(unknown(
            instruction,
            &format!("runs `{command}`, of which the running app may need something"),
        ));
    }
    if any(About::System) {
        let pure = only(&[About::System, About::Nothing, About::Deletes]);
        let run = keyword(Keyword::Run);
        match packages::needed(instruction, ran, removed, pure, fetches, &run)? {
            Needed::Nothing => {}
            Needed::All if after => {
                stands_alone(found, instruction, ran)?;
                steps.fates.insert(id, Fate::Move);
                steps.runs.push(Line::moved(id, instruction, found.source()));
                return Ok(());
            }
            Needed::All => {
                stands_alone(found, instruction, ran)?;
                steps.runs.push(Line::new(instruction.span.of(found.source())));
            }
            Needed::Some(_) if after => {
                return Err(unknown(instruction, "installs packages after the build, some not for running"));
            }
            Needed::Some(text) => steps.runs.push(Line::new(text)),
        }
    }
    if after {
        let text = shown(instruction, found.source());
        let comments = comments_of(found, instruction);
        steps.fates.insert(id, Fate::Gone);
        steps.notes.push(note(
            instruction,
            format!(
                "`{text}` (line {}) is left out: the run stage takes only the finished output from the build \
                 stage, on which this has no effect.{comments}",
                instruction.first_line
            ),
        ));
    }
    Ok(())
}

/// A RUN that goes into the run stage stands there before the app's files are copied, so none of its commands
/// may need one of them; nor may it make the folder that the run stage makes itself.
fn stands_alone(found: &Found<'_>, instruction: &Instruction, ran: &[&Ran<'_>]) -> Result<(), Stop> {
    for ran in ran {
        let packages = ran.action.iter().flat_map(|action| &action.packages);
        let mut names = packages.map(|package| &*package.name);
        let is_file =
            |name: &&str| name.starts_with(['.', '/', '~']) && name.contains('/') || name.ends_with(".deb");
        if let Some(name) = names.find(is_file) {
            return Err(unknown(
                instruction,
                &format!("installs `{name}`, a file that isn't there in the run stage"),
            ));
        }
        let name = ran.command.name().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or(&name);
        let words: Vec<&crate::shell::Word> =
            ran.command.args().iter().filter(|word| !word.text().starts_with('-')).collect();
        let is_forced = ran.command.args().iter().any(|word| {
            word.text().starts_with('-') && !word.text().starts_with("--") && word.text().contains('f')
        });
        let paths = match name {
            "rm" if is_forced => continue,
            // The first word is the owner or the mode.
            "chown" | "chmod" | "chgrp" => words.get(1..).unwrap_or_default(),
            "cat" | "ls" | "test" | "[" | "cd" | "du" | "find" | "head" | "tail" | "wc" | "grep" | "rm"
            | "rmdir" | "mkdir" => &words,
            _ => continue,
        };
        let is_there = |word: &crate::shell::Word| {
            let (Some(path), Some(folder)) = (word.literal(), ran.folder.as_deref()) else { return false };
            let is_same = path.starts_with('/') || folder == found.app;
            let path = resolve(folder, &path);
            is_same && (path == found.app || !is_within(&path, &found.app))
        };
        if let Some(word) = paths.iter().find(|word| !is_there(word)) {
            return Err(unknown(
                instruction,
                &format!(
                    "is needed in the run stage too, where `{}` of its `{name}` isn't there yet; give that a RUN of \
                     its own",
                    word.text()
                ),
            ));
        }
    }
    Ok(())
}

fn unknown(instruction: &Instruction, what: &str) -> Stop {
    let line = instruction.first_line;
    refused_at(NOT_YET, instruction, format!("{} on line {line} {what}.", instruction.keyword))
}

fn about(found: &Found<'_>, ran: &Ran<'_>, after: bool) -> About {
    if writes_elsewhere(found, ran) {
        return About::Unknown;
    }
    if let Some(action) = &ran.action {
        return match (action.tool, &action.verb) {
            (Tool::Apk | Tool::Apt, Verb::CleanCache | Verb::Update | Verb::Remove) => About::Nothing,
            (Tool::Apk | Tool::Apt, Verb::InstallPackages | Verb::Upgrade) => About::System,
            (Tool::Apk | Tool::Apt, _) => About::Nothing,
            (Tool::Pip, _) => About::Unknown,
            (_, Verb::Remove | Verb::CleanCache) if after => About::Deletes,
            (_, Verb::InstallPackages) if after && action.global => About::Project,
            (_, Verb::InstallManifest) if after && action.production => About::Project,
            (_, Verb::Other) if after && action.has(&["--version", "-v"]) => About::Nothing,
            _ if after => About::Unknown,
            _ => About::Project,
        };
    }
    if ran.next.is_some() {
        return if after && ran.next.as_ref().is_some_and(|next| next.verb == "build") {
            About::Unknown
        } else {
            About::Project
        };
    }
    let Some(name) = ran.command.name() else {
        // Assignments alone.
        return if ran.command.words().is_empty() { About::Nothing } else { About::Unknown };
    };
    match name.rsplit('/').next().unwrap_or(&name) {
        "cd" | "set" | "true" | ":" | "test" | "[" | "ls" | "cat" | "pwd" | "env" | "date" | "sleep"
        | "export" | "exit" | "echo" | "printf" | "printenv" | "which" | "command" | "du" | "df" | "id"
        | "whoami" | "uname" | "find" | "head" | "tail" | "wc" | "unset" | "grep" => About::Nothing,
        "sh" | "bash" | "ash" if ran.command.node.inner.is_some() => About::Nothing,
        "corepack" | "node" | "tsc" | "eslint" | "prisma" | "npx" | "n" if !after => About::Project,
        "sed" if ran.command.args().iter().any(|word| word.text().contains("next.config")) => About::Unknown,
        "sed" if !after => About::Project,
        "cp" if !after && copies_env(ran) => About::Project,
        _ if makes_users(ran) => About::Users,
        "chown" | "chmod" | "chgrp" => About::Owners,
        "rm" | "rmdir" if deletes_output(ran) && after => About::Unknown,
        "rm" | "rmdir" => About::Deletes,
        "mkdir" if makes_only_own_folders(found, ran) => About::Nothing,
        _ => About::Unknown,
    }
}

/// Whether a redirection writes a file that the build doesn't take in.
fn writes_elsewhere(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    ran.command.redirects().iter().any(|redirect| {
        let writes = matches!(
            redirect.kind,
            RedirectKind::Output
                | RedirectKind::Clobber
                | RedirectKind::Append
                | RedirectKind::OutputBoth
                | RedirectKind::AppendBoth
        );
        let target = redirect.target.as_ref().and_then(|word| word.literal());
        let Some(target) = target.filter(|_| writes) else { return writes };
        if target.starts_with("/dev/") {
            return false;
        }
        let Some(folder) = &ran.folder else { return true };
        let path = resolve(folder, &target);
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        // `.env.local` is read by the build, but isn't part of the standalone output. That is no loss where
        // it holds what the build writes into the output anyway.
        let public = || ran.command.words().iter().skip(1).all(|word| word.text().contains("NEXT_PUBLIC_"));
        let env = name.starts_with(".env") && (!name.ends_with(".local") || public());
        !(is_within(&path, &found.app) && (env || name == ".npmrc"))
            && !matches!(&*name, ".npmrc" | ".yarnrc" | ".yarnrc.yml")
    })
}

fn copies_env(ran: &Ran<'_>) -> bool {
    let last = ran.command.args().last().and_then(|word| word.literal());
    last.is_some_and(|last| {
        last.rsplit('/').next().is_some_and(|name| name.starts_with(".env") && name != ".env.local")
    })
}

/// Whether more of the build's output goes than its cache.
fn deletes_output(ran: &Ran<'_>) -> bool {
    ran.command.args().iter().any(|word| {
        let text = word.value_or_text();
        let cache = text.contains(".next/cache");
        text.contains(".next") && !cache || text.contains("public") || matches!(&*text, "*" | "." | "./*")
    })
}

/// Whether a mkdir makes only folders that the app is built in.
fn makes_only_own_folders(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    let Some(folder) = &ran.folder else { return false };
    ran.command.args().iter().filter(|word| !word.text().starts_with('-')).all(|word| {
        let Some(path) = word.literal() else { return false };
        let path = resolve(folder, &path);
        let inside = path.strip_prefix(&*found.app).unwrap_or("").trim_start_matches('/');
        let known = [".next", "node_modules"]
            .iter()
            .any(|name| is_within(&format!("/{inside}"), &format!("/{name}")));
        is_within(&found.app, &path) || known
    })
}

/// COPY and ADD before the build: what they take must come to lie where the app is built.
fn copied_before(found: &Found<'_>, id: InstructionId, instruction: &Instruction) -> Result<(), Stop> {
    let Some(copied) = copy(instruction) else { return Ok(()) };
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
    overlays(found, instruction, &copied, &place)?;
    let settings = copied.sources.iter().all(|source| {
        let name = source.text.rsplit('/').next().unwrap_or_default();
        matches!(name, ".npmrc" | ".yarnrc" | ".yarnrc.yml")
    });
    if is_within(&place, &found.app)
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
            instruction.keyword, found.app
        ),
    ))
}

/// Refuses what is put in the place of a file or folder that the conversion reads or takes.
fn overlays(
    found: &Found<'_>,
    instruction: &Instruction,
    copied: &Copy<'_>,
    place: &str,
) -> Result<(), Stop> {
    let line = instruction.first_line;
    let refuse = |message: String| Err(refused_at(NOT_YET, instruction, message));
    if !copied.heredocs.is_empty() {
        return refuse(format!(
            "{} on line {line} writes a file of its own into the image, which isn't read yet.",
            instruction.keyword
        ));
    }
    let archive = |name: &str| {
        [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tbz2"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    if instruction.keyword == Keyword::Add && copied.sources.iter().any(|source| archive(&source.text)) {
        return refuse(format!("ADD on line {line} unpacks an archive, in which can't be looked."));
    }
    let name = place.strip_prefix(&*found.app).unwrap_or_default().trim_start_matches('/');
    let same = |source: &str| source.rsplit('/').next() == Some(name);
    if (name.starts_with("next.config.") || name == "package.json")
        && !copied.sources.iter().all(|source| same(&source.text))
    {
        return refuse(format!(
            "{} on line {line} puts another file in the place of {name}; which of them counts isn't followed.",
            instruction.keyword
        ));
    }
    if (name == "public" || name.starts_with("public/")) && app::public(found) != Public::There {
        return refuse(format!(
            "{} on line {line} fills public/ from another folder, which isn't followed yet.",
            instruction.keyword
        ));
    }
    Ok(())
}

/// COPY after the build: only what the run stage takes from the build stage anyway.
fn copied_after(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    steps: &mut Steps,
) -> Result<(), Stop> {
    let is_public = copy(instruction).is_some_and(|copied| {
        let [source] = &copied.sources[..] else { return false };
        copied.origin == Origin::Context
            && resolve("/", &source.text) == "/public"
            && destination(&found.subject, id, &copied.destination.text)
                .is_some_and(|place| place == resolve(&found.app, "public"))
            && found.project.folder.is_empty()
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

/// The packages and groups that an `apk del` or `apt-get purge` takes out again.
fn removed_packages(found: &Found<'_>) -> Vec<String> {
    let actions = found.ran.iter().filter_map(|ran| ran.action.as_ref());
    let removes = actions.filter(|a| a.verb == Verb::Remove && matches!(a.tool, Tool::Apk | Tool::Apt));
    removes.flat_map(|action| action.packages.iter().map(|package| package.name.clone())).collect()
}

/// The text of the health check; empty where there is none.
fn health_check(found: &Found<'_>) -> String {
    let mut checks =
        found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Healthcheck);
    checks.next_back().map(|(_, check)| check.span.of(found.source()).to_owned()).unwrap_or_default()
}
