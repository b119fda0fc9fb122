use crate::context::PackageJson;
use crate::layers::Leftover;
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::packages::{Action, Tool, Verb};

pub const RULE: Rule = Rule {
    name: "build-without-dev-packages",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an install that leaves the development dependencies out, by its options or by `NODE_ENV=production`, above a \
               build that needs one of them.",
        why: "TypeScript, Tailwind, Vite and their like are mostly development dependencies. Without them the build ends with `tsc: \
              not found` or `Cannot find module 'tailwindcss'`. `NODE_ENV=production` does the same as `--omit=dev`, so it belongs \
              below the install.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n",
        fix: "The fix takes the option out, or adds the one that asks for all packages (`--include=dev`). It is unsafe: more is \
              installed.",
        files: Some(APP),
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev && npm run build\n", &[(3, "npm ci")])
            .with(APP)
            .fixed("FROM node:22\nCOPY . .\nRUN npm ci && npm run build\n"),
        Example::bad(
            "FROM node:22\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci\nRUN npm run build\n",
            &[(4, "npm ci")],
        )
        .with(APP)
        .fixed(
            "FROM node:22\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci --include=dev\nRUN npm run build\n",
        ),
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nRUN npx next build\n", &[(3, "npm ci")])
            .with(&[(
                "package.json",
                r#"{"dependencies": {"next": "15"}, "devDependencies": {"tailwindcss": "4"}}"#,
            )])
            .fixed("FROM node:22\nCOPY . .\nRUN npm ci\nRUN npx next build\n"),
        Example::bad(
            "FROM node:22\nCOPY . .\nRUN npm ci \\\n    --omit=dev\nRUN npm run build\n",
            &[(3, "npm ci")],
        )
        .with(APP),
        Example::bad(
            "FROM node:22\nCOPY . .\nRUN npm ci \\\n    --omit=dev \\\n    --no-audit\nRUN npm run build\n",
            &[(3, "npm ci")],
        )
        .with(APP)
        .fixed("FROM node:22\nCOPY . .\nRUN npm ci \\\n    --no-audit\nRUN npm run build\n"),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nENV NODE_ENV=production\nRUN npm run build\n")
            .with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build\n").with(&[(
            "package.json",
            r#"{"scripts": {"build": "tsc"}, "dependencies": {"typescript": "5"}}"#,
        )]),
        Example::ok(
            "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev && npm i typescript@5\nRUN npm run build\n",
        )
        .with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build\n"),
    ],
};

