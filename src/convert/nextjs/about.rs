//! What the commands of a RUN are about.

use super::browsers;
use super::detect::Found;
use super::user::makes_users;
use crate::convert::commands::Ran;
use crate::convert::places::is_within;
use crate::model::resolve;
use crate::shell::packages::{Tool, Verb};

/// What one command of a RUN is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Leaves nothing that a running app could miss.
    Nothing,
    /// A JavaScript package manager or tool, whose results are in the project's folder.
    Project,
    /// apk or apt.
    System,
    /// Creates users and groups.
    Users,
    /// Owners and modes.
    Owners,
    /// Deletes files.
    Deletes,
    /// Makes folders that the app may write to.
    Folders,
    /// Writes into public/ or the build's output, which the run stage takes anyway.
    Output,
    /// Anything else, whose effect isn't known.
    Unknown,
}

pub(super) fn about(found: &Found<'_>, ran: &Ran<'_>, after: bool) -> About {
    if writes_elsewhere(found, ran) {
        return About::Unknown;
    }
    if makes_sitemap(found, ran) {
        return About::Output;
    }
    if browsers::installs(found, ran) {
        return About::Unknown;
    }
    if let Some(action) = &ran.action {
        return match (action.tool, &action.verb) {
            (Tool::Apk | Tool::Apt, Verb::CleanCache | Verb::Update | Verb::Remove) => About::Nothing,
            (Tool::Apk | Tool::Apt, Verb::InstallPackages | Verb::Upgrade) => About::System,
            (Tool::Apk | Tool::Apt, _) => About::Nothing,
            (Tool::Pip, _) => About::Unknown,
            (_, Verb::Remove | Verb::CleanCache) if after => About::Deletes,
            (_, Verb::InstallPackages) if after && action.global => About::Project,
            (_, Verb::InstallManifest) if after && action.production => About::Project,
            (_, Verb::Other) if after && action.has(&["--version", "-v"]) => About::Nothing,
            _ if after => About::Unknown,
            _ => About::Project,
        };
    }
    if ran.next.is_some() {
        return if after && ran.next.as_ref().is_some_and(|next| next.verb == "build") {
            About::Unknown
        } else {
            About::Project
        };
    }
    let Some(name) = ran.command.name() else {
        // Assignments alone.
        return if ran.command.words().is_empty() { About::Nothing } else { About::Unknown };
    };
    match name.rsplit('/').next().unwrap_or(&name) {
        "cd" | "set" | "true" | ":" | "test" | "[" | "ls" | "cat" | "pwd" | "env" | "date" | "sleep"
        | "export" | "exit" | "echo" | "printf" | "printenv" | "which" | "command" | "du" | "df" | "id"
        | "whoami" | "uname" | "find" | "head" | "tail" | "wc" | "unset" | "grep" => About::Nothing,
        "sh" | "bash" | "ash" if ran.command.node.inner.is_some() => About::Nothing,
        "corepack" | "node" | "tsc" | "eslint" | "prisma" | "npx" | "n" if !after => About::Project,
        "sed" if ran.command.args().iter().any(|word| word.text().contains("next.config")) => About::Unknown,
        "sed" if !after => About::Project,
        "cp" if !after && copies_env(ran) => About::Project,
        "curl" | "wget" | "sh" | "bash" if !after && installs_manager(ran) => About::Project,
        _ if makes_users(ran) => About::Users,
        "chown" | "chmod" | "chgrp" => About::Owners,
        "rm" | "rmdir" if deletes_output(ran) && after => About::Unknown,
        "rm" | "rmdir" => About::Deletes,
        "mkdir" if makes_only_own_folders(found, ran) => About::Nothing,
        "mkdir" if folders(ran).is_some() => About::Folders,
        _ => About::Unknown,
    }
}

