//! pnpm (its CLI documentation, v10).

use super::{Action, Tool, Verb, args, yarn};
use crate::shell::Word;

const VALUES: [&str; 17] = [
    "-C",
    "--dir",
    "--filter",
    "-F",
    "--filter-prod",
    "--store-dir",
    "--virtual-store-dir",
    "--modules-dir",
    "--registry",
    "--reporter",
    "--loglevel",
    "--network-concurrency",
    "--child-concurrency",
    "--lockfile-dir",
    "--workspace-concurrency",
    "--package-import-method",
    "--node-linker",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::with_lockfile(Tool::Pnpm, words, &parsed);
    action.production = parsed.on(&["--prod", "-P", "--production"]);
    action.directory = parsed.value(&["-C", "--dir"]);
    let Some(verb) = parsed.verb() else { return action };
    let operands = &parsed.operands[1..];
    action.verb = match &*verb {
        "install" | "i" if operands.is_empty() => Verb::InstallManifest,
        "install" | "i" | "add" => {
            action.packages = parsed.node_packages(1);
            Verb::InstallPackages
        }
        "fetch" | "deploy" => Verb::InstallManifest,
        "ci" | "clean-install" => {
            action.frozen = true;
            Verb::InstallManifest
        }
        "run" | "run-script" => match operands.first() {
            Some((_, script)) => {
                action.program = parsed.after(1);
                Verb::RunScript(script.value_or_text().into_owned())
            }
            None => Verb::Other,
        },
        "start" | "stop" | "restart" | "test" => {
            action.program = parsed.after(0);
            Verb::RunScript(verb.into_owned())
        }
        "t" => {
            action.program = parsed.after(0);
            Verb::RunScript("test".to_owned())
        }
        "exec" | "dlx" => {
            action.program = parsed.after(0);
            Verb::Exec
        }
        "update" | "up" | "upgrade" => Verb::Upgrade,
        "remove" | "rm" | "uninstall" | "un" | "prune" => {
            action.packages = parsed.node_packages(1);
            Verb::Remove
        }
        "store" if operands.first().is_some_and(|(_, word)| word.is("prune")) => Verb::CleanCache,
        "cache" if operands.first().is_some_and(|(_, word)| word.is("delete")) => Verb::CleanCache,
        "approve-builds" | "audit" | "bin" | "cache" | "cat-file" | "cat-index" | "config" | "c"
        | "create" | "dedupe" | "doctor" | "env" | "find-hash" | "help" | "ignored-builds" | "import"
        | "init" | "install-test" | "it" | "licenses" | "link" | "ln" | "list" | "ls" | "multi"
        | "outdated" | "pack" | "patch" | "patch-commit" | "patch-remove" | "publish" | "rebuild" | "rb"
        | "recursive" | "root" | "self-update" | "server" | "setup" | "store" | "unlink" | "why" => {
            Verb::Other
        }
        name if yarn::is_program(name) => {
            action.program = parsed.from(0);
            Verb::Exec
        }
        script => {
            action.program = parsed.after(0);
            Verb::RunScript(script.to_owned())
        }
    };
    action
}
