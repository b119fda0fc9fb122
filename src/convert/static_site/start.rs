//! What the container starts, looked through down to the program that serves the site.

use super::programs::{self, FileServer, Role, Tool};
use super::server::{self, Options};
use crate::context::{PackageJson, Program};
use crate::convert::commands::quote;
use crate::convert::instructions::{IMAGES_OWN, Instructions};
use crate::layers::Subject;
use crate::shell;

/// What is started, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) enum Begin {
    Nothing,
    Serves(Start),
    Builds,
    /// More than one process; the word names one of them.
    Several(String),
    /// A server of the project's own, by its file.
    Custom(String),
    /// The sentence's end: "the start …".
    Other(String),
}

/// One program that serves the site.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub server: Server,
    pub options: Options,
    /// Variables set for the program only.
    pub env: Vec<(String, String)>,
    /// The files that it is given variables from.
    pub loads: Vec<String>,
    /// The version that the command itself names.
    pub version: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Preview,
    Dev(Tool),
    Files(FileServer),
}

/// Programs that make a container one of several processes.
const OTHERS: [&str; 8] =
    ["nginx", "supervisord", "cron", "crond", "concurrently", "apache2", "httpd", "redis-server"];

pub(super) fn read(
    subject: &Subject<'_>,
    instructions: &Instructions,
    package: Option<&PackageJson>,
) -> Begin {
    let words = instructions.words(subject);
    let own = words.first().is_some_and(|word| word.rsplit('/').next() == Some(IMAGES_OWN));
    let line = words[usize::from(own)..].join(" ");
    if line.trim().is_empty() {
        return Begin::Nothing;
    }
    of_line(&without_init(&line), package)
}

fn of_line(line: &str, package: Option<&PackageJson>) -> Begin {
    let empty = PackageJson::default();
    let Some(programs) = package.unwrap_or(&empty).command_programs(line) else {
        return Begin::Other("can't be followed through its scripts".into());
    };
    if programs.iter().any(|program| matches!(programs::role(program), Role::Build(..))) {
        return Begin::Builds;
    }
    let other = programs.iter().map(programs::name).find(|name| OTHERS.contains(name));
    match (&programs[..], other) {
        ([], _) => Begin::Nothing,
        ([only], Some("nginx")) if only.words.len() > 1 => {
            Begin::Other("runs nginx already, with settings that aren't read".into())
        }
        (_, Some(other)) => Begin::Several(other.to_owned()),
        ([only], None) => of_program(only),
        ([first, ..], None) => {
            Begin::Other(format!("runs more than one command (`{}` first)", first.words.join(" ")))
        }
    }
}

fn of_program(program: &Program) -> Begin {
    let (server, options) = match programs::role(program) {
        Role::Preview(words) => (Server::Preview, server::preview(words)),
        Role::Dev(Tool::Vite, words) => (Server::Dev(Tool::Vite), server::dev(words)),
        Role::Dev(Tool::ReactScripts, words) => {
            let options = match words.first() {
                None => Ok(Options { single: true, ..Options::default() }),
                Some(word) => Err(format!("`{word}`")),
            };
            (Server::Dev(Tool::ReactScripts), options)
        }
        Role::Files(server, words) => {
            let options = match server {
                FileServer::Serve => server::serve(words),
                FileServer::HttpServer => server::http_server(words),
                FileServer::Sirv => server::sirv(words),
            };
            (Server::Files(server), options)
        }
        Role::Build(..) => return Begin::Builds,
        Role::Other => return otherwise(program),
    };
    let version = programs::version(program).map(str::to_owned);
    match options {
        Ok(options) => {
            let (env, loads) = (program.env.clone(), program.loads.clone());
            Begin::Serves(Start { server, options, env, loads, version })
        }
        Err(what) => {
            Begin::Other(format!("gives {} {what}, which isn't carried over", programs::name(program)))
        }
    }
}

fn otherwise(program: &Program) -> Begin {
    let name = programs::name(program);
    if matches!(
        name,
        "node" | "nodejs" | "bun" | "deno" | "tsx" | "ts-node" | "nodemon" | "babel-node" | "pm2-runtime"
    ) {
        let file = program.words.iter().skip(1).find(|word| !word.starts_with('-'));
        return Begin::Custom(file.map_or(name, String::as_str).to_owned());
    }
    Begin::Other(format!("runs `{}`, which isn't a server of files that is known", program.words.join(" ")))
}

/// The line without `dumb-init` or `tini` in front, which nginx doesn't need.
fn without_init(line: &str) -> String {
    let script = shell::parse_str(line);
    let commands = script.commands();
    let mut own = commands.iter().filter(|command| !command.nesting.inner);
    let (Some(only), None) = (own.next(), own.next()) else { return line.to_owned() };
    let outer = only.words().first().and_then(|word| word.literal()).unwrap_or_default();
    if !matches!(outer.rsplit('/').next(), Some("dumb-init" | "tini")) {
        return line.to_owned();
    }
    let words = shell::unwrap(only).words.iter().map(|word| match word.literal() {
        Some(value) => quote(&value),
        None => word.text().to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
