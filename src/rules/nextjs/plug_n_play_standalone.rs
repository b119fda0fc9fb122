use crate::rules::prelude::*;
use crate::shell::packages::Tool;

pub const RULE: Rule = Rule {
    name: "plug-n-play-standalone",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image with Next.js' standalone output of a project that yarn installs by Plug'n'Play.",
        why: "Next.js collects the output's packages from `node_modules`. Plug'n'Play has none, so the output has no packages \
              and the server ends with `Cannot find module`.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN yarn install --immutable && yarn next build\n\
                  FROM node:22\nWORKDIR /app\nCOPY --from=build /app ./\n",
        fix: "There is no fix: set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`.",
        files: Some(PNP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "/app/.next/standalone")]).with(PNP),
        Example::ok(EXAMPLE).with(&[
            ("package.json", r#"{"dependencies": {"next": "15"}}"#),
            ("yarn.lock", "__metadata:\n  version: 8\n"),
            (".yarnrc.yml", "nodeLinker: node-modules\n"),
        ]),
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nFROM node:22\n\
                     COPY --from=build /app/.next/standalone ./\n",
        )
        .with(PNP),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN yarn install --immutable && yarn next build\n\
                       FROM node:22\nCOPY --from=build /app/.next/standalone ./\n";

const PNP: crate::rules::Files = &[
    ("package.json", r#"{"dependencies": {"next": "15"}}"#),
    ("yarn.lock", "__metadata:\n  version: 8\n"),
    (".yarnrc.yml", "enableTelemetry: false\n"),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(project)) = (&app.standalone, app.project) else { return };
    if !project.lockfiles.is_plug_n_play() || project.lockfiles.yarnrc.is_none() {
        return;
    }
    let mut steps = input.model().stages().iter().flat_map(|stage| input.steps(stage));
    let by_yarn = steps.any(|site| {
        let actions = input.commands(site.id).iter().filter_map(|command| command.action.as_ref());
        site.instruction.keyword == Keyword::Run
            && actions
                .into_iter()
                .any(|action| action.tool == Tool::Yarn && action.installs_manifest_of_node())
    });
    // The linker may be set on the way.
    if !by_yarn || input.source().to_ascii_lowercase().contains("linker") {
        return;
    }
    let message = "Yarn installs this project by Plug'n'Play, without `node_modules`, so the standalone output holds no packages \
                   and its server doesn't start. Set `nodeLinker: node-modules` in .yarnrc.yml.";
    found.push(Finding::new(standalone.word.span, message));
}
