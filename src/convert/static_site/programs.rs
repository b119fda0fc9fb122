//! What the programs of a command line are to a site of files.

use crate::context::{PackageJson, Program};
use crate::convert::commands::line;
use crate::shell::{Command, packages};

/// What builds the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Vite,
    ReactScripts,
}

impl Tool {
    pub const ALL: [Tool; 2] = [Tool::Vite, Tool::ReactScripts];

    /// What the variables that it writes into the files begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Tool::Vite => "VITE_",
            Tool::ReactScripts => "REACT_APP_",
        }
    }
}

/// A program that serves a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileServer {
    Serve,
    HttpServer,
    Sirv,
}

/// What a program does; the words are its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role<'p> {
    Build(Tool, &'p [String]),
    /// `vite preview`: serves what was built.
    Preview(&'p [String]),
    /// The development server.
    Dev(Tool, &'p [String]),
    Files(FileServer, &'p [String]),
    Other,
}

pub(super) fn role(program: &Program) -> Role<'_> {
    let Some((_, rest)) = program.words.split_first() else { return Role::Other };
    let first = rest.first().map(String::as_str);
    let after = rest.get(1..).unwrap_or_default();
    match name(program) {
        "vite" => match first {
            Some("build") => Role::Build(Tool::Vite, after),
            Some("preview") => Role::Preview(after),
            Some("dev" | "serve") => Role::Dev(Tool::Vite, after),
            Some("optimize") => Role::Other,
            _ => Role::Dev(Tool::Vite, rest),
        },
        "react-scripts" => match first {
            Some("build") => Role::Build(Tool::ReactScripts, after),
            Some("start") => Role::Dev(Tool::ReactScripts, after),
            _ => Role::Other,
        },
        "serve" => Role::Files(FileServer::Serve, rest),
        "http-server" => Role::Files(FileServer::HttpServer, rest),
        "sirv" | "sirv-cli" => Role::Files(FileServer::Sirv, rest),
        _ => Role::Other,
    }
}

/// The program without its folder and the version that `npx serve@14` asks for.
pub(super) fn name(program: &Program) -> &str {
    let word = program.words.first().map(String::as_str).unwrap_or_default();
    let word = word.rsplit('/').next().unwrap_or(word);
    word.split('@').next().unwrap_or(word)
}

/// The version behind the program's name: `14` of `npx serve@14`.
pub(super) fn version(program: &Program) -> Option<&str> {
    program.words.first()?.rsplit('/').next()?.split_once('@').map(|(_, version)| version)
}

/// The programs that a command comes to, by the scripts of `package` where it runs such.
pub(super) fn of(command: &Command<'_>, package: Option<&PackageJson>) -> Vec<Program> {
    let line = line(command);
    match package {
        Some(package) => package.command_programs(&line),
        None => PackageJson::default().command_programs(&line),
    }
    .unwrap_or_default()
}

/// The first number of a version or a range of versions.
pub(super) fn major(version: &str) -> Option<u32> {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// Whether a command runs scripts of packages that it names by a filter, or through a tool of monorepos.
pub(super) fn is_of_a_workspace(command: &Command<'_>) -> bool {
    let words: Vec<_> = command.words().iter().map(|word| word.value_or_text()).collect();
    let tools = ["nx", "turbo", "lerna"];
    let filters = ["-w", "--workspace", "--workspaces", "--filter", "-F", "workspace", "-r", "--recursive"];
    let is_manager = packages::of(command).is_some_and(|action| action.tool.is_javascript());
    let is_filter = |word: &str| filters.contains(&word.split('=').next().unwrap_or(word));
    words.iter().any(|word| tools.contains(&&**word))
        || is_manager && words.iter().any(|word| is_filter(word))
}
