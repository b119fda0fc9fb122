//! The image that the stage begins with: what runs a server on it, and as whom.

use crate::convert::ask::{Answers, choice};
use crate::convert::commands::Ran;
use crate::convert::official;
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at};
use crate::convert::{Choice, Note, Question};
use crate::layers::Subject;
use crate::model::{self, Stage};
use crate::shell::packages::Tool;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, Keyword};

/// The key of the question what an unknown image brings.
const KEY: &str = "base";

/// The key of the option to run on a smaller image than the build does.
pub(super) const RUN_BASE: &str = "run-base";

/// What is known of the base image.
pub(super) struct Base {
    pub kind: Kind,
    /// What runs server.js.
    pub runtime: &'static str,
    /// The image's own user that isn't root; None where it has none that is known.
    pub user: Option<&'static str>,
    /// The tag, where the name is known.
    pub tag: Option<String>,
    /// Whether a digest pins it.
    pub pinned: bool,
    /// What the user should know of it.
    pub notes: Vec<Note>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The official image of Node.js.
    Node,
    /// The official image of Bun.
    Bun,
    /// Another one that brings Node.js.
    Other,
}

impl Base {
    /// The same image in its slim variant, which lacks what only a build needs; None where there is no such
    /// variant, or it can't be told.
    pub fn slim(&self, written: &str) -> Option<String> {
        let small = |tag: &str| tag.contains("slim") || tag.contains("alpine") || tag.contains('$');
        let name_is_known = !written.contains('$');
        if self.kind != Kind::Node || self.pinned || !name_is_known {
            return None;
        }
        match self.tag.as_deref() {
            None => Some(format!("{written}:slim")),
            Some(tag) if small(tag) => None,
            Some("latest") => Some(format!("{}slim", written.strip_suffix("latest")?)),
            Some(_) => Some(format!("{written}-slim")),
        }
    }
}

/// Images of a system alone.
const SYSTEMS: [&str; 14] = [
    "alpine",
    "debian",
    "ubuntu",
    "centos",
    "fedora",
    "rockylinux",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "busybox",
    "python",
    "nginx",
    "scratch",
    "buildpack-deps",
];

pub(super) fn of(
    subject: &Subject<'_>,
    stage: &Stage,
    ran: &[Ran<'_>],
    answers: &Answers<'_>,
) -> Result<Base, Stop> {
    let instruction = subject.instruction(stage.from).ok_or(Stop::NotMine)?;
    let written = &*from(instruction).ok_or(Stop::NotMine)?.image.text;
    let expanded = match &stage.base {
        model::Base::Image { reference: Some(reference), .. } => reference,
        _ => written,
    };
    let reference = ImageRef::parse(expanded, subject.tree().escape());
    let name = reference.familiar_name();
    let tag = reference.tag().map(str::to_owned);
    let mut base = Base {
        kind: Kind::Other,
        // Of an unknown image only that is sure which the build uses.
        runtime: if only_bun(ran) { "bun" } else { "node" },
        user: None,
        pinned: reference.digest().is_some(),
        notes: Vec::new(),
        tag: tag.clone(),
    };
    let argument = || ImageRef::parse(written, subject.tree().escape()).path().contains('$');
    if official::is_node(&name) || name == "oven/bun" {
        (base.kind, base.user, base.runtime) = match name == "oven/bun" {
            true => (Kind::Bun, Some("bun"), "bun"),
            false => (Kind::Node, Some("node"), "node"),
        };
        if base.kind == Kind::Bun && tag.is_some_and(|tag| tag.contains("distroless")) {
            return Err(refused(
                instruction,
                format!(
                    "The base {written} on line {} has no shell, so no RUN builds on it.",
                    instruction.first_line
                ),
            ));
        }
        if argument() {
            base.notes.push(note(
                instruction,
                format!(
                    "The base `{written}` is taken for its default, {expanded}; another image given by --build-arg \
                     must have the user `{}` too.",
                    base.user.unwrap_or("root")
                ),
            ));
        }
        return Ok(base);
    }
    if SYSTEMS.contains(&&*name) || installs_node(ran).is_some() {
        let by = installs_node(ran).filter(|by| by.first_line != instruction.first_line).map_or_else(
            || "Nothing of it says how Node.js comes into it.".to_owned(),
            |by| {
                format!(
                    "Line {} installs Node.js, which the run stage would have to do again.",
                    by.first_line
                )
            },
        );
        return Err(refused(
            instruction,
            format!(
                "The base {written} on line {} isn't an image of Node.js. {by} Begin with `FROM node:…` instead.",
                instruction.first_line
            ),
        ));
    }
    if subject.model.last_frame(stage).user.is_some() {
        // The user is named, and what the image has for the build it has for the run stage.
        return Ok(base);
    }
    let question = Question {
        key: KEY,
        message: format!(
            "The base {written} on line {} isn't the official image of Node.js or Bun, so which users it has isn't \
             known. The run stage begins with it too: shall the app run as the user that the image sets, or has it \
             the user `node`?",
            instruction.first_line
        ),
        choices: vec![
            choice("keep", "running as the base image's own user"),
            choice("node", "running as the base image's user `node`"),
        ],
        default: Some("keep"),
    };
    if answers.ask(question) == "node" {
        base.user = Some("node");
    } else {
        base.notes.push(note(
            instruction,
            format!(
                "The app runs as the user that {written} sets. The files are root's: where that is another user, \
                 Next.js can't write its cache, and says so in its log."
            ),
        ));
    }
    Ok(base)
}

fn refused(instruction: &Instruction, message: String) -> Stop {
    refused_at(NOT_YET, instruction, message)
}

/// Whether Bun is the only JavaScript tool that the file uses.
fn only_bun(ran: &[Ran<'_>]) -> bool {
    let mut tools = ran.iter().filter(|ran| ran.is_javascript());
    let is_bun = |ran: &Ran<'_>| {
        ran.action.as_ref().is_some_and(|action| action.tool == Tool::Bun)
            || ran.command.name().is_some_and(|name| matches!(&*name, "bun" | "bunx"))
    };
    ran.iter().any(is_bun) && tools.all(is_bun)
}

/// The RUN that brings Node.js into an image that hasn't it.
fn installs_node<'a>(ran: &[Ran<'a>]) -> Option<&'a Instruction> {
    let brings = |ran: &&Ran<'_>| {
        let system = ran.action.as_ref().is_some_and(|action| !action.tool.is_javascript());
        let packages = ran.action.iter().flat_map(|action| &action.packages);
        let package =
            system && packages.into_iter().any(|p| matches!(&*p.name, "nodejs" | "node" | "nodejs-current"));
        let script = ran.command.words().iter().any(|word| {
            ["nodesource.com", "nvm-sh/nvm", "nodejs.org/dist", "fnm.vercel.app", "get.volta.sh"]
                .iter()
                .any(|place| word.text().contains(place))
        });
        package || script
    };
    ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run).find(brings).map(|ran| ran.instruction)
}

/// The option to take the slim variant for the run stage.
pub(super) fn slim_option(image: &str) -> (&'static str, Choice) {
    (RUN_BASE, choice("slim", format!("running on {image}")))
}
