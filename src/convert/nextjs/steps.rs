//! What becomes of every instruction: it stays in the build stage, moves to the run stage, or goes.

use super::about::{About, about, folders, may_stay};
use super::copies::{copied_after, copied_before};
use super::detect::Found;
use super::entry_steps as entry;
use super::owners::first_workdir;
use super::packages::{self, Asked, Needed};
use super::user::User;
use crate::convert::ask::choice;
use crate::convert::commands::Ran;
use crate::convert::places::is_within;
use crate::convert::plan::{Fate, Fates, Line, comments_of};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::convert::{Note, Question};
use crate::model::resolve;
use crate::shell::packages::{Tool, Verb};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// The steps that go on in the run stage.
pub(super) struct Steps {
    pub fates: Fates,
    /// Installs of packages, creation of users: RUNs of the run stage.
    pub runs: Vec<Line>,
    /// How many of them come before WORKDIR, since they create the user whose home it lies in.
    pub before_workdir: usize,
    /// The folders that are made for the app to write to.
    pub folders: Vec<String>,
    pub notes: Vec<Note>,
}

pub(super) fn plan(
    found: &Found<'_>,
    user: &User,
    keyword: &dyn Fn(Keyword) -> String,
) -> Result<Steps, Stop> {
    let mut steps = Steps {
        fates: Fates::new(),
        runs: Vec::new(),
        before_workdir: 0,
        folders: Vec::new(),
        notes: Vec::new(),
    };
    let mut asked = asked(found);
    for (id, instruction) in found.subject.model.steps(found.stage) {
        let after = id > found.build;
        match instruction.keyword {
            Keyword::Run => {
                let ran: Vec<&Ran<'_>> = found.ran.iter().filter(|ran| ran.id == id).collect();
                run(found, user, id, instruction, &ran, &mut steps, &mut asked, keyword)?;
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
                    format!("`{text}` is left out: the run stage begins in {}.{comments}", found.root),
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
    if let [first, rest @ ..] = &asked.left[..] {
        let names = match rest.split_last() {
            None => first.clone(),
            Some((last, between)) => {
                let names: Vec<&str> = std::iter::once(first).chain(between).map(String::as_str).collect();
                format!("{} and {last}", names.join(", "))
            }
        };
        let verb = if rest.is_empty() { "is" } else { "are" };
        let from = found.subject.instruction(found.stage.from).ok_or(Stop::NotMine)?;
        steps.notes.push(note(
            from,
            format!(
                "{names} {verb} installed in the build stage only. Where the running app calls such a program, install it in \
                 the run stage too."
            ),
        ));
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
    asked: &mut Asked,
    keyword: &dyn Fn(Keyword) -> String,
) -> Result<(), Stop> {
    let after = id > found.build;
    if found.subject.model.script(id).is_none() {
        return Err(unknown(instruction, "runs a script in a language that isn't read"));
    }
    if after && entry::only_scripts(found, id, ran) {
        entry::run_after(found, id, instruction, steps);
        return Ok(());
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
        if is_before_home(found, user, id) {
            steps.before_workdir = steps.runs.len();
        }
        return Ok(());
    }
    if any(About::Folders) && only(&[About::Folders, About::Owners, About::Nothing]) {
        folders_to_write(found, user, id, instruction, ran, steps, keyword)?;
        return Ok(());
    }
    if after && any(About::Output) && only(&[About::Output, About::Nothing]) {
        // It stays, since the run stage takes what it writes.
        return Ok(());
    }
    let unknown_here =
        |about: &About| matches!(about, About::Unknown | About::Folders) || after && *about == About::Output;
    if let Some(at) = abouts.iter().position(unknown_here) {
        if after && ran.iter().all(|ran| may_stay(ran)) && sees_the_same(found, id) {
            stays(found, instruction, steps);
            return Ok(());
        }
        let command: String = crate::convert::commands::line(&ran[at].command).chars().take(60).collect();
        return Err(unknown(
            instruction,
            &format!("runs `{command}`, of which the running app may need something"),
        ));
    }
    if any(About::System) {
        let pure = only(&[About::System, About::Nothing, About::Deletes]);
        let run = keyword(Keyword::Run);
        match packages::needed(instruction, ran, asked, pure, &run)? {
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
        let is_owner = |ran: &&Ran<'_>| !ran.command.is("chmod");
        let owners = any(About::Owners) && only(&[About::Owners, About::Nothing]) && ran.iter().all(is_owner);
        let why = match user.owner.as_ref().filter(|_| owners) {
            Some(owner) => format!("what the run stage takes is given to {owner} as it is copied"),
            None => "the run stage takes only the finished output from the build stage, on which this has no effect".into(),
        };
        let line = instruction.first_line;
        steps.notes.push(note(instruction, format!("`{text}` (line {line}) is left out: {why}.{comments}")));
    }
    Ok(())
}

/// The key of the question whether the app needs something else of a RUN behind the build.
const AFTER: &str = "after-build";

/// Whether nothing between the build and a RUN leaves the build stage that the RUN would see.
fn sees_the_same(found: &Found<'_>, id: InstructionId) -> bool {
    let between =
        found.subject.model.steps(found.stage).filter(|(other, _)| *other > found.build && *other < id);
    let seen = [
        Keyword::Arg,
        Keyword::Env,
        Keyword::Workdir,
        Keyword::User,
        Keyword::Shell,
        Keyword::Copy,
        Keyword::Add,
    ];
    between.into_iter().all(|(_, instruction)| !seen.contains(&instruction.keyword))
}

/// Asks whether a RUN behind the build may stay there, in the build stage alone.
fn stays(found: &Found<'_>, instruction: &Instruction, steps: &mut Steps) {
    let (text, line) = (shown(instruction, found.source()), instruction.first_line);
    let question = Question {
        key: AFTER,
        message: format!(
            "`{text}` on line {line} runs behind the build. It can stay in the build stage, where it may change .next and \
             public; what else it leaves wouldn't be in the image. Does the running app need nothing else of it?"
        ),
        choices: vec![choice("build", format!("with line {line} in the build stage alone"))],
        default: None,
    };
    found.answers.ask(question);
    let message = format!(
        "`{text}` (line {line}) stays in the build stage; what it leaves outside of .next and public isn't in the image."
    );
    steps.notes.push(warning(instruction, message));
}

/// Folders that the app may write to are made in the run stage too, for its user.
fn folders_to_write(
    found: &Found<'_>,
    user: &User,
    id: InstructionId,
    instruction: &Instruction,
    ran: &[&Ran<'_>],
    steps: &mut Steps,
    keyword: &dyn Fn(Keyword) -> String,
) -> Result<(), Stop> {
    let makes: Vec<&&Ran<'_>> = ran.iter().filter(|ran| ran.command.is("mkdir")).collect();
    let mut made: Vec<String> = Vec::new();
    for ran in &makes {
        made.extend(folders(ran).unwrap_or_default());
    }
    made.retain(|path| !is_within(&found.root, path));
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if made.iter().any(|path| !path.chars().all(plain)) {
        return Err(unknown(instruction, "makes a folder whose name has blanks or other special characters"));
    }
    let after = id > found.build;
    if after {
        steps.fates.insert(id, Fate::Move);
    }
    // The RUN as it stands is enough where it sets the owner itself, or the app runs as root.
    let owned = ran.iter().any(|ran| ran.command.is("chown"));
    let text = match &user.owner {
        Some(owner) if !owned => {
            let names = made.join(" ");
            format!("{} mkdir -p {names} && chown {owner} {names}", keyword(Keyword::Run))
        }
        _ => {
            let own = |ran: &&&Ran<'_>| {
                ran.command.is("chown") || ran.command.is("chmod") || ran.command.is("chgrp")
            };
            let chowned: Vec<&Ran<'_>> = ran.iter().filter(own).copied().collect();
            for ran in chowned {
                let words = ran.command.args().iter().filter(|word| !word.text().starts_with('-')).skip(1);
                for word in words {
                    let place = word.literal().zip(ran.folder.as_deref());
                    let place = place.map(|(path, folder)| resolve(folder, &path));
                    if place.is_none_or(|place| place != found.root && !made.contains(&place)) {
                        return Err(unknown(
                            instruction,
                            &format!("sets the owner of `{}`, which isn't in the run stage", word.text()),
                        ));
                    }
                }
            }
            let relative = ran.iter().any(|ran| ran.folder.as_deref() != Some(&*found.root));
            if relative {
                return Err(unknown(
                    instruction,
                    "makes folders from another folder than that of the run stage",
                ));
            }
            instruction.span.of(found.source()).to_owned()
        }
    };
    steps.folders.push(made.join(", "));
    steps.runs.push(Line { comments_of: after.then_some(id), text: text.clone() });
    if after && text != instruction.span.of(found.source()) {
        let shown = shown(instruction, found.source());
        steps.notes.push(note(
            instruction,
            format!(
                "`{shown}` (line {}) becomes `{text}`, so that the app can write there.",
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
            let is_same = path.starts_with('/') || folder == found.root;
            let path = resolve(folder, &path);
            is_same && (path == found.root || !is_within(&path, &found.root))
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

/// Whether a RUN that creates the user comes before the WORKDIR in this user's home, which it would find made by root.
fn is_before_home(found: &Found<'_>, user: &User, id: InstructionId) -> bool {
    let name = user.name.as_deref().unwrap_or_default().split(':').next().unwrap_or_default();
    is_within(&found.root, &format!("/home/{name}"))
        && first_workdir(found).is_some_and(|workdir| id < workdir)
}

/// What decides whether the run stage needs a package: who asks for it, and what goes again.
fn asked(found: &Found<'_>) -> Asked {
    let mut checks =
        found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Healthcheck);
    let check = checks.next_back().map(|(_, check)| check.span.of(found.source()).to_owned());
    let calls = [("simple-git", "git"), ("python-shell", "python3")];
    let calls = calls.into_iter().filter(|(name, _)| found.package.dependency(name).is_some());
    let actions = found.ran.iter().filter_map(|ran| ran.action.as_ref());
    let removes = actions.filter(|a| a.verb == Verb::Remove && matches!(a.tool, Tool::Apk | Tool::Apt));
    let removed = removes.flat_map(|action| action.packages.iter().map(|package| package.name.clone()));
    Asked {
        removed: removed.collect(),
        health_check: check.unwrap_or_default(),
        programs: calls.map(|(_, program)| program).collect(),
        scripts: found.entry.packages.clone(),
        left: Vec::new(),
    }
}
