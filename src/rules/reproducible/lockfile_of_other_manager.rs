use crate::context::lockfiles::Manager;
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::packages::Tool;

pub const RULE: Rule = Rule {
    name: "lockfile-of-other-manager",
    theme: Theme::Reproducible,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an install with another package manager than the one that wrote the project's lockfile, or that \
               `packageManager` of package.json names.",
        why: "Each package manager reads its own lockfile only. This one finds none and installs the newest versions that \
              package.json allows: other ones than those that were tested, and other ones with each build.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN corepack enable && pnpm install --frozen-lockfile\n",
        fix: "There is no fix: whether the command or the lockfile is the old one isn't known.",
        files: Some(PNPM),
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY . .\nRUN npm install\n", &[(3, "npm install")]).with(PNPM),
        Example::bad("FROM node:22\nCOPY . .\nRUN yarn\n", &[(3, "yarn")])
            .with(&[("package.json", "{}"), ("package-lock.json", "{}")]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm install\n").with(&[
            ("package.json", "{}"),
            ("yarn.lock", ""),
            ("package-lock.json", "{}"),
        ]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm install\n").with(&[("package.json", "{}")]),
        // Bun reads those of the others.
        Example::ok("FROM oven/bun:1\nCOPY . .\nRUN bun install\n")
            .with(&[("package.json", "{}"), ("yarn.lock", "")]),
        Example::ok("FROM node:22\nCOPY . .\nRUN if [ -f yarn.lock ]; then yarn; else npm i; fi\n")
            .with(PNPM),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm install\n"),
    ],
};

const PNPM: crate::rules::Files = &[("package.json", "{}"), ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if input.context().is_none() {
        return;
    }
    let Some(project) = kit::node::project(input, stage) else { return };
    let field = project.package().and_then(|package| package.package_manager.as_ref());
    let Some((wanted, _)) = project.lockfiles.manager(field) else { return };
    let manager = |tool: Tool| match tool {
        Tool::Npm => Some(Manager::Npm),
        Tool::Yarn => Some(Manager::Yarn),
        Tool::Pnpm => Some(Manager::Pnpm),
        // Bun takes over what the others' lockfiles say (its docs, "Lockfile").
        _ => None,
    };
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        for command in input.commands(site.id) {
            let Some(action) = command.action.as_ref().filter(|action| action.installs_manifest_of_node())
            else {
                continue;
            };
            let Some(own) = manager(action.tool).filter(|_| !action.global && !command.command.conditional)
            else {
                continue;
            };
            let has_own = project.lockfiles.found.iter().any(|lock| lock.kind.manager() == own);
            let Some(other) = project.lockfiles.found.iter().find(|lock| lock.kind.manager() == wanted)
            else {
                continue;
            };
            if own == wanted || has_own {
                continue;
            }
            let message = format!(
                "{} doesn't read {}, which {} wrote, so it installs the newest versions that package.json allows. Install with {}, \
                 or keep one lockfile of {}.",
                own.name(),
                other.kind.file_name(),
                wanted.name(),
                wanted.name(),
                own.name()
            );
            found.push(Finding::new(command.head(), message));
            return;
        }
    }
}
