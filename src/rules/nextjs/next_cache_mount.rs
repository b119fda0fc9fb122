use crate::layers::has_cache_mount;
use crate::rules::kit::removal::{Place, Removal, removal};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "next-cache-mount",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Either,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a RUN that builds a Next.js app without a cache mount at `.next/cache`.",
        why: "Next.js keeps there what it compiled, and takes over what hasn't changed: the next build of a large \
              app takes a fraction of the time. A step that runs again starts without it, unless a cache mount \
              brings the folder along. A mount keeps it out of the layer, too.",
        example: "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npx next build\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\n\
                  RUN --mount=type=cache,target=/app/.next/cache npx next build\n",
        fix: "The fix adds the mount. It is safe where the build's stage isn't the image that ships. Else it is unsafe: \
              the folder isn't in the image any more, with the data that `fetch` cached during the build.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\n\
             COPY --from=build /app/.next/standalone ./\n",
            &[(4, "npm run build")],
        )
        .with(&[("package.json", r#"{"scripts": {"build": "next build"}, "dependencies": {"next": "15"}}"#)])
        .fixed(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n\
             RUN --mount=type=cache,target=/app/.next/cache npm run build\nFROM node:22\n\
             COPY --from=build /app/.next/standalone ./\n",
        ),
        Example::bad("FROM node:22\nWORKDIR /app\nUSER node\nRUN cd web && npx next build\n", &[(4, "npx next build")])
            .fixed_unsafely(
                "FROM node:22\nWORKDIR /app\nUSER node\n\
                 RUN --mount=type=cache,target=/app/web/.next/cache,uid=1000,gid=1000 cd web && npx next build\n",
            ),
        // Who owns the mount isn't known, or where the app lies.
        Example::bad("FROM debian:12\nWORKDIR /app\nUSER app\nRUN npx next build\n", &[(4, "npx next build")]),
        Example::bad("FROM node:22\nRUN npx next build\n", &[(2, "npx next build")]),
        Example::ok("FROM node:22\nWORKDIR /app\nRUN --mount=type=cache,target=/app/.next/cache npx next build\n"),
        Example::ok("FROM node:22\nWORKDIR /app\nRUN npx next build && rm -rf .next/cache\n"),
        Example::ok("FROM node:22\nWORKDIR /app\nRUN npm run build\n")
            .with(&[("package.json", r#"{"scripts": {"build": "vite build"}}"#)]),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

fn finding(input: &Input<'_>) -> Option<Finding> {
    let app = input.next()?;
    let build = app.build.as_ref()?;
    let run = build.site.instruction;
    let config = app.project.and_then(|project| project.config());
    let dist = config.and_then(|config| config.content.dist_dir.literal()).unwrap_or(".next");
    let cache = format!("{}/cache", dist.trim_end_matches('/'));
    let message = format!(
        "Each time that this runs again Next.js compiles everything anew. Keep its build cache with \
         `--mount=type=cache,target=…/{cache}`."
    );
    let finding = Finding::new(build.span, message);
    let Some(folder) = &build.folder else {
        return (!kit::mount::has_cache(run)).then_some(finding);
    };
    let target = crate::model::resolve(folder, &cache);
    let home = kit::users::home(input, build.site.id).folder;
    let place = Place { workdir: &input.frame(build.site.id)?.workdir.path, home: &home };
    let removes = |command: &Cmd<'_>| removal(command, &place, &target) != Removal::No;
    let relative = kit::mount::mounts(run)
        .any(|mount| mount.value("target").is_some_and(|target| target.contains(".next")));
    if has_cache_mount(run, &target) || relative || input.commands(build.site.id).iter().any(removes) {
        return None;
    }
    let fix = owner(input, build).filter(|_| !target.contains([',', '"', ' ', '$'])).map(|owner| {
        let mount = format!(" --mount=type=cache,target={target}{owner}");
        let edit = input.edits(vec![Edit::insert(run.keyword_span.end, mount)]);
        let ships = input.model().with_bases(app.target).any(|stage| stage.index == build.stage.index);
        match ships {
            false => Fix::safe("Keep Next.js' build cache in a cache mount", edit),
            true => Fix::unsafe_("Keep Next.js' build cache in a cache mount, out of the image", edit),
        }
    });
    Some(finding.fix(fix))
}

/// What the mount needs to belong to the user who builds; None where that isn't known.
fn owner(input: &Input<'_>, build: &kit::next::Build<'_>) -> Option<&'static str> {
    let user = input.frame(build.site.id)?.user.and_then(|user| input.tree().instruction(user)?.args.first());
    match user {
        None => kit::image::known(input.model(), build.stage)?.user.is_none_or(|user| user == "root").then_some(""),
        Some(user) if kit::users::is_root(user) => Some(""),
        Some(user) => {
            // The user of the official image: 1000:1000 (docker-node's Dockerfiles).
            let (image, _) = kit::image::root(input.model(), build.stage)?;
            (image == "node" && matches!(kit::users::name(user), "node" | "1000"))
                .then_some(",uid=1000,gid=1000")
        }
    }
}
