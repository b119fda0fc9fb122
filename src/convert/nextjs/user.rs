//! Whom the app runs as.

use super::commands::Ran;
use super::detect::Found;
use super::refuse::{NOT_YET, Stop, refused_at};
use crate::convert::Question;
use crate::shell::Word;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;
use crate::syntax::{InstructionId, Keyword};

/// The key of the question whether to add USER.
pub(super) const KEY: &str = "user";

/// The user of the run stage.
#[derive(Clone, Debug)]
pub(super) struct User {
    /// What USER says there; None where it stays the base image's root.
    pub name: Option<String>,
    /// The value of `--chown`; None where everything stays root's.
    pub owner: Option<String>,
    /// The user's own USER instruction, where one names this user.
    pub instruction: Option<InstructionId>,
    /// Something of the build stage runs as this user, or names it.
    pub is_used_in_build: bool,
    /// The file creates it, or changes what the base image says of it.
    pub is_created: bool,
}

/// Reads the user from the file; without USER, the images of Node.js have `node`.
pub(super) fn of(found: &Found<'_>) -> Result<User, Stop> {
    let last = found.subject.model.last_frame(found.stage).user;
    let Some(instruction) = last.and_then(|id| found.subject.instruction(id)) else {
        return Ok(User {
            name: Some("node".into()),
            owner: Some("node:node".into()),
            instruction: None,
            is_used_in_build: false,
            is_created: false,
        });
    };
    let name = instruction.args.first().map(|word| word.text.to_string()).unwrap_or_default();
    if name.contains(['$', '"', '\'', ' ']) || name.is_empty() {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!(
                "USER on line {} isn't a plain name, so who owns the files isn't known.",
                instruction.first_line
            ),
        ));
    }
    let owner = match &*name {
        "root" | "0" | "root:root" | "0:0" => None,
        "node" => Some("node:node".to_owned()),
        "1000" => Some("1000:1000".to_owned()),
        other => Some(other.to_owned()),
    };
    let plain = name.split(':').next().unwrap_or(&name).to_owned();
    let is_used_in_build = last.is_some_and(|id| id < found.build)
        || found.ran.iter().any(|ran| {
            let names = |word: &Word| word.text().split([':', ' ']).any(|part| part == plain);
            let makes = matches!(
                ran.command.name().as_deref(),
                Some("adduser" | "useradd" | "addgroup" | "groupadd")
            );
            ran.id <= found.build && !makes && ran.command.args().iter().any(names)
        })
        || found.subject.model.steps(found.stage).any(|(id, i)| {
            id <= found.build
                && matches!(i.keyword, Keyword::Copy | Keyword::Add)
                && i.flag_value("chown").is_some_and(|owner| owner.split(':').any(|part| part == plain))
        });
    let is_created = owner.is_some() && found.ran.iter().any(makes_users);
    let is_there = matches!(&*plain, "root" | "node" | "nobody" | "www-data" | "daemon")
        || plain.chars().all(|c| c.is_ascii_digit());
    if !is_there && !is_created {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!("No line creates the user `{plain}` of line {}.", instruction.first_line),
        ));
    }
    Ok(User { name: Some(name), owner, instruction: last, is_used_in_build, is_created })
}

/// Whether a command creates or changes users or groups.
pub(super) fn makes_users(ran: &Ran<'_>) -> bool {
    let program = ran.command.name().unwrap_or_default();
    let known = ["adduser", "addgroup", "useradd", "groupadd", "usermod", "groupmod", "deluser", "delgroup"];
    known.contains(&program.rsplit('/').next().unwrap_or(&program))
}

/// Whether adding USER could break what the app writes or listens on, and why.
pub(super) fn doubt(found: &Found<'_>, port: Option<u32>) -> Option<String> {
    let volume = found.subject.model.steps(found.stage).find(|(_, i)| i.keyword == Keyword::Volume);
    if let Some((_, volume)) = volume {
        return Some(format!("line {} declares a VOLUME, whose files root owns", volume.first_line));
    }
    let writes = ["better-sqlite3", "sqlite3", "sqlite", "libsql", "@libsql/client", "lowdb", "multer"];
    if let Some(name) = writes.iter().find(|name| found.package.dependency(name).is_some()) {
        return Some(format!("package.json names {name}, which writes files"));
    }
    match port {
        Some(port) if port < 1024 => Some(format!(
            "it listens on port {port}, which Docker lets every user do, but not every other runtime"
        )),
        _ => None,
    }
}

/// The question whether to run as `node`, since `doubt`.
pub(super) fn question(doubt: &str) -> Question {
    Question {
        key: KEY,
        message: format!(
            "The app runs as root now. Shall it run as the image's user `node`? Something may need root: {doubt}."
        ),
        choices: vec!["node".into(), "root".into()],
        default: Some("root".into()),
    }
}

/// Refuses bases of which it isn't known that they bring Node.js and the user `node`.
pub(super) fn known_base(found: &Found<'_>) -> Result<(), Stop> {
    let Some(instruction) = found.subject.instruction(found.stage.from) else { return Err(Stop::NotNextjs) };
    let Some(from) = from(instruction) else { return Err(Stop::NotNextjs) };
    let reference = ImageRef::parse(&from.image.text, found.subject.tree().escape());
    let name = reference.familiar_name();
    let official = name == "node"
        || ["public.ecr.aws/docker/library/node", "mirror.gcr.io/library/node"].contains(&&*name);
    if official {
        return Ok(());
    }
    Err(refused_at(
        NOT_YET,
        instruction,
        format!(
            "The base {} on line {} isn't the official image of Node.js; what it brings for running the app, and \
             as which user, isn't known.",
            from.image.text, instruction.first_line
        ),
    ))
}
