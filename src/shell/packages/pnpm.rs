//! pnpm (its CLI documentation, v10).

use super::{Action, Tool, Verb, args, node_package, yarn};
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
    let args = words.get(1..).unwrap_or(&[]);
    let parsed = args::split(args, &VALUES);
    let mut action = Action::new(Tool::Pnpm, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    action.global = parsed.on(&["-g", "--global"]);
    action.frozen = parsed.on(&["--frozen-lockfile"]);
    action.production = parsed.on(&["--prod", "-P", "--production"]);
    action.ignore_scripts = parsed.on(&["--ignore-scripts"]);
    action.directory = parsed.value(&["-C", "--dir"]);
    let Some((at, verb)) = parsed.operands.first() else { return action };
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    let names = || operands.iter().map(|(_, word)| node_package(word)).collect();
    let rest = |n: usize| parsed.operands.get(n).map_or(&[][..], |(index, _)| &args[index + 1..]);
    let Some(verb) = verb.literal() else { return action };
    action.verb = match &*verb {
        "install" | "i" if operands.is_empty() => Verb::InstallManifest,
        "install" | "i" | "add" => {
            action.packages = names();
            Verb::InstallPackages
        }
        "fetch" | "deploy" => Verb::InstallManifest,
        "ci" | "clean-install" => {
            action.frozen = true;
            Verb::InstallManifest
        }
        "run" | "run-script" => match operands.first() {
            Some((_, script)) => {
                action.program = rest(1);
                Verb::RunScript(script.value_or_text().into_owned())
            }
            None => Verb::Other,
        },
        "start" | "stop" | "restart" | "test" => {
            action.program = rest(0);
            Verb::RunScript(verb.into_owned())
        }
        "t" => {
            action.program = rest(0);
            Verb::RunScript("test".to_owned())
        }
        "exec" | "dlx" => {
            action.program = rest(0);
            Verb::Exec
        }
        "update" | "up" | "upgrade" => Verb::Upgrade,
        "remove" | "rm" | "uninstall" | "un" | "prune" => {
            action.packages = names();
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
            action.program = &args[*at..];
            Verb::Exec
        }
        script => {
            action.program = rest(0);
            Verb::RunScript(script.to_owned())
        }
    };
    action
}
