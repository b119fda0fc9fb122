//! What single commands of a RUN do to the image's files.

use crate::context::Project;
use crate::shell::packages::{self, Action, Verb};
use crate::shell::{Command, RedirectKind, next, unwrap};

/// What a command does, as far as weight goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Deletes these, as written.
    Removes(Vec<String>),
    /// Takes these files of earlier layers into its own, as written: `chown -R`, `cp`, `mv`.
    Again(Vec<String>),
    /// Writes one of the folders that builds write: a bundler, or a compiler that writes about as much as
    /// it reads.
    Output { folder: &'static str, compiled: bool },
    /// Generates files beside the packages in node_modules.
    Generates,
    /// A package manager's program is fetched, such as `pnpm@9`.
    Fetches(String),
    /// Writes nothing that matters, or what is known by other ways.
    Nothing,
    /// Writes nobody knows what; the command's name.
    Unknown(String),
}

/// The commands that write at most a few lines: by their names, whatever their arguments.
const SMALL: [&str; 46] = [
    ":",
    "[",
    "[[",
    "true",
    "false",
    "test",
    "echo",
    "printf",
    "cd",
    "set",
    "export",
    "unset",
    "exit",
    "pwd",
    "mkdir",
    "touch",
    "ls",
    "which",
    "command",
    "type",
    "id",
    "whoami",
    "sleep",
    "date",
    "uname",
    "wc",
    "adduser",
    "addgroup",
    "useradd",
    "groupadd",
    "usermod",
    "groupmod",
    "deluser",
    "userdel",
    "delgroup",
    "groupdel",
    "tee",
    "umask",
    "eslint",
    "prettier",
    "jest",
    "vitest",
    "mocha",
    "husky",
    "ldconfig",
    "update-ca-certificates",
];

/// The commands that print what they read, changed or not: files of any size.
const FILTERS: [&str; 12] =
    ["cat", "head", "tail", "grep", "sort", "sed", "awk", "tr", "cut", "uniq", "tac", "envsubst"];

/// The effects of one command of a RUN, the scripts of package.json that it runs included.
pub(super) fn effects<'p>(
    command: &Command<'_>,
    project: impl FnOnce() -> Option<&'p Project>,
) -> Vec<Effect> {
    if next::is_next_build(command) {
        return Vec::new();
    }
    match packages::of(command) {
        Some(action) => managed(&action, project),
        None => {
            let words: Vec<String> =
                unwrap(command).words.iter().map(|word| word.value_or_text().into_owned()).collect();
            vec![if is_stored(command) { printed(&words) } else { program(&words) }]
        }
    }
}

/// Whether what a command prints goes into a file that stays.
fn is_stored(command: &Command<'_>) -> bool {
    use RedirectKind::{Append, AppendBoth, Clobber, Output, OutputBoth};
    command.redirects().iter().any(|redirect| {
        matches!(redirect.kind, Output | Clobber | Append | OutputBoth | AppendBoth)
            && redirect.descriptor.is_none_or(|descriptor| descriptor == 1)
            && redirect.target.as_ref().is_none_or(|target| !target.value_or_text().starts_with("/dev/"))
    })
}

/// A command whose output is a file: what prints a constant or what it is given in place writes little, what
/// prints files writes as much as they hold.
fn printed(words: &[String]) -> Effect {
    let Some(name) = words.first().map(|first| first.rsplit('/').next().unwrap_or(first)) else {
        return Effect::Nothing;
    };
    // The script of `sed` and its like stands before the files.
    let script = usize::from(matches!(name, "sed" | "awk" | "grep" | "tr" | "cut"));
    let reads = words[1..].iter().filter(|word| !word.starts_with('-')).count() > script;
    if FILTERS.contains(&name) && reads && name != "tr" && name != "envsubst" {
        return Effect::Unknown(name.to_owned());
    }
    program(words)
}

fn managed<'p>(action: &Action<'_>, project: impl FnOnce() -> Option<&'p Project>) -> Vec<Effect> {
    let unknown = |what: &str| vec![Effect::Unknown(format!("{} {what}", action.tool.name()))];
    match &action.verb {
        Verb::InstallManifest if action.tool.is_javascript() && !action.ignore_scripts => {
            // npm and its like run these after an install.
            let package = project().and_then(Project::package);
            let hooks = ["preinstall", "install", "postinstall", "prepare"];
            let programs = hooks.iter().filter_map(|hook| package?.programs(hook)).flatten();
            programs.map(|each| program(&each.words)).filter(|e| !matches!(e, Effect::Unknown(_))).collect()
        }
        Verb::InstallManifest if action.tool.is_javascript() => Vec::new(),
        Verb::InstallPackages if action.tool.is_javascript() && !action.global => unknown("install"),
        Verb::InstallPackages if action.tool != packages::Tool::Pip => Vec::new(),
        Verb::InstallManifest | Verb::InstallPackages => unknown("install"),
        Verb::RunScript(name) => match project().and_then(Project::package).map(|p| (p, p.programs(name))) {
            Some((_, Some(programs))) => programs.iter().map(|each| program(&each.words)).collect(),
            _ => unknown(&format!("run {name}")),
        },
        Verb::Exec => {
            let words: Vec<String> =
                action.program.iter().map(|word| word.value_or_text().into_owned()).collect();
            vec![program(&words)]
        }
        Verb::Update | Verb::Remove | Verb::CleanCache => Vec::new(),
        Verb::Upgrade => unknown("upgrade"),
        Verb::Other => {
            let quiet = ["config", "--version", "-v", "set", "version", "why", "list", "ls", "audit", "pkg"];
            let named = action.flags.iter().map(|flag| flag.name.as_str());
            let verb = action.verb_span.is_some();
            if !verb || named.clone().any(|name| quiet.contains(&name)) { Vec::new() } else { unknown("…") }
        }
    }
}

