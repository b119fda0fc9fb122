//! Where the site was served, which is where nginx listens.

use super::environment::{By, Whose, find};
use super::programs::{FileServer, Tool, major};
use super::start::{Server, Start};
use super::vite::setting;
use crate::context::vite_config::Setting;
use crate::convert::built::Built;
use crate::convert::ports::{Asked, port_of};
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::syntax::InstructionId;

/// The port of nginx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub number: u32,
    /// The server before read it from the variable PORT.
    pub by_variable: bool,
    /// The ARG that gives that variable its value.
    pub argument: Option<InstructionId>,
}

pub(super) fn of(built: &Built<'_>, start: &Start) -> Result<Port, Stop> {
    let at = built.instructions.deciding().and_then(|id| built.subject.instruction(id));
    let at = at.ok_or(Stop::NotMine)?;
    let unclear = |port: &str| {
        let message = format!(
            "The port `{port}` that line {} is given is known only when the container runs, and that of nginx stands in \
             its settings. Write a number.",
            at.first_line
        );
        refused_at(NOT_YET, at, message)
    };
    let reads_variable = !matches!(start.server, Server::Preview | Server::Dev(Tool::Vite));
    let asked = start.options.port.as_deref().map(|port| (port, port_of(port, "")));
    let needed = match &asked {
        None => reads_variable,
        Some((written, Asked::Unclear)) => is_port(written),
        Some((_, asked)) => !matches!(asked, Asked::Literal(_)),
    };
    let whose = Whose::Start(start);
    let found = if needed { find(built, whose, "PORT")? } else { None };
    if let Some(variable) = found.as_ref().filter(|variable| variable.value.is_none()) {
        let message = format!(
            "What PORT is set to here isn't known, and that of nginx stands in its settings: line {} takes its port from \
             it. Write a number.",
            at.first_line
        );
        return Err(variable.refused(built, whose, message));
    }
    let argument = found.as_ref().and_then(|variable| match variable.by {
        By::Argument(id) => Some(id),
        _ => None,
    });
    let by_image = found.as_ref().is_some_and(|variable| !matches!(variable.by, By::Command));
    let given = found.and_then(|variable| variable.value).filter(|value| !value.is_empty());
    let (text, by_variable) = match asked {
        Some((_, Asked::Literal(port))) => (port, false),
        Some((_, Asked::FromPort(default))) => (given.unwrap_or(default), true),
        Some((written, Asked::Unclear)) => (given.ok_or_else(|| unclear(written))?, true),
        None => match given {
            Some(port) => (port, by_image),
            None => (usual(built, start)?, false),
        },
    };
    match port_of(&text, "") {
        Asked::Literal(port) => match port.parse() {
            Ok(number @ 1..=65535) => Ok(Port { number, by_variable, argument }),
            _ => Err(unclear(&port)),
        },
        _ => Err(unclear(&text)),
    }
}

/// Whether a word is the variable PORT and nothing else.
fn is_port(word: &str) -> bool {
    matches!(word, "$PORT" | "${PORT}")
}

/// The port that the server takes where nothing names one. Sources: the servers' own documentation, of their last
/// versions and of those that had others.
fn usual(built: &Built<'_>, start: &Start) -> Result<String, Stop> {
    let asked = |name: &str| built.package.dependency(name).and_then(major);
    let is_before = |version: Option<u32>, first: u32| version.is_some_and(|version| version < first);
    let parsed = built.project.vite_config.as_ref().and_then(|read| read.as_ref().ok());
    let (name, set) = match (start.server, parsed) {
        (Server::Preview, Some(parsed)) => ("preview.port", &parsed.content.preview.port),
        (Server::Dev(Tool::Vite), Some(parsed)) => ("server.port", &parsed.content.server.port),
        _ => ("", &Setting::Absent),
    };
    let installed = |name: &str| {
        let actions = built.ran.iter().filter_map(|ran| ran.action.as_ref());
        let mut packages = actions.flat_map(|action| &action.packages);
        packages.find(|package| package.name == name)?.version.as_deref().and_then(major)
    };
    let version = |name: &str| start.version.as_deref().and_then(major).or(installed(name)).or(asked(name));
    let usual = match start.server {
        Server::Preview if is_before(asked("vite"), 3) => "5000",
        Server::Preview => "4173",
        Server::Dev(Tool::Vite) if is_before(asked("vite"), 3) => "3000",
        Server::Dev(Tool::Vite) => "5173",
        Server::Dev(Tool::ReactScripts) => "3000",
        Server::Files(FileServer::Serve) if is_before(version("serve"), 14) => "5000",
        Server::Files(FileServer::Serve) => "3000",
        Server::Files(FileServer::HttpServer) => "8080",
        Server::Files(FileServer::Sirv) if is_before(version("sirv-cli"), 2) => "5000",
        Server::Files(FileServer::Sirv) => "8080",
    };
    setting(parsed, set, name, usual)
}
