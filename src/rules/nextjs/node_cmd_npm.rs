use crate::context::PackageJson;
use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};

pub const RULE: Rule = Rule {
    name: "node-cmd-npm",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an image that starts its server through npm, npx, yarn or pnpm.",
        why: "The package manager stays in between as a process of its own for as long as the container runs. \
              `docker stop` sends its signal to that process, not to Node.js: the server may never hear of it, \
              not finish its requests, and be killed when the grace period is over.",
        example: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"npm\", \"start\"]\n",
        instead: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix writes what the script in package.json runs, where that is one plain command: a script of Node.js, \
              or a program of one of the project's own dependencies. It is unsafe: the variables that npm sets are gone, \
              and a later change of the script doesn't count any more.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCMD [\"npm\", \"start\"]\n", &[(2, "\"npm\"")]),
        Example::bad("FROM node:22\nENTRYPOINT [\"dumb-init\", \"--\"]\nCMD yarn start\n", &[(3, "yarn")]),
        Example::bad("FROM node:22\nCMD [\"npx\", \"next\", \"start\"]\n", &[(2, "\"npx\"")]),
        Example::bad("FROM node:22\nCMD [\"pnpm\", \"start\"]\n", &[(2, "\"pnpm\"")])
            .with(&[("package.json", r#"{"scripts": {"start": "node server.js"}}"#)]),
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD [\"npm\", \"run\", \"start\"]\n", &[(5, "\"npm\"")])
            .with(&[("package.json", r#"{"scripts": {"start": "node --enable-source-maps server.js"}}"#), IGNORED])
            .fixed("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD [\"node\", \"--enable-source-maps\", \"server.js\"]\n"),
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD yarn serve\n", &[(5, "yarn")])
            .with(&[("package.json", r#"{"scripts": {"serve": "nest start"}, "dependencies": {"nest": "1"}}"#), IGNORED])
            .fixed("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD [\"node_modules/.bin/nest\", \"start\"]\n"),
        // What runs before the script, what it sets, and whose program it is: only npm knows.
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD npm start\n", &[(5, "npm")])
            .with(&[("package.json", r#"{"scripts": {"prestart": "x", "start": "node ."}}"#), IGNORED]),
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD npm start\n", &[(5, "npm")])
            .with(&[("package.json", r#"{"scripts": {"start": "PORT=80 node ."}}"#), IGNORED]),
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD npm start -- -p 80\n", &[(5, "npm")])
            .with(&[("package.json", r#"{"scripts": {"start": "node ."}}"#), IGNORED]),
        // Only what runs in the end counts.
        Example::ok(
            "FROM node:22 AS dev\nCMD [\"npm\", \"run\", \"dev\"]\nFROM dev\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::ok("FROM node:22\nCMD [\"npm\", \"start\"]\nCMD [\"node\", \"server.js\"]\n"),
        Example::ok("FROM node:22\nCMD [\"npm\", \"run\", \"dev\"]\n"),
        Example::ok("FROM node:22\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n"),
    ],
};

const IGNORED: (&str, &str) = (".dockerignore", "node_modules\n.git\n.env\n");

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(stage) = input.model().target() else { return };
    for keyword in [Keyword::Entrypoint, Keyword::Cmd] {
        let Some(site) = input.last(stage, keyword) else { continue };
        let Some(command) = input.commands(site.id).iter().find(|command| through_manager(command)) else {
            continue;
        };
        let Some(action) = &command.action else { continue };
        let package = kit::node::project(input, stage).and_then(|project| project.package());
        let what = match &action.verb {
            Verb::RunScript(script) => match package.and_then(|package| package.script(script)) {
                Some(line) => format!("what the script `{script}` runs, `{line}`,"),
                None => format!("what the script `{script}` runs"),
            },
            _ => "the program".to_owned(),
        };
        let program = command.command.name().unwrap_or_else(|| action.tool.name().into());
        let message = format!(
            "{} stays between Docker and the server: one more process, and the one that `docker stop` signals, \
             so Node.js may be killed before it has finished its requests. Start {what} directly.",
            program.rsplit('/').next().unwrap_or(&program)
        );
        let span = command.command.program().map_or(command.command.span, |program| program.span);
        let alone = [Keyword::Entrypoint, Keyword::Cmd]
            .iter()
            .all(|other| *other == keyword || input.last(stage, *other).is_none());
        let fix = package.filter(|_| alone).and_then(|package| fix(input, site, command, package));
        found.push(Finding::new(span, message).fix(fix));
    }
}

/// Starts what the script runs, where the instruction is nothing but the script's call.
fn fix(input: &Input<'_>, site: Site<'_>, command: &Cmd<'_>, package: &PackageJson) -> Option<Fix> {
    let Verb::RunScript(script) = &command.action.as_ref()?.verb else { return None };
    let words: Vec<_> = command.command.words().iter().map(|word| word.literal()).collect::<Option<_>>()?;
    let call = match &words[..] {
        [_, name] => name == script,
        [_, run, name] => run == "run" && name == script,
        _ => false,
    };
    let hooks = ["pre", "post"].iter().any(|hook| package.script(&format!("{hook}{script}")).is_some());
    if !call || hooks || input.commands(site.id).len() != 1 {
        return None;
    }
    let start = plain(package, package.script(script)?)?;
    let inner = start.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let span = command.command.span;
    let text = span.of(input.source());
    let instruction = site.instruction.span.of(input.source()).trim_end();
    let before = instruction[site.instruction.keyword_span.len() as usize..]
        .strip_suffix([']'])
        .map_or(instruction.strip_suffix(text).map(|_| format!("[{inner}]")), |exec| {
            exec.trim_end().strip_suffix(text).map(|_| inner.clone())
        })?;
    let title = format!("Start `{}` (unsafe: without the variables that npm sets)", start.join(" "));
    Some(Fix::unsafe_(title, input.edits(vec![Edit::replace(span, before)])))
}

/// The words of a script that is one plain command which can be started without npm.
fn plain(package: &PackageJson, script: &str) -> Option<Vec<String>> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._/:@=-".contains(c);
    let mut words: Vec<String> =
        script.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let program = words.first_mut().filter(|_| script.chars().all(is_plain))?;
    if program != "node" {
        package.dependencies.iter().find(|(name, _)| name == program)?;
        *program = format!("node_modules/.bin/{program}");
    }
    Some(words)
}

fn through_manager(command: &Cmd<'_>) -> bool {
    let Some(action) = &command.action else { return false };
    matches!(action.tool, Tool::Npm | Tool::Yarn | Tool::Pnpm)
        && match &action.verb {
            // A container for development is stopped by the one who typed the command.
            Verb::RunScript(script) => {
                !script.contains("dev") && !script.contains("watch") && !script.contains("test")
            }
            Verb::Exec => !crate::shell::next::is_next_dev(&command.command),
            _ => false,
        }
}
