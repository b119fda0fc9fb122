use crate::rules::prelude::*;
use crate::syntax::instruction::{Origin, copy};

/// Packages that write into public/ while the app is built.
const WRITERS: [&str; 8] = [
    "next-pwa",
    "@ducanh2912/next-pwa",
    "@imbios/next-pwa",
    "@serwist/next",
    "next-offline",
    "next-sitemap",
    "partytown",
    "@builder.io/partytown",
];

pub const RULE: Rule = Rule {
    name: "public-folder-missing",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a COPY of `public` from the stage that builds a Next.js app where the project has no such folder and \
               nothing that is known to write one.",
        why: "The COPY fails with `not found`, after the whole build has run. An empty folder isn't the cure: git keeps \
              none.",
        example: EXAMPLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                  COPY --from=build /app/.next ./.next\n",
        fix: "The fix deletes the COPY. It is unsafe: a step that isn't read here may write the folder.",
        files: Some(APP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(7, "/app/public")]).with(APP).fixed(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
             COPY --from=build /app/.next ./.next\n",
        ),
        Example::ok(EXAMPLE)
            .with(&[("package.json", r#"{"dependencies": {"next": "15"}}"#), ("public/a.txt", "")]),
        Example::ok(EXAMPLE).with(&[("package.json", r#"{"dependencies": {"next": "15", "next-sitemap": "4"}}"#)]),
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN mkdir -p public && npx next build\nFROM node:22\n\
             COPY --from=build /app/public ./public\n",
        )
        .with(APP),
        Example::ok("FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\n\
                     COPY --from=build /app/publi[c] ./public\n")
            .with(APP),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npx next build\nFROM node:22\nWORKDIR /app\n\
                       COPY --from=build /app/public ./public\nCOPY --from=build /app/.next ./.next\n";

const APP: crate::rules::Files = &[("package.json", r#"{"dependencies": {"next": "15"}}"#)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(build), Some(project), Some(view)) = (&app.build, app.project, input.context()) else { return };
    let Some(package) = app.package() else { return };
    let writes = WRITERS.iter().any(|name| package.dependency(name).is_some())
        || project.config().is_some_and(|config| {
            let text = config.file.text.to_ascii_lowercase();
            text.contains("public") || text.contains("pwa")
        });
    if project.has_public
        || view.truncated
        || writes
        || app.mentions(input, "public")
        || app.mentions(input, ".sh")
    {
        return;
    }
    let Some(folder) = &build.folder else { return };
    // Another COPY may bring it into the stage that builds.
    let brought = input.model().with_bases(build.stage).flat_map(|stage| input.steps(stage)).any(|site| {
        matches!(site.instruction.keyword, Keyword::Copy | Keyword::Add)
            && site.instruction.args.last().is_some_and(|word| word.text.contains("public"))
    });
    if brought {
        return;
    }
    let public = crate::model::resolve(folder, "public");
    for stage in input.model().stages() {
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Copy) {
            let Some(copied) = copy(site.instruction) else { continue };
            let from = stage.uses.iter().find(|usage| usage.by == site.id).map(|usage| usage.stage);
            let built = from.and_then(|from| input.model().stages().get(from));
            let built = built.is_some_and(|stage| {
                input.model().with_bases(stage).any(|stage| stage.index == build.stage.index)
            });
            if !built || !matches!(copied.origin, Origin::From(_)) {
                continue;
            }
            let is_it = |source: &&&crate::syntax::Word| crate::model::resolve("/", &source.text) == public;
            let Some(word) = copied.sources.iter().find(is_it) else { continue };
            let message = "The project has no folder `public`, and nothing is seen that writes one, so this COPY fails when \
                           all else is built. Delete it, or make the folder with a file in it that git keeps.";
            let fix = (copied.sources.len() == 1 && copied.heredocs.is_empty()).then(|| {
                let lines = kit::whole_lines(input.source(), site.instruction.full_span);
                Fix::unsafe_("Delete this COPY", input.edits(vec![Edit::delete(lines)]))
            });
            found.push(Finding::new(word.span, message).fix(fix));
        }
    }
}