fn program(words: &[String]) -> Effect {
    let Some(first) = words.first() else { return Effect::Nothing };
    let name = first.rsplit('/').next().unwrap_or(first);
    let name = name.split('@').next().filter(|name| !name.is_empty()).unwrap_or(name);
    let has = |wanted: &[&str]| words[1..].iter().any(|word| wanted.contains(&word.as_str()));
    let operands = || words[1..].iter().filter(|word| !word.starts_with('-')).cloned().collect::<Vec<_>>();
    let recursive = || {
        words[1..].iter().any(|word| {
            word == "--recursive" || word.starts_with('-') && !word.starts_with("--") && word.contains('R')
        })
    };
    let output = |folder, compiled| Effect::Output { folder, compiled };
    match name {
        "rm" | "rmdir" | "rimraf" | "del" => Effect::Removes(operands()),
        "find" if has(&["-delete"]) => Effect::Nothing,
        "chown" | "chmod" | "chgrp" if !recursive() => Effect::Nothing,
        "chown" | "chmod" | "chgrp" => Effect::Again(operands().into_iter().skip(1).collect()),
        "cp" | "mv" => {
            let mut sources = operands();
            sources.pop();
            Effect::Again(sources)
        }
        // A link to a file of a layer below brings it into this one, all but a symbolic one.
        "ln" if !words[1..].iter().any(|word| is_short(word, 's') || word == "--symbolic") => {
            Effect::Again(operands().into_iter().take(1).collect())
        }
        "ln" => Effect::Nothing,
        "sed" if words[1..].iter().any(|word| is_short(word, 'i') || word.starts_with("--in-place")) => {
            // Settings of the system are small.
            Effect::Again(edited(words).into_iter().filter(|file| !file.contains("/etc/")).collect())
        }
        "sort" if has(&["-o"]) => Effect::Unknown("sort".to_owned()),
        "next" => match words.get(1).map(String::as_str) {
            Some("build" | "lint" | "telemetry" | "info" | "typegen") => Effect::Nothing,
            _ => Effect::Unknown("next".to_owned()),
        },
        "tsc" | "vue-tsc" if has(&["--noEmit", "--version", "-v"]) => Effect::Nothing,
        "tsc" | "swc" => output("dist", true),
        "nest" if has(&["build"]) => output("dist", true),
        "tsup" | "unbuild" | "ncc" | "tsdown" | "vue-tsc" => output("dist", false),
        "rollup" | "webpack" | "esbuild" => output("dist", false),
        "vite" | "ng" | "astro" if has(&["build"]) => output("dist", false),
        "react-scripts" | "remix" if has(&["build"]) => output("build", false),
        "nuxt" | "nuxi" if has(&["build", "generate"]) => output(".output", false),
        "prisma" if has(&["generate"]) => Effect::Generates,
        "corepack" => match operands().split_first() {
            Some((verb, names)) if matches!(&**verb, "prepare" | "install" | "use") => {
                let name = names.first().map(|name| name.split('@').next().unwrap_or(name).to_owned());
                name.map_or(Effect::Unknown("corepack".to_owned()), Effect::Fetches)
            }
            _ => Effect::Nothing,
        },
        "git" if has(&["config"]) => Effect::Nothing,
        "node" | "npm" | "yarn" | "pnpm" | "bun" | "python3" if has(&["--version", "-v"]) => Effect::Nothing,
        "patch-package" | "only-allow" | "lint-staged" | "is-ci" => Effect::Nothing,
        _ if SMALL.contains(&name) || FILTERS.contains(&name) => Effect::Nothing,
        _ => Effect::Unknown(name.to_owned()),
    }
}

/// Whether `word` holds the one-letter option `letter`: `-s`, `-sf`.
fn is_short(word: &str, letter: char) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains(letter)
}

/// The files that `sed -i` writes anew.
fn edited(words: &[String]) -> Vec<String> {
    let mut files = Vec::new();
    let mut scripted = false;
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        if matches!(&**word, "-e" | "-f" | "--expression" | "--file") {
            scripted = true;
            rest.next();
        } else if !word.starts_with('-') {
            files.push(word.clone());
        }
    }
    // Without an option for it the first word is the script.
    files.into_iter().skip(usize::from(!scripted)).collect()
}
