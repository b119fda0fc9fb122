use crate::rules::prelude::*;
use crate::text::WorkspaceEdit;

pub const RULE: Rule = Rule {
    name: "standalone-output-off",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a COPY of `.next/standalone` where next.config doesn't set `output: \"standalone\"`.",
        why: "`next build` writes that folder only when it is asked to. Without it the COPY fails, after the whole \
              build has run.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                  COPY --from=build /app ./\n",
        fix: "The fix adds the line to next.config, or creates one. It is unsafe: the build writes another output.",
        files: Some(OFF),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "/app/.next/standalone")]).with(OFF).fixed_files(&[(
            "next.config.mjs",
            "export default {\n  output: \"standalone\",\n  reactStrictMode: true,\n};\n",
        )]),
        Example::bad(EXAMPLE, &[(6, "/app/.next/standalone")])
            .with(&[("package.json", r#"{"dependencies": {"next": "15"}}"#), ("next.config.js", "module.exports = {\n  output: 'export',\n}\n")]),
        Example::ok(EXAMPLE).with(&[
            ("package.json", r#"{"dependencies": {"next": "15"}}"#),
            ("next.config.mjs", "export default { output: 'standalone' }\n"),
        ]),
        // Only running it would tell.
        Example::ok(EXAMPLE).with(&[
            ("package.json", r#"{"dependencies": {"next": "15"}}"#),
            ("next.config.mjs", "export default { output: process.env.OUT }\n"),
        ]),
        Example::ok("FROM node:22 AS build\nENV NEXT_PRIVATE_STANDALONE=1\nWORKDIR /app\nCOPY . .\nRUN npx next build\n\
                     FROM node:22\nCOPY --from=build /app/.next/standalone ./\n")
            .with(OFF),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\n\
                       COPY --from=build /app/.next/standalone ./\n";

const OFF: crate::rules::Files = &[
    ("package.json", r#"{"dependencies": {"next": "15"}}"#),
    ("next.config.mjs", "export default {\n  reactStrictMode: true,\n};\n"),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(view), Some(project)) = (&app.standalone, input.context(), app.project)
    else {
        return;
    };
    // The config must be the one that the build reads.
    if standalone.stage.is_none() || app.build.is_none() || app.writes_standalone(input) != Some(false) {
        return;
    }
    if app.package().is_none() {
        return;
    }
    let message = "next.config doesn't set `output: \"standalone\"`, so the build doesn't write this folder and the COPY \
                   fails. Turn the standalone output on.";
    let fix = project.turn_on_standalone(view).ok().map(|file| {
        Fix::unsafe_("Turn on standalone output in next.config", WorkspaceEdit { files: vec![file] })
    });
    found.push(Finding::new(standalone.word.span, message).fix(fix));
}
