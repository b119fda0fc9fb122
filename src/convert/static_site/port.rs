//! Where the site was served, which is where nginx listens.

use super::programs::{FileServer, Tool, major};
use super::start::{Server, Start};
use super::vite::setting;
use crate::context::vite_config::Setting;
use crate::convert::built::Built;
use crate::convert::ports::{Asked, port_of};
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::syntax::Keyword;

/// The port of nginx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub number: u32,
    /// The server before read it from the variable PORT.
    pub by_variable: bool,
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
    let own = start.env.iter().rev().find(|(name, _)| name == "PORT").map(|(_, value)| value.clone());
    let set = variable(built);
    let given = own.or_else(|| set.clone());
    let reads_variable = !matches!(start.server, Server::Preview | Server::Dev(Tool::Vite));
    let (text, by_variable) = match start.options.port.as_deref().map(|port| (port, port_of(port, ""))) {
        Some((_, Asked::Literal(port))) => (port, false),
        Some((_, Asked::FromPort(default))) => (given.unwrap_or(default), true),
        Some((_, Asked::Unclear))
            if given.is_some() && start.options.port.as_deref().is_some_and(is_port) =>
        {
            (given.unwrap_or_default(), true)
        }
        Some((written, Asked::Unclear)) => return Err(unclear(written)),
        None if reads_variable && given.is_some() => (given.unwrap_or_default(), set.is_some()),
        None => (usual(built, start)?, false),
    };
    match port_of(&text, "") {
        Asked::Literal(port) => match port.parse() {
            Ok(number @ 1..=65535) => Ok(Port { number, by_variable }),
            _ => Err(unclear(&port)),
        },
        _ => Err(unclear(&text)),
    }
}

/// Whether a word is the variable PORT and nothing else.
fn is_port(word: &str) -> bool {
    matches!(word, "$PORT" | "${PORT}")
}

/// PORT as the image sets it.
fn variable(built: &Built<'_>) -> Option<String> {
    let steps = built.subject.model.steps(built.stage).filter(|(_, i)| i.keyword == Keyword::Env);
    let pairs = steps.flat_map(|(id, i)| i.pairs().map(move |(name, value)| (id, name, value)));
    let (id, _, value) = pairs.filter(|(_, name, _)| &*name.text == "PORT").last()?;
    let value = built.subject.model.expanded(id, &value.text)?;
    Some(value.trim_matches(['"', '\'']).to_owned())
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
