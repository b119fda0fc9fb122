//! bun (its CLI documentation, 1.x).

use super::{Action, Tool, Verb, args, node_package, yarn};
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
    let args = words.get(1..).unwrap_or(&[]);
    let parsed = args::split(args, &VALUES);
    let mut action = Action::new(Tool::Bun, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    action.global = parsed.on(&["-g", "--global"]);
    action.frozen = parsed.on(&["--frozen-lockfile"]);
    action.production =
        parsed.on(&["-p", "--production"]) || parsed.value(&["--omit"]).as_deref() == Some("dev");
    action.ignore_scripts = parsed.on(&["--ignore-scripts"]);
    action.directory = parsed.value(&["--cwd"]);
    let Some((at, verb)) = parsed.operands.first() else { return action };
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    let names = || operands.iter().map(|(_, word)| node_package(word)).collect();
    let rest = |n: usize| parsed.operands.get(n).map_or(&[][..], |(index, _)| &args[index + 1..]);
    let Some(verb) = verb.literal() else { return action };
    action.verb = match &*verb {
        "ci" => {
            action.frozen = true;
            Verb::InstallManifest
        }
        "install" | "i" if operands.is_empty() => Verb::InstallManifest,
        "install" | "i" | "add" | "a" => {
            action.packages = names();
            Verb::InstallPackages
        }
        "run" => match operands.first() {
            Some((index, script)) if yarn::is_program(&script.value_or_text()) => {
                action.program = &args[*index..];
                Verb::Exec
            }
            Some((_, script)) if !is_file(&script.value_or_text()) => {
                action.program = rest(1);
                Verb::RunScript(script.value_or_text().into_owned())
            }
            _ => Verb::Other,
        },
        "update" | "upgrade" => Verb::Upgrade,
        "remove" | "rm" => {
            action.packages = names();
            Verb::Remove
        }
        "pm" if operands.first().is_some_and(|(_, word)| word.is("cache")) => Verb::CleanCache,
        // `bun test` and `bun build` are bun's own, unlike `bun run test`.
        "test" | "build" | "pm" | "create" | "init" | "link" | "unlink" | "outdated" | "publish"
        | "patch" | "exec" | "audit" | "info" | "why" | "repl" | "c" | "help" => Verb::Other,
        name if yarn::is_program(name) => {
            action.program = &args[*at..];
            Verb::Exec
        }
        name if is_file(name) => Verb::Other,
        script => {
            action.program = rest(0);
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
