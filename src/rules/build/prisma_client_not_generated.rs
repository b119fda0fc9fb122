use crate::model::Stage;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "prisma-client-not-generated",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports a build of a project with Prisma above which its client isn't generated: the packages are installed before \
               the schema is copied, and `prisma generate` runs later or never.",
        why: "Prisma's client is code that is made from the schema. Its package tries that when it is installed, and finds no schema \
              there. The build then ends with `@prisma/client did not initialize yet`, or with types that are missing.",
        example: EXAMPLE,
        instead: "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n\
                  RUN npx prisma generate && npm run build\n",
        fix: "The fix runs `prisma generate` first, in the same RUN. It is unsafe: a tool that isn't seen here may do it.",
        files: Some(APP),
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "npm run build")]).with(APP).fixed(
            "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n\
             RUN npx prisma generate && npm run build\n",
        ),
        Example::bad(
            "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && npx prisma generate\n",
            &[(5, "npm run build")],
        )
        .with(APP)
        .fixed(
            "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n\
             RUN npx prisma generate && npm run build && npx prisma generate\n",
        ),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nRUN npm run build\n").with(APP),
        Example::ok("FROM node:22\nCOPY package*.json ./\nCOPY prisma ./prisma\nRUN npm ci\nCOPY . .\nRUN npm run build\n").with(APP),
        Example::ok(EXAMPLE).with(&[
            (
                "package.json",
                r#"{"scripts": {"build": "prisma generate && next build"}, "dependencies": {"@prisma/client": "6", "next": "15"}}"#,
            ),
            ("prisma/schema.prisma", ""),
        ]),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n";

const APP: crate::rules::Files = &[
    (
        "package.json",
        r#"{"scripts": {"build": "next build"}, "dependencies": {"@prisma/client": "6", "next": "15"}, "devDependencies": {"prisma": "6"}}"#,
    ),
    ("package-lock.json", "{}"),
    ("prisma/schema.prisma", ""),
];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let Some(project) = kit::node::project(input, stage) else { return };
    let Some(package) = project.package() else { return };
    let hooks = ["preinstall", "postinstall", "prepare"];
    if package.dependency("@prisma/client").is_none()
        || !project.folder.is_empty()
        || package.dependency("prisma").is_none()
        || hooks.iter().any(|hook| package.script(hook).is_some_and(|line| line.contains("prisma")))
    {
        return;
    }
    let schema = "prisma/schema.prisma";
    let mut installed = None;
    for site in input
        .model()
        .with_bases(stage)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .flat_map(|stage| input.steps(stage))
    {
        // What another stage brings, or a script does, isn't followed.
        if site.instruction.keyword == Keyword::Copy && site.instruction.flag("from").is_some() {
            return;
        }
        if site.instruction.keyword != Keyword::Run {
            continue;
        }
        for command in input.commands(site.id) {
            let words: Vec<_> = command.command.words().iter().map(|word| word.value_or_text()).collect();
            let line = words.join(" ");
            let script = command.action.as_ref().and_then(|action| match &action.verb {
                crate::shell::packages::Verb::RunScript(script) => Some(script),
                _ => None,
            });
            let generates = line.contains("prisma")
                || line.contains(".sh")
                || script.is_some_and(|script| {
                    let all = package.programs(script);
                    all.is_none_or(|all| {
                        all.iter().flat_map(|program| &program.words).any(|word| word.contains("prisma"))
                    }) || script.contains("prisma")
                        || script.contains("generate")
                });
            if generates {
                return;
            }
            if command
                .action
                .as_ref()
                .is_some_and(|action| action.installs_manifest_of_node() && !action.global)
            {
                let seen = kit::next::takes(input, stage, schema, Some(site));
                installed = Some(!seen);
            }
            if installed == Some(true)
                && kit::node::builds_next(command, Some(package))
                && kit::next::takes(input, stage, schema, Some(site))
                && input.model().stage_of(site.id).is_some_and(|own| own.index == stage.index)
            {
                let message = "Prisma's client isn't generated when this runs: the packages are installed above the COPY of the schema. \
                               Run `prisma generate` before it.";
                let plain = !site.instruction.is_exec()
                    && !command.command.nesting.inner
                    && site.instruction.heredocs.is_empty();
                let fix = plain.then(|| {
                    let edit = Edit::insert(command.command.span.start, "npx prisma generate && ");
                    Fix::unsafe_("Run `prisma generate` first", input.edits(vec![edit]))
                });
                found.push(Finding::new(command.command.span, message).fix(fix));
                return;
            }
        }
    }
}
