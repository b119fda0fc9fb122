use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "corepack-missing",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `corepack` in an image of Node.js 25 or later, and `yarn` in one of 26 or later, where no step installs it.",
        why: "Node.js doesn't bring Corepack any more since 25, and the official image has no yarn since 26. The step ends with \
              `not found`. Tags as `node:latest` and `node:current` come there by themselves.",
        example: "FROM node:26-alpine\nRUN corepack enable\n",
        instead: "FROM node:26-alpine\nRUN npm install -g corepack@latest && corepack enable\n",
        fix: "The fix installs it first, with npm. It is unsafe: the newest release is taken.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:25\nRUN corepack enable && corepack prepare pnpm@10 --activate\n", &[(2, "corepack")])
            .fixed("FROM node:25\nRUN npm install -g corepack@latest && corepack enable && corepack prepare pnpm@10 --activate\n"),
        Example::bad("FROM node:26-slim AS base\nFROM base\nRUN cd /app && yarn\n", &[(3, "yarn")])
            .fixed("FROM node:26-slim AS base\nFROM base\nRUN npm install -g yarn@latest && cd /app && yarn\n"),
        Example::ok("FROM node:24\nRUN corepack enable\n"),
        Example::ok("FROM node:26\nRUN npm i -g corepack\nRUN corepack enable && yarn\n"),
        Example::ok("FROM node:26\nCOPY --from=tools /usr/local/bin/ /usr/local/bin/\nRUN yarn\n"),
        Example::ok("FROM node:26\nRUN if command -v yarn; then yarn; fi\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if !(input.source().contains("corepack") || input.source().contains("yarn")) {
        return;
    }
    let Some(image) = kit::image::known(input.model(), stage).filter(|image| image.repository == "node")
    else {
        return;
    };
    let brought = input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).any(|site| {
        let text = site.instruction.span.of(input.source());
        match site.instruction.keyword {
            Keyword::Copy | Keyword::Add => text.contains("bin"),
            Keyword::Run => text.contains(".sh"),
            _ => false,
        }
    });
    if brought || kit::next::installs(input, stage, &["corepack", "yarn"]) {
        return;
    }
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        let commands = input.commands(site.id);
        let first = commands.iter().find_map(|command| {
            let name = unwrap(&command.command).name()?;
            // npm's own runner brings the program along.
            let plain = command.command.name().is_some_and(|own| own == name);
            let guarded = command.command.conditional || command.command.nesting.condition;
            (plain && !guarded && (name == "corepack" || name == "yarn")).then_some((command, name))
        });
        // Yarn comes with Corepack.
        let enabled = input.source().contains("corepack enable");
        let Some((command, name)) = first.filter(|(_, name)| name != "yarn" || !enabled) else { continue };
        if image.ships(&name) != Some(false) {
            continue;
        }
        let Some(program) = command.command.program() else { continue };
        let line = image.line.as_deref().unwrap_or("this");
        let message = format!(
            "The image of Node.js {line} has no {name}, so this step ends with `not found`. Install it first: `npm install -g \
             {name}`."
        );
        let body = commands.first().map(|first| first.command.span.start);
        let plain = !site.instruction.is_exec() && site.instruction.heredocs.is_empty();
        let fix = body.filter(|_| plain).map(|at| {
            let edit = Edit::insert(at, format!("npm install -g {name}@latest && "));
            Fix::unsafe_(format!("Install {name} first"), input.edits(vec![edit]))
        });
        found.push(Finding::new(program.span, message).fix(fix));
        return;
    }
}
