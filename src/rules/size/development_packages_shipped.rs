use crate::context::lockfiles::YarnKind;
use crate::layers::Leftover;
use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};

pub const RULE: Rule = Rule {
    name: "development-packages-shipped",
    theme: Theme::Size,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an install of all packages, the development dependencies among them, in the stage that ships, where nothing is \
               built there and the container starts a program of Node.js.",
        why: "Linters, compilers and test tools are often most of `node_modules`. A server needs none of them; they make the image \
              larger, and each is one more package that may have a hole.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix adds `--omit=dev`, or what the package manager calls it. It is unsafe: a package that is needed at run time may \
              stand among the development dependencies.",
        files: Some(APP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n", &[(3, "npm ci")])
            .with(APP)
            .fixed("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"server.js\"]\n"),
        Example::ok(
            "FROM node:22\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n",
        )
        .with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"server.js\"]\n")
            .with(APP),
        Example::ok(
            "FROM node:22\nCOPY . .\nRUN npm ci\nRUN npm prune --omit=dev\nCMD [\"node\", \"server.js\"]\n",
        )
        .with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"npm\", \"run\", \"dev\"]\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n")
            .with(&[("package.json", r#"{"dependencies": {"express": "5"}}"#)]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n"),
    ],
};

const APP: crate::rules::Files = &[
    ("package.json", r#"{"dependencies": {"express": "5"}, "devDependencies": {"jest": "30"}}"#),
    ("package-lock.json", "{}"),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

fn finding(input: &Input<'_>) -> Option<Finding> {
    input.context()?;
    let target = input.model().target()?;
    let project = kit::node::project(input, target)?;
    let package = project.package().filter(|package| !package.dev_dependencies.is_empty())?;
    // What the container starts is a file, by Node.js itself.
    let start = [Keyword::Entrypoint, Keyword::Cmd].into_iter().find_map(|keyword| {
        let site = input.last(target, keyword)?;
        input.commands(site.id).iter().find_map(|command| {
            let script = match command.action.as_ref().map(|action| &action.verb) {
                Some(Verb::RunScript(script)) => package.script(script)?.to_owned(),
                Some(_) => return None,
                None => command
                    .command
                    .words()
                    .iter()
                    .map(|word| word.value_or_text())
                    .collect::<Vec<_>>()
                    .join(" "),
            };
            Some(
                script.starts_with("node ")
                    && !script.contains("-r ")
                    && !script.contains("--require")
                    && !script.contains("--import")
                    && !script.contains("--loader"),
            )
        })
    })?;
    if !start {
        return None;
    }
    let mut at = None;
    for stage in input.model().with_bases(target).collect::<Vec<_>>().into_iter().rev() {
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
            let production = input.subject.leftovers(site.id).iter().find_map(|leftover| match leftover {
                Leftover::NodeModules { production, .. } => Some(*production),
                _ => None,
            });
            for command in input.commands(site.id) {
                match &command.action {
                    Some(action) => match &action.verb {
                        Verb::InstallManifest if action.tool.is_javascript() && !action.global => {
                            // A flag that says which packages are wanted says so with purpose.
                            let said = action.flags.iter().any(|flag| {
                                matches!(&*flag.name, "--include" | "--omit" | "--production" | "--prod")
                            });
                            let odd = said || command.command.conditional || action.production;
                            at = (production == Some(false) && !odd).then_some((site, command, action.tool));
                        }
                        Verb::RunScript(_) | Verb::Exec | Verb::Remove => return None,
                        _ => {}
                    },
                    // Something that may build with them.
                    None => {
                        let name = command.command.name().unwrap_or_default();
                        if !matches!(
                            &*name,
                            "cd" | "mkdir"
                                | "chown"
                                | "chmod"
                                | "rm"
                                | "set"
                                | "echo"
                                | "corepack"
                                | "true"
                                | "export"
                                | "adduser"
                                | "addgroup"
                                | "useradd"
                                | "groupadd"
                                | "ln"
                                | "touch"
                        ) {
                            return None;
                        }
                    }
                }
            }
        }
    }
    let (site, command, tool) = at?;
    let option = match tool {
        Tool::Npm => Some("--omit=dev"),
        Tool::Pnpm => Some("--prod"),
        Tool::Bun => Some("--production"),
        Tool::Yarn if project.lockfiles.yarn() == Some(YarnKind::Classic) => Some("--production"),
        _ => None,
    };
    let count = package.dev_dependencies.len();
    let message = format!(
        "This installs the {count} development dependencies of package.json too, and they ship, though the container only runs the \
         app. Leave them out{}.",
        option.map_or_else(String::new, |option| format!(" with `{option}`"))
    );
    let editable = !site.instruction.is_exec() && !command.command.nesting.inner;
    let end = command.command.words().last()?.span.end;
    let fix = option.filter(|_| editable).map(|option| {
        Fix::unsafe_(format!("Add `{option}`"), input.edits(vec![Edit::insert(end, format!(" {option}"))]))
    });
    Some(Finding::new(command.head(), message).fix(fix))
}
