use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "node-headers-downloaded",
    theme: Theme::Cache,
    aliases: &["tally/js/node-gyp-cache-mounts"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports an install of Node.js packages in a stage with a C++ compiler, where the package manager has a cache \
               mount and node-gyp has none. Where there is no cache mount at all, `package-manager-cache-mount` tells of it.",
        why: "Packages with native parts are compiled by node-gyp, which downloads the headers of this Node.js before that, each time that \
              the step runs again, and leaves them in the layer.",
        example: "FROM node:22-alpine\nRUN apk add --no-cache g++ make python3\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
        instead: "FROM node:22-alpine\nRUN apk add --no-cache g++ make python3\n\
                  RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/root/.cache/node-gyp npm ci\n",
        fix: "The fix adds the mount for root. It is safe: what is installed stays the same.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM node:22-alpine\nRUN apk add --no-cache g++ make python3\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
            &[(3, "npm ci")],
        )
        .fixed(
            "FROM node:22-alpine\nRUN apk add --no-cache g++ make python3\n\
             RUN --mount=type=cache,target=/root/.cache/node-gyp --mount=type=cache,target=/root/.npm npm ci\n",
        ),
        Example::ok("FROM node:22-alpine\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
        Example::ok("FROM node:22-alpine\nRUN apk add --no-cache g++\nRUN npm ci\n"),
        Example::ok("FROM node:22-alpine\nRUN apk add --no-cache g++\nRUN --mount=type=cache,target=/root npm ci\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let targets: Vec<String> = kit::mount::mounts(site.instruction)
        .filter_map(|mount| mount.value("target").map(str::to_owned))
        .collect();
    let kept =
        |target: &String| target.contains("node-gyp") || target.ends_with("/.cache") || target == "/root";
    if site.onbuild || !kit::mount::has_cache(site.instruction) || targets.iter().any(kept) {
        return;
    }
    let installs = |command: &&Cmd<'_>| {
        command
            .action
            .as_ref()
            .is_some_and(|action| action.installs_manifest_of_node() && !action.ignore_scripts)
    };
    let Some(install) = input.commands(site.id).iter().find(installs) else { return };
    let Some(stage) = input.model().stage_of(site.id) else { return };
    let compiles = |other: Site<'_>| {
        let actions = input.commands(other.id).iter().filter_map(|command| command.action.as_ref());
        actions
            .flat_map(|action| &action.packages)
            .any(|package| matches!(&*package.name, "g++" | "gcc-c++" | "build-base" | "build-essential"))
    };
    let mut steps = input.model().with_bases(stage).flat_map(|stage| input.steps(stage));
    if !steps.any(|other| other.instruction.keyword == Keyword::Run && other.id <= site.id && compiles(other))
    {
        return;
    }
    let message = "Each time that this step runs again node-gyp downloads the headers of Node.js anew, and leaves them in \
                   the layer. Give it a cache that outlives the build, with `RUN --mount=type=cache,…`.";
    let of_root = input.frame(site.id).is_some_and(|frame| frame.user.is_none());
    let fix = of_root.then(|| {
        let edit = Edit::insert(
            site.instruction.keyword_span.end,
            " --mount=type=cache,target=/root/.cache/node-gyp",
        );
        Fix::safe("Keep node-gyp's headers in a cache mount", input.edits(vec![edit]))
    });
    found.push(Finding::new(install.head(), message).fix(fix));
}
