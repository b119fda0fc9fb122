use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "sharp-missing",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image with the standalone output of a Next.js before 15 where neither package.json nor the \
               Dockerfile installs `sharp`.",
        why: "The standalone server of these versions scales images with nothing else: each image of `next/image` is \
              answered with an error, `'sharp' is required to be installed in standalone mode`. Since 15 Next.js brings \
              sharp along.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm i sharp@0.33.5 && npx next build\n\
                  FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\n",
        fix: "There is no fix: the package belongs into package.json and the lockfile, which `npm install sharp` writes.",
        files: Some(OLD),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(6, "/app/.next/standalone")]).with(OLD),
        Example::ok(EXAMPLE)
            .with(&[("package.json", r#"{"dependencies": {"next": "14.2.0", "sharp": "0.33"}}"#)]),
        Example::ok(EXAMPLE).with(&[("package.json", r#"{"dependencies": {"next": "15.0.0"}}"#)]),
        Example::ok(EXAMPLE).with(&[
            ("package.json", r#"{"dependencies": {"next": "14.2.0"}}"#),
            ("next.config.js", "module.exports = { images: { unoptimized: true } }"),
        ]),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nFROM node:22\n\
                       COPY --from=build /app/.next/standalone ./\n";

const OLD: crate::rules::Files = &[("package.json", r#"{"dependencies": {"next": "14.2.0"}}"#)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(standalone), Some(project), Some(package)) = (&app.standalone, app.project, app.package())
    else {
        return;
    };
    let version = project.next_version.as_ref().filter(|version| (12..15).contains(&version.major));
    let config = project.config().map_or("", |config| &config.file.text);
    let other = config.contains("unoptimized") || config.contains("loader");
    let mut instructions = input.tree().instructions().map(|instruction| instruction.span.of(input.source()));
    let named = instructions.any(|text| text.contains("sharp") || text.contains("SHARP"));
    if version.is_none() || other || named || package.dependency("sharp").is_some() {
        return;
    }
    let text = version.map_or("", |version| &version.text);
    let message = format!(
        "The standalone server of Next.js {text} scales images with `sharp` only, and nothing installs it: each image of \
         `next/image` fails, if the app has any. Add sharp to the dependencies, or update to Next.js 15."
    );
    found.push(Finding::new(standalone.word.span, message));
}
