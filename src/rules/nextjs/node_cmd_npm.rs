use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};

pub const RULE: Rule = Rule {
    name: "node-cmd-npm",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an image that starts its server through npm, npx, yarn or pnpm.",
        why: "The package manager stays in between as a process of its own for as long as the container runs. \
              `docker stop` sends its signal to that process, not to Node.js: the server may never hear of it, \
              not finish its requests, and be killed when the grace period is over.",
        example: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"npm\", \"start\"]\n",
        instead: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix: scripts may do more than start a program, and what they run is best written by \
              hand.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCMD [\"npm\", \"start\"]\n", &[(2, "\"npm\"")]),
        Example::bad("FROM node:22\nENTRYPOINT [\"dumb-init\", \"--\"]\nCMD yarn start\n", &[(3, "yarn")]),
        Example::bad("FROM node:22\nCMD [\"npx\", \"next\", \"start\"]\n", &[(2, "\"npx\"")]),
        Example::bad("FROM node:22\nCMD [\"pnpm\", \"start\"]\n", &[(2, "\"pnpm\"")])
            .with(&[("package.json", r#"{"scripts": {"start": "node server.js"}}"#)]),
        // Only what runs in the end counts.
        Example::ok(
            "FROM node:22 AS dev\nCMD [\"npm\", \"run\", \"dev\"]\nFROM dev\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::ok("FROM node:22\nCMD [\"npm\", \"start\"]\nCMD [\"node\", \"server.js\"]\n"),
        Example::ok("FROM node:22\nCMD [\"npm\", \"run\", \"dev\"]\n"),
        Example::ok("FROM node:22\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n"),
    ],
};

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
        found.push(Finding::new(span, message));
    }
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
