use crate::model::{Origin, Stage};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "next-public-env",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an ENV of a `NEXT_PUBLIC_` variable that the build of the Next.js app doesn't see: it stands below the \
               build, or only in the stage that runs the server. Where the project has `.env` files it says nothing.",
        why: "`next build` writes the values of these variables into the scripts for browsers, and into those of the server. \
              One that is set afterwards is never read: the page has `undefined` in its place.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npx next build\nENV NEXT_PUBLIC_API=https://api.example.com\n\
                  CMD [\"npx\", \"next\", \"start\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nENV NEXT_PUBLIC_API=https://api.example.com\nRUN npx next build\n\
                  CMD [\"npx\", \"next\", \"start\"]\n",
        fix: "The fix moves the ENV above the build. It is unsafe: the build has another result.",
        files: Some(&[("package.json", r#"{"dependencies": {"next": "15"}}"#)]),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n# The app\nRUN npm run build\nFROM node:22\n\
             ENV NEXT_PUBLIC_API=https://api.example.com\nCOPY --from=build /app ./\n",
            &[(7, "NEXT_PUBLIC_API")],
        )
        .with(APP)
        .fixed(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nENV NEXT_PUBLIC_API=https://api.example.com\n# The app\n\
             RUN npm run build\nFROM node:22\nCOPY --from=build /app ./\n",
        ),
        Example::bad("FROM node:22\nCOPY . .\nRUN npm run build\nENV A=1 NEXT_PUBLIC_B=2\n", &[(4, "NEXT_PUBLIC_B")]).with(APP),
        // The build sees it too.
        Example::ok(
            "FROM node:22 AS build\nCOPY . .\nARG NEXT_PUBLIC_API\nRUN npm run build\nFROM node:22\nARG NEXT_PUBLIC_API\n\
             ENV NEXT_PUBLIC_API=$NEXT_PUBLIC_API\nCOPY --from=build /app ./\n",
        )
        .with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN NEXT_PUBLIC_A=1 npm run build\nENV NEXT_PUBLIC_A=1\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run build\nENV NEXT_PUBLIC_A=1\n").with(&[
            ("package.json", r#"{"scripts": {"build": "next build"}, "dependencies": {"next": "15"}}"#),
            (".env.production", "NEXT_PUBLIC_A=0"),
        ]),
        // Built when the container starts.
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run build\nENV NEXT_PUBLIC_A=1\nCMD npm run build && npx next start\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm run build\nENV NEXT_PUBLIC_A=1\n"),
    ],
};

const APP: crate::rules::Files =
    &[("package.json", r#"{"scripts": {"build": "next build"}, "dependencies": {"next": "15"}}"#)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let (Some(build), Some(package)) = (&app.build, app.package()) else { return };
    let files = app.project.is_some_and(|project| !project.env_files.is_empty());
    // Such packages hand the values to the browser when a page is served.
    let at_run_time = package.dependencies.iter().any(|(name, _)| name.contains("runtime-env"));
    if files || at_run_time || app.mentions(input, ".env") {
        return;
    }
    let later =
        [Keyword::Entrypoint, Keyword::Cmd].into_iter().filter_map(|keyword| input.last(app.target, keyword));
    let builds_later = later.into_iter().any(|site| {
        input.commands(site.id).iter().any(|command| kit::node::builds_next(command, Some(package)))
    });
    if builds_later || app.start.as_ref().is_some_and(|start| start.opaque) {
        return;
    }
    let line = build.site.instruction.span.of(input.source());
    let seen = input.model().variables(build.site.id);
    for stage in input.model().stages().iter().filter(|stage| stage.used) {
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Env) {
            for (name, _) in
                site.instruction.pairs().filter(|(name, _)| name.text.starts_with("NEXT_PUBLIC_"))
            {
                let known = seen.iter().any(|variable| *variable.name == *name.text);
                let other = feeds_another_build(input, stage, build, &site);
                if known || line.contains(&*name.text) || other {
                    continue;
                }
                let message = format!(
                    "`next build` has written the value of {} into its output before this sets it, so it has no effect. Set it \
                     above the build, with ENV or as an ARG.",
                    name.text
                );
                found.push(Finding::new(name.span, message).fix(fix(input, build, site)));
            }
        }
    }
}

/// Whether the ENV stands in a stage that the build doesn't come from and that isn't what runs.
fn feeds_another_build<'a>(
    input: &Input<'a>,
    stage: &'a Stage,
    build: &kit::next::Build<'a>,
    site: &Site<'a>,
) -> bool {
    let of_build = input.model().with_bases(build.stage).any(|base| base.index == stage.index);
    let runs = input
        .model()
        .target()
        .is_some_and(|target| input.model().with_bases(target).any(|base| base.index == stage.index));
    if of_build { site.id < build.site.id } else { !runs }
}

/// Moves the line above the build, where it sets nothing else and needs nothing that isn't there.
fn fix(input: &Input<'_>, build: &kit::next::Build<'_>, site: Site<'_>) -> Option<Fix> {
    let source = input.source();
    let text = site.instruction.span.of(source);
    let needs = text.contains('$');
    let stage = input.model().stage_of(site.id)?;
    let set = input.model().all_variables(stage).iter();
    let shadowed = set.filter(|v| v.origin == Origin::Env && v.declared == Some(site.id)).count() != 1;
    if needs || shadowed || text.contains('\n') || !input.tree().comments_above(site.instruction).is_empty() {
        return None;
    }
    let rest = site.instruction.rest_span().of(source);
    let edits = vec![
        kit::line_above(input, build.site.instruction, "ENV", rest),
        Edit::delete(kit::whole_lines(source, site.instruction.full_span)),
    ];
    Some(Fix::unsafe_("Set it above the build", input.edits(edits)))
}
