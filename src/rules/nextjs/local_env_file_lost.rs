use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "local-env-file-lost",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image with Next.js' standalone output whose build copies a `.env.local` or `.env.*.local`.",
        why: "Next.js puts `.env` and `.env.production` into the output, the local ones it leaves out. The build has read them, \
              so what is `NEXT_PUBLIC_` is there; what only the server reads is gone, and whatever the file holds stays in \
              the build's cache.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\nCOPY app ./app\nRUN npx next build\nFROM node:22\n\
                  WORKDIR /app\nCOPY --from=build /app/.next/standalone ./\n",
        fix: "There is no fix: give the container these variables with `--env-file`, or in compose, and add the file to \
              .dockerignore.",
        files: Some(LOCAL),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "/app/.next/standalone")]).with(LOCAL),
        Example::ok(EXAMPLE).with(&[
            ("package.json", r#"{"dependencies": {"next": "15"}}"#),
            (".env.local", "A=1"),
            (".dockerignore", ".env*.local\n"),
        ]),
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\n\
                     COPY --from=build /app/.next/standalone ./\nCOPY .env.local ./\n",
        )
        .with(LOCAL),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\n\
                       COPY --from=build /app/.next/standalone ./\n";

const LOCAL: crate::rules::Files =
    &[("package.json", r#"{"dependencies": {"next": "15"}}"#), (".env.local", "SECRET=1")];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(project), Some(build)) = (&app.standalone, app.project, &app.build) else {
        return;
    };
    let local = project.env_files.iter().find(|name| {
        let path = project.path_of(name);
        let read = matches!(name.as_str(), ".env.local" | ".env.production.local");
        read && kit::next::takes(input, build.stage, &path, Some(build.site))
    });
    let Some(local) = local else { return };
    let copied = app
        .copies(input)
        .iter()
        .any(|(_, copied)| copied.sources.iter().any(|word| word.text.contains(".env")));
    if copied || app.mentions(input, ".env") {
        return;
    }
    let message = format!(
        "The build reads `{local}`, and the standalone output leaves it out: variables in it that only the server reads are \
         lost. Give them to the container, and add the file to .dockerignore."
    );
    found.push(Finding::new(standalone.word.span, message));
}
