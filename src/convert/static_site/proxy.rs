//! Paths that the server before passed on to another one, which a server of files doesn't.

use super::detect::Found;
use super::programs::Tool;
use super::start::Server;
use crate::convert::Question;
use crate::convert::ask::choice;
use crate::convert::places;
use crate::convert::refuse::Stop;
use crate::text::Span;
use std::path::PathBuf;

/// The key of the question whether the proxy may go.
pub(super) const KEY: &str = "proxy";

/// Asks where the server that the image starts passes some paths on.
pub(super) fn check(found: &Found<'_>) -> Result<(), Stop> {
    let Some(Proxy { what, .. }) = of(found) else { return Ok(()) };
    let at = found.instructions.deciding().and_then(|id| found.subject.instruction(id));
    let at = at.ok_or(Stop::NotMine)?;
    let question = Question {
        key: KEY,
        message: format!(
            "{what} has the server that line {} starts pass some paths on to another one, which the image of nginx \
             doesn't do. Does something in front of the container do it, or does the app ask the other server itself?",
            at.first_line
        ),
        choices: vec![choice("drop", format!("without {what}"))],
        default: None,
    };
    found.answers.ask(question);
    Ok(())
}

/// A proxy that the start has.
pub(super) struct Proxy {
    pub what: &'static str,
    pub path: Option<PathBuf>,
    pub span: Option<Span>,
}

pub(super) fn of(found: &Found<'_>) -> Option<Proxy> {
    let parsed = found.project.vite_config.as_ref().and_then(|read| read.as_ref().ok());
    let of_vite = |what, span: Option<Span>| {
        let parsed = parsed?;
        Some(Proxy { what, path: Some(parsed.file.path.clone()), span: Some(span?) })
    };
    let config = parsed.map(|parsed| &parsed.content);
    let of_server = || of_vite("`server.proxy` of vite.config", config?.server.proxy);
    match found.start.server {
        Server::Dev(Tool::Vite) => of_server(),
        Server::Preview => {
            of_vite("`preview.proxy` of vite.config", config.and_then(|config| config.preview.proxy))
                .or_else(of_server)
        }
        Server::Dev(Tool::ReactScripts) => {
            let at = |name: &str| places::below(&found.project.folder, name);
            if found.package.raw.get("proxy").is_some_and(|value| value.is_string()) {
                let path = found.view.absolute(&at("package.json"));
                return Some(Proxy { what: "`proxy` of package.json", path, span: None });
            }
            let name = at("src/setupProxy.js");
            found.view.file(&name)?;
            Some(Proxy { what: "src/setupProxy.js", path: found.view.absolute(&name), span: None })
        }
        Server::Files(_) => None,
    }
}
