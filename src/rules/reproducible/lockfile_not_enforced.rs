use crate::context::lockfiles::YarnKind;
use crate::context::{Project, View};
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::packages::{Action, Tool};

pub const RULE: Rule = Rule {
    name: "lockfile-not-enforced",
    theme: Theme::Reproducible,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an install of a project's packages that may depart from the lockfile which the stage copies: `npm install` \
               instead of `npm ci`, and yarn, pnpm or bun without `--frozen-lockfile` (`--immutable` of yarn 2 and later).",
        why: "Where package.json and the lockfile disagree these commands write another lockfile, inside the image, where nobody sees \
              it: the image has packages that nobody has tested. The strict ones fail instead, and `npm ci` is faster, too.",
        example: "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
        fix: "The fix takes the strict command. It is unsafe: the build fails where the lockfile isn't up to date.",
        files: Some(NPM),
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package*.json ./\nRUN npm i --omit=dev\n", &[(3, "npm i")])
            .with(NPM)
            .fixed("FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\n"),
        Example::bad("FROM node:22\nCOPY . .\nRUN yarn && yarn build\n", &[(3, "yarn")])
            .with(&[("package.json", "{}"), ("yarn.lock", "# yarn lockfile v1\n")])
            .fixed("FROM node:22\nCOPY . .\nRUN yarn --frozen-lockfile && yarn build\n"),
        Example::bad("FROM node:22\nCOPY . .\nRUN yarn install\n", &[(3, "yarn install")])
            .with(&[("package.json", "{}"), ("yarn.lock", "__metadata:\n  version: 8\n")])
            .fixed("FROM node:22\nCOPY . .\nRUN yarn install --immutable\n"),
        Example::bad("FROM node:22\nCOPY . .\nRUN pnpm i --prod\n", &[(3, "pnpm i")])
            .with(&[("package.json", "{}"), ("pnpm-lock.yaml", "")])
            .fixed("FROM node:22\nCOPY . .\nRUN pnpm i --prod --frozen-lockfile\n"),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci && npm install -g serve && npm install\n").with(NPM),
        Example::ok("FROM node:22\nCOPY . .\nENV CI=true\nRUN pnpm i\n")
            .with(&[("package.json", "{}"), ("pnpm-lock.yaml", "")]),
        Example::ok("FROM node:22\nCOPY package.json ./\nRUN npm install\n").with(NPM),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm install\n").with(&[("package.json", "{}")]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm install\n"),
    ],
};

const NPM: crate::rules::Files = &[("package.json", "{}"), ("package-lock.json", "{}")];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let Some(view) = input.context() else { return };
    let Some(project) = kit::node::project(input, stage) else { return };
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        let actions =
            || input.commands(site.id).iter().filter_map(|command| Some((command, command.action.as_ref()?)));
        let strict = actions().any(|(_, action)| action.installs_manifest_of_node() && action.frozen);
        for (command, action) in actions() {
            // Both in one RUN: one of them by what is there, or after another.
            if !action.installs_manifest_of_node() || action.global || strict || command.command.conditional {
                continue;
            }
            let Some(lock) = lockfile(view, project, action.tool) else { continue };
            if !kit::next::takes(input, stage, &lock, Some(site)) || is_strict_already(input, site, action) {
                continue;
            }
            let Some((better, edit)) = strict_form(input, project, command, action) else { continue };
            let head = command.head();
            let message = format!(
                "`{}` may install other versions than {} names, without a word. Use `{better}`, which fails where the two disagree.",
                head.of(input.source()),
                lock.rsplit('/').next().unwrap_or(&lock)
            );
            let editable = !site.instruction.is_exec() && !command.command.nesting.inner;
            let fix = editable.then(|| Fix::unsafe_(format!("Use `{better}`"), input.edits(vec![edit])));
            found.push(Finding::new(head, message).fix(fix));
        }
    }
}

/// The lockfile of the tool, where it is in the build context.
pub(in crate::rules) fn lockfile(view: &View, project: &Project, tool: Tool) -> Option<String> {
    let paths = kit::node::lock_kinds(tool).iter().map(|kind| project.path_of(kind.file_name()));
    paths.into_iter().find(|path| view.file(path).is_some())
}

/// Switches and variables that turn the strict way on, or say that none is wanted.
fn is_strict_already(input: &Input<'_>, site: Site<'_>, action: &Action<'_>) -> bool {
    let flags = [
        "--no-package-lock",
        "--no-lockfile",
        "--no-frozen-lockfile",
        "--no-immutable",
        "--pure-lockfile",
        "--lockfile-only",
    ];
    let set = |name: &str| input.model().variables(site.id).iter().any(|variable| &*variable.name == name);
    let by_ci = matches!(action.tool, Tool::Pnpm | Tool::Yarn) && set("CI");
    by_ci
        || action.flags.iter().any(|flag| {
            flags.contains(&&*flag.name)
                || matches!(
                    &*flag.name,
                    "--frozen-lockfile" | "--immutable" | "--package-lock" | "--offline" | "--no-save"
                )
        })
}

/// The strict command's name, and the edit that makes it of this one.
pub(in crate::rules) fn strict_form(
    input: &Input<'_>,
    project: &Project,
    command: &Cmd<'_>,
    action: &Action<'_>,
) -> Option<(&'static str, Edit)> {
    let option = match action.tool {
        Tool::Npm => {
            let verb = action.verb_span?;
            let known = matches!(verb.of(input.source()), "install" | "i");
            return known.then(|| ("npm ci", Edit::replace(verb, "ci")));
        }
        Tool::Yarn if project.lockfiles.yarn() == Some(YarnKind::Berry) => "--immutable",
        Tool::Yarn | Tool::Pnpm | Tool::Bun => "--frozen-lockfile",
        _ => return None,
    };
    let end =
        command.command.words().last().map_or(action.span.end, |word| word.span.end).max(action.span.end);
    let better = match (action.tool, option) {
        (Tool::Pnpm, _) => "pnpm install --frozen-lockfile",
        (Tool::Bun, _) => "bun install --frozen-lockfile",
        (_, "--immutable") => "yarn install --immutable",
        _ => "yarn install --frozen-lockfile",
    };
    Some((better, Edit::insert(end, format!(" {option}"))))
}
