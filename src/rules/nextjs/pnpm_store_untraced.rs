use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "pnpm-store-untraced",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image with the standalone output of an app in a pnpm workspace whose next.config sets \
               `outputFileTracingRoot` to the app's own folder.",
        why: "In a workspace pnpm keeps the packages in the `node_modules` of the workspace's root, and the app's own holds \
              links to them. What lies above the root that is traced isn't copied, so the links of the output lead nowhere.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN pnpm install --frozen-lockfile && cd apps/web && pnpm next build\n\
                  FROM node:22\nWORKDIR /app\nCOPY --from=build /app ./\n",
        fix: "There is no fix: leave the setting out, or let it name the workspace's root, \
              `path.join(__dirname, '../..')`.",
        files: Some(WORKSPACE),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "/app/apps/web/.next/standalone")]).with(WORKSPACE),
        Example::ok(EXAMPLE).with(&[
            ("package.json", "{}"),
            ("pnpm-lock.yaml", ""),
            ("pnpm-workspace.yaml", "packages: [apps/*]\n"),
            ("apps/web/package.json", r#"{"dependencies": {"next": "15"}}"#),
            ("apps/web/next.config.js", "module.exports = { output: 'standalone' }"),
        ]),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n\
                       RUN pnpm install --frozen-lockfile && cd apps/web && pnpm next build\nFROM node:22\n\
                       COPY --from=build /app/apps/web/.next/standalone ./\n";

const WORKSPACE: crate::rules::Files = &[
    ("package.json", "{}"),
    ("pnpm-lock.yaml", ""),
    ("pnpm-workspace.yaml", "packages: [apps/*]\n"),
    ("apps/web/package.json", r#"{"dependencies": {"next": "15"}}"#),
    (
        "apps/web/next.config.js",
        "module.exports = { output: 'standalone', outputFileTracingRoot: __dirname }",
    ),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(project), Some(view)) = (&app.standalone, app.project, input.context())
    else {
        return;
    };
    let Some(config) = project.config().filter(|_| !project.folder.is_empty()) else { return };
    let own = kit::next::is_own_folder(&config.file.text, &config.content.tracing_root);
    let hoisted = input.source().contains("hoisted") || input.source().contains("pnpm deploy");
    if !own || hoisted || view.file("pnpm-workspace.yaml").is_none() || !project.lockfiles.found.is_empty() {
        return;
    }
    let message = "outputFileTracingRoot is the app's own folder, but pnpm keeps the packages at the workspace's root: the \
                   links in the standalone output lead nowhere and the server doesn't start. Let it name the root.";
    found.push(Finding::new(standalone.word.span, message));
}