/// Whether it runs next-sitemap, which writes to public/, by itself or as a script that does nothing else.
fn makes_sitemap(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    let is = |program: &str| program.rsplit('/').next() == Some("next-sitemap");
    match ran.action.as_ref().map(|action| &action.verb) {
        Some(Verb::RunScript(name)) => found.package.programs(name).is_some_and(|programs| {
            !programs.is_empty()
                && programs.iter().all(|program| program.words.first().is_some_and(|word| is(word)))
        }),
        Some(Verb::Exec) => {
            let program = ran.action.as_ref().and_then(|action| action.program.first());
            program.is_some_and(|word| is(&word.unquoted()))
        }
        Some(_) => false,
        None => ran.command.name().is_some_and(|name| is(&name)),
    }
}

/// A package manager by its own script: `curl -fsSL https://bun.sh/install | bash`. Its only use is the build.
fn installs_manager(ran: &Ran<'_>) -> bool {
    let scripts = ["bun.sh/install", "bun.com/install", "get.pnpm.io/install.sh", "yarnpkg.com/install.sh"];
    ran.instruction.args.iter().any(|word| scripts.iter().any(|script| word.text.contains(script)))
}

/// The folders that a mkdir makes, as paths of the image; None where they can't be told.
pub(super) fn folders(ran: &Ran<'_>) -> Option<Vec<String>> {
    let folder = ran.folder.as_deref()?;
    let mut words = ran.command.args().iter();
    let mut paths = Vec::new();
    while let Some(word) = words.next() {
        match &*word.literal()? {
            "-m" | "--mode" => drop(words.next()),
            flag if flag.starts_with('-') => {}
            path if path.contains(['{', '*', '?', '~']) => return None,
            path => paths.push(resolve(folder, path)),
        }
    }
    (!paths.is_empty()).then_some(paths)
}

/// Whether a redirection writes a file that the build doesn't take in.
fn writes_elsewhere(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    ran.command.redirects().iter().any(|redirect| {
        let writes = redirect.kind.writes();
        let target = redirect.target.as_ref().and_then(|word| word.literal());
        let Some(target) = target.filter(|_| writes) else { return writes };
        if target.starts_with("/dev/") {
            return false;
        }
        let Some(folder) = &ran.folder else { return true };
        let path = resolve(folder, &target);
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        // Of what stands in `.env.local`, and isn't in the output, the user is asked.
        let env = name.starts_with(".env");
        !(is_within(&path, &found.app) && (env || name == ".npmrc"))
            && !matches!(&*name, ".npmrc" | ".yarnrc" | ".yarnrc.yml")
    })
}

fn copies_env(ran: &Ran<'_>) -> bool {
    let last = ran.command.args().last().and_then(|word| word.literal());
    last.is_some_and(|last| last.rsplit('/').next().is_some_and(|name| name.starts_with(".env")))
}

/// Whether more of the build's output goes than its cache.
fn deletes_output(ran: &Ran<'_>) -> bool {
    ran.command.args().iter().any(|word| {
        let text = word.value_or_text();
        let cache = text.contains(".next/cache");
        text.contains(".next") && !cache || text.contains("public") || matches!(&*text, "*" | "." | "./*")
    })
}

/// Whether a mkdir makes only folders that the app is built in.
fn makes_only_own_folders(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    let Some(folder) = &ran.folder else { return false };
    ran.command.args().iter().filter(|word| !word.text().starts_with('-')).all(|word| {
        let Some(path) = word.literal() else { return false };
        let path = resolve(folder, &path);
        let inside = path.strip_prefix(&*found.app).unwrap_or("").trim_start_matches('/');
        let known = [".next", "node_modules"]
            .iter()
            .any(|name| is_within(&format!("/{inside}"), &format!("/{name}")));
        is_within(&found.root, &path) || is_within(&found.app, &path) || known
    })
}

/// Whether a command behind the build may stay there for what it does to the output: it neither takes that away nor
/// builds, installs or generates anew what the running app needs.
pub(super) fn may_stay(ran: &Ran<'_>) -> bool {
    let installs = ran.action.as_ref().is_some_and(|action| action.installs());
    let builds = ran.next.is_some() || ran.script().is_some_and(|script| script.contains("build"));
    !(installs || builds || deletes_output(ran) || super::prisma::generates(&ran.command))
}
