//! bun (its CLI documentation, 1.x).

use super::{Action, Tool, Verb, args, yarn};
use crate::shell::Word;

const VALUES: [&str; 14] = [
    "--cwd",
    "--registry",
    "--cache-dir",
    "--backend",
    "--omit",
    "--filter",
    "-F",
    "--config",
    "-c",
    "--env-file",
    "--linker",
    "--shell",
    "--concurrent-scripts",
    "--network-concurrency",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::with_lockfile(Tool::Bun, words, &parsed);
    action.production =
        parsed.on(&["-p", "--production"]) || parsed.value(&["--omit"]).as_deref() == Some("dev");
    action.directory = parsed.value(&["--cwd"]);
    let Some(verb) = parsed.verb() else { return action };
    let operands = &parsed.operands[1..];
    action.verb = match &*verb {
        "ci" => {
            action.frozen = true;
            Verb::InstallManifest
        }
        "install" | "i" if operands.is_empty() => Verb::InstallManifest,
        "install" | "i" | "add" | "a" => {
            action.packages = parsed.node_packages(1);
            Verb::InstallPackages
        }
        "run" => match operands.first() {
            Some((_, script)) if yarn::is_program(&script.value_or_text()) => {
                action.program = parsed.from(1);
                Verb::Exec
            }
            Some((_, script)) if !is_file(&script.value_or_text()) => {
                action.program = parsed.after(1);
                Verb::RunScript(script.value_or_text().into_owned())
            }
            _ => Verb::Other,
        },
        "update" | "upgrade" => Verb::Upgrade,
        "remove" | "rm" => {
            action.packages = parsed.node_packages(1);
            Verb::Remove
        }
        "pm" if operands.first().is_some_and(|(_, word)| word.is("cache")) => Verb::CleanCache,
        // `bun test` and `bun build` are bun's own, unlike `bun run test`.
        "test" | "build" | "pm" | "create" | "init" | "link" | "unlink" | "outdated" | "publish"
        | "patch" | "exec" | "audit" | "info" | "why" | "repl" | "c" | "help" => Verb::Other,
        name if yarn::is_program(name) => {
            action.program = parsed.from(0);
            Verb::Exec
        }
        name if is_file(name) => Verb::Other,
        script => {
            action.program = parsed.after(0);
            Verb::RunScript(script.to_owned())
        }
    };
    action
}

/// `bun server.ts`
fn is_file(name: &str) -> bool {
    name.contains('/')
        || [".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"].iter().any(|e| name.ends_with(e))
}
