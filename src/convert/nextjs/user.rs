//! Whom the app runs as.

use super::base::Kind;
use super::detect::Found;
use super::prisma;
use crate::convert::Question;
use crate::convert::ask::choice;
use crate::convert::commands::Ran;
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::shell::Word;
use crate::syntax::{InstructionId, Keyword};

/// The key of the question whether to add USER.
const KEY: &str = "user";

/// The answer that leaves everything to root.
pub(super) const ROOT: &str = "root";

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

/// Reads the user from the file; without USER it is the base image's own, where that is known.
pub(super) fn of(found: &Found<'_>) -> Result<User, Stop> {
    let last = found.subject.model.last_frame(found.stage).user;
    let Some(instruction) = last.and_then(|id| found.subject.instruction(id)) else {
        // A script that changes to another user itself begins as root.
        let name = found.base.user.filter(|_| found.entry.root.is_none());
        return Ok(User {
            name: name.map(str::to_owned),
            owner: name.map(|name| format!("{name}:{name}")),
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
        name @ ("node" | "bun") => Some(format!("{name}:{name}")),
        "1000" => Some("1000:1000".to_owned()),
        other => Some(other.to_owned()),
    };
    let plain = name.split(':').next().unwrap_or(&name).to_owned();
    let is_used_in_build = last.is_some_and(|id| id < found.build)
        || found.ran.iter().any(|ran| {
            let names = |word: &Word| word.text().split([':', ' ']).any(|part| part == plain);
            ran.id <= found.build && !makes_users(ran) && ran.command.args().iter().any(names)
        })
        || found.subject.model.steps(found.stage).any(|(id, i)| {
            id <= found.build
                && matches!(i.keyword, Keyword::Copy | Keyword::Add)
                && i.flag_value("chown").is_some_and(|owner| owner.split(':').any(|part| part == plain))
        });
    let is_created = owner.is_some() && found.ran.iter().any(makes_users);
    let is_there = matches!(&*plain, "root" | "node" | "nobody" | "www-data" | "daemon")
        || Some(&*plain) == found.base.user
        // What is named of another image is there already, or the file wouldn't build.
        || found.base.kind == Kind::Other
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
pub(super) fn doubt(found: &Found<'_>, port: Option<u32>, folders: &[String]) -> Option<String> {
    if let Some(what) = &found.entry.writes {
        return Some(format!("{what} changes files"));
    }
    let volume = found.subject.model.steps(found.stage).find(|(_, i)| i.keyword == Keyword::Volume);
    if let Some((_, volume)) = volume {
        return Some(format!("line {} declares a VOLUME, whose files root owns", volume.first_line));
    }
    if let Some(folder) = folders.first() {
        return Some(format!("the file makes {folder}, to which the app may write"));
    }
    if prisma::uses_sqlite(found) {
        return Some("the database is a file of SQLite".into());
    }
    if found.package.dependency("payload").is_some() {
        return Some("Payload may keep uploads in a folder of the app".into());
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

/// The question whether to run as the base image's user, since `doubt`.
pub(super) fn question(user: &str, doubt: &str) -> Question {
    Question {
        key: KEY,
        message: format!(
            "The app runs as root now. Shall it run as the image's user `{user}`? Something may need root: {doubt}."
        ),
        choices: vec![choice(user, format!("running as `{user}`")), choice(ROOT, "still running as root")],
        default: Some(ROOT),
    }
}