const APP: crate::rules::Files =
    &[("package.json", r#"{"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}}"#)];

/// Programs and the packages that they belong to, where the names differ.
const PROGRAMS: [(&str, &str); 8] = [
    ("tsc", "typescript"),
    ("nest", "@nestjs/cli"),
    ("ng", "@angular/cli"),
    ("vue-cli-service", "@vue/cli-service"),
    ("babel", "@babel/cli"),
    ("webpack", "webpack-cli"),
    ("swc", "@swc/cli"),
    ("remix", "@remix-run/dev"),
];

/// What `next build` loads where the project has it. TypeScript it installs by itself where it is missing.
const OF_NEXT: [&str; 5] = ["next", "tailwindcss", "@tailwindcss/postcss", "autoprefixer", "sass"];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if input.context().is_none() {
        return;
    }
    let Some(package) = kit::node::project(input, stage).and_then(|project| project.package()) else {
        return;
    };
    if package.dev_dependencies.is_empty() {
        return;
    }
    let mut lean: Option<(Site<'_>, &Cmd<'_>)> = None;
    for site in input.steps(stage) {
        // What another stage brings isn't followed.
        if site.instruction.keyword == Keyword::Copy && site.instruction.flag("from").is_some() {
            lean = None;
        }
        if site.instruction.keyword != Keyword::Run {
            continue;
        }
        for command in input.commands(site.id) {
            let Some(action) = &command.action else { continue };
            if action.tool.is_javascript() && action.installs() && !action.global {
                let production = action.verb == Verb::InstallManifest && leaves_out(input, site);
                lean =
                    (production && lean.is_none() && !command.command.conditional).then_some((site, command));
                continue;
            }
            let Some((at, install)) = lean else { continue };
            let Some(missing) = needs(package, command) else { continue };
            let Some(own) = install.action.as_ref() else { continue };
            let message = format!(
                "This leaves the development dependencies out, and the build below needs `{missing}`, which is one of them. Install \
                 all packages in the stage that builds."
            );
            let editable = !at.instruction.is_exec() && !install.command.nesting.inner;
            let fix = edit(input, install, own).filter(|_| editable).map(|edit| {
                Fix::unsafe_("Install the development dependencies too", input.edits(vec![edit]))
            });
            found.push(
                Finding::new(install.head(), message).related(command.head(), "This needs it.").fix(fix),
            );
            return;
        }
    }
}

/// Whether all that the step installs is without development dependencies.
fn leaves_out(input: &Input<'_>, site: Site<'_>) -> bool {
    let mut any = false;
    for leftover in input.subject.leftovers(site.id) {
        match leftover {
            Leftover::NodeModules { production: false, .. } => return false,
            Leftover::NodeModules { .. } => any = true,
            _ => {}
        }
    }
    // `npm ci && npm run build && npm prune --omit=dev` leaves nothing of them either.
    let prunes = input
        .commands(site.id)
        .iter()
        .filter_map(|command| command.action.as_ref())
        .any(|action| action.tool.is_javascript() && action.verb == Verb::Remove);
    any && !prunes
        && input
            .commands(site.id)
            .iter()
            .filter_map(|command| command.action.as_ref())
            .filter(|action| action.installs_manifest_of_node() && !action.global)
            .count()
            == 1
}

/// The development dependency that a command runs or loads.
fn needs<'p>(package: &'p PackageJson, command: &Cmd<'_>) -> Option<&'p str> {
    let dev = |name: &str| {
        let own = package.dev_dependencies.iter().find(|(own, _)| own == name);
        own.filter(|_| !package.dependencies.iter().any(|(own, _)| own == name)).map(|(own, _)| own.as_str())
    };
    if kit::node::builds_next(command, Some(package)) {
        return OF_NEXT.iter().find_map(|name| dev(name));
    }
    let Verb::RunScript(script) = &command.action.as_ref()?.verb else { return None };
    package.programs(script)?.iter().find_map(|program| {
        let program = program.words.first()?.rsplit('/').next()?;
        let name = PROGRAMS.iter().find(|(own, _)| *own == program).map_or(program, |(_, name)| name);
        dev(name)
    })
}

fn edit(input: &Input<'_>, command: &Cmd<'_>, action: &Action<'_>) -> Option<Edit> {
    let source = input.source();
    let names = ["--omit", "--production", "--only", "--prod", "-P"];
    if let Some(flag) = action.flags.iter().find(|flag| names.contains(&&*flag.name)) {
        let text = flag.span.of(source);
        let plain = matches!(
            text,
            "--omit=dev"
                | "--omit dev"
                | "--production"
                | "--only=production"
                | "--only=prod"
                | "--prod"
                | "-P"
                | "--production=true"
        );
        let words = || command.command.words().iter().map(|word| word.span);
        let before = words().take_while(|word| word.end <= flag.span.start).last()?;
        let next = words().find(|word| word.start >= flag.span.end);
        return kit::step::cut_words(source, before, flag.span, next).filter(|_| plain);
    }
    let option = match action.tool {
        Tool::Npm => "--include=dev",
        Tool::Yarn => "--production=false",
        Tool::Pnpm => "--prod=false",
        _ => return None,
    };
    let end = command.command.words().last()?.span.end;
    Some(Edit::insert(end, format!(" {option}")))
}
