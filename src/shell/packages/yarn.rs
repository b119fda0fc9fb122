//! yarn, both classic (1.x) and berry (2 and later).

use super::{Action, Tool, Verb, args};
use crate::shell::Word;

const VALUES: [&str; 18] = [
    "--cwd",
    "--registry",
    "--cache-folder",
    "--modules-folder",
    "--network-timeout",
    "--network-concurrency",
    "--mutex",
    "--use-yarnrc",
    "--preferred-cache-folder",
    "--global-folder",
    "--link-folder",
    "--mode",
    "--inline-builds",
    "--prefix",
    "--https-proxy",
    "--proxy",
    "--otp",
    "--tag",
];

/// Programs that people start as `yarn NAME` without a script of that name. Any other unknown word counts as
/// a script: yarn looks for one first.
const PROGRAMS: [&str; 18] = [
    "next",
    "tsc",
    "turbo",
    "nx",
    "lerna",
    "prisma",
    "vite",
    "webpack",
    "eslint",
    "jest",
    "vitest",
    "rimraf",
    "tsx",
    "ts-node",
    "nest",
    "cross-env",
    "patch-package",
    "drizzle-kit",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::new(Tool::Yarn, words, &parsed);
    action.frozen = parsed.on(&["--frozen-lockfile", "--immutable", "--immutable-cache"]);
    action.production = parsed.on(&["--production", "--prod"]);
    action.ignore_scripts =
        parsed.on(&["--ignore-scripts"]) || parsed.value(&["--mode"]).as_deref() == Some("skip-build");
    action.directory = parsed.value(&["--cwd"]);
    let mut first = 0;
    if parsed.verb().as_deref() == Some("global") {
        action.global = true;
        first = 1;
    }
    // `yarn workspace NAME build`, `yarn workspaces focus`
    let mut workspaces = false;
    match parsed.verb().as_deref() {
        Some("workspace") => first = 2,
        Some("workspaces") => {
            workspaces = true;
            first = 1;
        }
        _ => {}
    }
    let operands = parsed.operands.get(first..).unwrap_or(&[]);
    action.verb_span = operands.first().map(|(_, word)| word.span);
    let Some((_, word)) = operands.first() else {
        action.verb = match first {
            0 if !parsed.on(&["--version", "-v", "--help", "-h"]) => Verb::InstallManifest,
            _ => Verb::Other,
        };
        return action;
    };
    let Some(verb) = word.literal() else { return action };
    action.verb = match &*verb {
        "focus" if workspaces => Verb::InstallManifest,
        _ if workspaces => Verb::Other,
        "install" | "i" => Verb::InstallManifest,
        "add" => {
            action.packages = parsed.node_packages(first + 1);
            Verb::InstallPackages
        }
        "remove" => {
            action.packages = parsed.node_packages(first + 1);
            Verb::Remove
        }
        "upgrade" | "up" | "upgrade-interactive" => Verb::Upgrade,
        "cache" if operands.get(1).is_some_and(|(_, word)| word.is("clean") || word.is("clear")) => {
            Verb::CleanCache
        }
        "run" => match operands.get(1) {
            Some((_, script)) => {
                action.program = parsed.after(first + 1);
                script_or_program(&mut action, &script.value_or_text(), parsed.from(first + 1))
            }
            None => Verb::Other,
        },
        "node" => {
            action.program = parsed.from(first);
            Verb::Exec
        }
        "audit"
        | "autoclean"
        | "bin"
        | "cache"
        | "check"
        | "config"
        | "constraints"
        | "create"
        | "dedupe"
        | "explain"
        | "generate-lock-entry"
        | "help"
        | "import"
        | "info"
        | "init"
        | "install-peerdeps"
        | "licenses"
        | "link"
        | "list"
        | "login"
        | "logout"
        | "npm"
        | "outdated"
        | "owner"
        | "pack"
        | "patch"
        | "patch-commit"
        | "plugin"
        | "policies"
        | "publish"
        | "rebuild"
        | "search"
        | "self-update"
        | "set"
        | "stage"
        | "tag"
        | "team"
        | "unlink"
        | "unplug"
        | "version"
        | "versions"
        | "why" => Verb::Other,
        script => {
            action.program = parsed.after(first);
            script_or_program(&mut action, script, parsed.from(first))
        }
    };
    action
}

fn script_or_program<'s>(action: &mut Action<'s>, name: &str, words: &'s [Word]) -> Verb {
    if PROGRAMS.contains(&name) {
        action.program = words;
        Verb::Exec
    } else {
        Verb::RunScript(name.to_owned())
    }
}

/// Whether `name` is a program rather than a script, for the managers that start both by name.
pub(super) fn is_program(name: &str) -> bool {
    PROGRAMS.contains(&name)
}
