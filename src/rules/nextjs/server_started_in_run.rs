use crate::context::StartKind;
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::{Link, unwrap};

pub const RULE: Rule = Rule {
    name: "server-started-in-run",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports a RUN that starts Next.js' server, `next dev` or `next start`, by itself or through a script.",
        why: "A server doesn't end, so the step doesn't either: the build hangs until somebody stops it. What the container \
              is to start belongs into CMD; what the image needs is `next build`.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npx next dev\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npx next build\n",
        fix: "There is no fix: whether the line should build the app, or go, isn't known.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci && npm run dev\n", &[(3, "npm run dev")]).with(APP),
        Example::bad("FROM node:22\nRUN npx next start\n", &[(2, "npx next start")]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run dev & sleep 5; curl localhost:3000\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN timeout 5 npx next dev; true\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run dev\nCMD npm run dev\n"),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run build\n").with(APP),
    ],
};

const APP: crate::rules::Files = &[(
    "package.json",
    r#"{"scripts": {"build": "next build", "dev": "next dev"}, "dependencies": {"next": "15"}}"#,
)];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if input.next().is_none() {
        return;
    }
    let package = kit::node::project(input, stage).and_then(|project| project.package());
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        let commands = input.commands(site.id);
        // What is sent to the background, or killed, ends.
        let ends = |command: &Cmd<'_>| {
            command.command.follows == Some(Link::Background)
                || command.command.nesting.substitution
                || ["timeout", "start-server-and-test"]
                    .iter()
                    .any(|name| unwrap(&command.command).through(name))
        };
        if commands.iter().any(|command| command.command.follows == Some(Link::Background)) {
            continue;
        }
        for command in commands.iter().filter(|command| !ends(command)) {
            let kind = kit::node::starts(command, package);
            if !matches!(kind, Some(StartKind::NextDev | StartKind::NextStart(_))) {
                continue;
            }
            let message = "This starts a server, which doesn't end, so the build hangs here. Run `next build`, and start the server \
                           with CMD.";
            found.push(Finding::new(command.command.span, message));
        }
    }
}
