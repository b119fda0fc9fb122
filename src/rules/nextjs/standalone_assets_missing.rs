use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "standalone-assets-missing",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image that takes Next.js' standalone output but not `.next/static`, or not a `public/` \
               that the project has.",
        why: "The standalone output holds the server and the packages that it needs, and nothing that browsers load: \
              Next.js expects that a CDN serves it. Without a copy in the image every script and style sheet, and \
              every file of `public/`, is answered with 404.",
        example: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                  COPY --from=build /app/.next/standalone ./\n",
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                  COPY --from=build /app/.next/standalone ./\nCOPY --from=build /app/.next/static ./.next/static\n",
        fix: "The fix copies the folder from the same stage to its place beside the server, as the same owner. It is \
              unsafe: the image gets larger.",
        files: Some(&[("package.json", r#"{"dependencies": {"next": "15"}}"#)]),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /srv\n\
             COPY --from=build --chown=node:node /app/.next/standalone .\nUSER node\nCMD [\"node\", \"server.js\"]\n",
            &[(7, "/app/.next/standalone"), (7, "/app/.next/standalone")],
        )
        .with(APP)
        .fixed(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /srv\n\
             COPY --from=build --chown=node:node /app/.next/standalone .\n\
             COPY --from=build --chown=node:node /app/.next/static ./.next/static\n\
             COPY --from=build --chown=node:node /app/public ./public\nUSER node\n\
             CMD [\"node\", \"server.js\"]\n",
        ),
        Example::ok(SOUND).with(APP),
        // A script puts them there, or a CDN serves them.
        Example::ok(BARE).with(&[(
            "package.json",
            r#"{"scripts": {"postbuild": "cp -r .next/static .next/standalone/.next/"}, "dependencies": {"next": "15"}}"#,
        )]),
        Example::ok(BARE).with(&[
            ("package.json", r#"{"dependencies": {"next": "15"}}"#),
            ("next.config.js", "module.exports = { output: 'standalone', assetPrefix: 'https://cdn.example.com' }"),
        ]),
        Example::ok(BARE),
    ],
};

const APP: crate::rules::Files =
    &[("package.json", r#"{"dependencies": {"next": "15"}}"#), ("public/robots.txt", "")];

const BARE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                    COPY --from=build /app/.next/standalone ./\n";

const SOUND: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                     COPY --from=build /app/public* ./public\nCOPY --from=build /app/.next/standalone ./\n\
                     COPY --from=build /app/.next/static ./.next/static\n";

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(build), Some(project)) = (&app.standalone, &app.build, app.project) else {
        return;
    };
    let built_there = standalone
        .stage
        .is_some_and(|stage| input.model().with_bases(stage).any(|stage| stage.index == build.stage.index));
    let prefix = project.config().is_some_and(|config| config.file.text.contains("assetPrefix"));
    // What a script of the build does with the folders isn't followed.
    let scripted = app.mentions(input, "standalone") || app.mentions(input, ".sh");
    if !built_there || app.package().is_none() || scripted {
        return;
    }
    let copies = app.copies(input);
    let mut report = |what: &str, lost: &str| {
        let message = format!(
            "The standalone output doesn't hold `{what}`, and nothing copies it into the image: {lost} answered with 404. \
             Copy it to its place beside server.js."
        );
        let fix = standalone.beside(input, what).map(|rest| {
            let edit = kit::line_below(input, standalone.site.instruction, "COPY", &rest);
            Fix::unsafe_(format!("Copy `{what}` too"), input.edits(vec![edit]))
        });
        found.push(Finding::new(standalone.word.span, message).fix(fix));
    };
    let statics = format!("{}/static", standalone.dist);
    if !prefix && !app.mentions(input, "static") && !standalone.is_copied(input, &copies, &statics) {
        report(&statics, "all scripts and styles are");
    }
    let folder = project.path_of("public");
    let sent = project.has_public && input.context().is_some_and(|view| !view.matches(&folder).is_empty());
    if sent && !app.mentions(input, "public") && !standalone.is_copied(input, &copies, "public") {
        report("public", "its files are");
    }
}
