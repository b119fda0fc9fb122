use crate::context::{PackageJson, StartKind};
use crate::layers::{Leftover, bytes, has_cache_mount};
use crate::model::Stage;
use crate::model::resolve;
use crate::rules::kit::removal::{Place, Removal, removal};
use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "single-stage-next-image",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a Dockerfile that installs, builds and starts a Next.js app in one stage.",
        why: "What the build needs then ships with what the server needs: all of `node_modules` with the \
              development dependencies, the package manager's cache, the sources and the build's own cache. \
              Next.js can write a folder `.next/standalone` with the few packages that the server really \
              requires. A second stage that takes this folder only is a fraction of the size, starts sooner \
              on a new machine, and has less in it that can be attacked.",
        example: "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n\
                  COPY . .\nRUN npx next build\nUSER node\nCMD [\"npx\", \"next\", \"start\"]\n",
        instead: "FROM node:22-alpine AS builder\nWORKDIR /app\nCOPY package.json package-lock.json ./\n\
                  RUN npm ci\nCOPY . .\nRUN npx next build\n\nFROM node:22-alpine\nWORKDIR /app\n\
                  ENV NODE_ENV=production HOSTNAME=0.0.0.0\nCOPY --from=builder /app/public ./public\n\
                  COPY --from=builder --chown=node:node /app/.next/standalone ./\n\
                  COPY --from=builder --chown=node:node /app/.next/static ./.next/static\nUSER node\n\
                  CMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix of this finding alone: the conversion to a multi-stage build changes \
              next.config and .dockerignore as well, and is offered as a refactoring of the file.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(APP, &[(1, "node:22-alpine")]).with(PROJECT),
        Example::bad("FROM node:22\nRUN npm ci && npx next build\nCMD npx next start\n", &[(1, "node:22")]),
        // Without package.json nobody knows what `build` builds.
        Example::ok(APP),
        Example::ok(APP)
            .with(&[("package.json", r#"{"scripts": {"build": "vite build", "start": "node ."}}"#)]),
        Example::ok("FROM node:22\nRUN npm ci && npx next build\nCMD [\"npx\", \"next\", \"dev\"]\n"),
        Example::ok(
            "FROM node:22 AS b\nRUN npm ci && npx next build\nFROM node:22\nCMD [\"node\", \"server.js\"]\n",
        ),
    ],
};

const APP: &str = "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n\
                   RUN npm run build\nCMD [\"npm\", \"start\"]\n";

const PROJECT: crate::rules::Files = &[
    (
        "package.json",
        r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15"}}"#,
    ),
    ("package-lock.json", "{}"),
    (".dockerignore", "node_modules\n.next\n"),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

/// What this rule says of a file.
pub(in crate::rules) fn finding(input: &Input<'_>) -> Option<Finding> {
    let [stage] = input.model().stages() else { return None };
    let image = input.tree().instruction(stage.from).and_then(from)?.image;
    let package = kit::node::project(input, stage).and_then(|project| project.package());
    let faults = Faults::of(input, stage, package)?;
    let start = input.last(stage, Keyword::Entrypoint).into_iter().chain(input.last(stage, Keyword::Cmd));
    let kind = start.flat_map(|site| input.commands(site.id)).find_map(|cmd| kit::node::starts(cmd, package));
    let what_to_do = match kind {
        Some(StartKind::NextStart(_)) => {
            "The conversion to a multi-stage build, a refactoring of this file, ships Next.js's standalone output \
             instead."
        }
        Some(StartKind::Standalone | StartKind::Other { .. } | StartKind::CustomServer { .. }) => {
            "Build in one stage and copy into a second one only what the server needs."
        }
        Some(StartKind::NextDev | StartKind::Missing) | None => return None,
    };
    let message = format!(
        "The app is installed, built and started in one stage, so the image ships {}. {what_to_do}",
        faults.list()
    );
    Some(Finding::new(image.span, message))
}

/// What the stage leaves in the image that the server doesn't need.
struct Faults {
    development: bool,
    manager_cache: Option<&'static str>,
    /// The measured bytes of the folder copied whole, where they are known; None where none is copied.
    sources: Option<Option<u64>>,
    build_cache: bool,
}

impl Faults {
    /// None where the stage doesn't install and build a Next.js app.
    fn of<'a>(input: &Input<'a>, stage: &'a Stage, package: Option<&PackageJson>) -> Option<Self> {
        let mut faults =
            Faults { development: false, manager_cache: None, sources: None, build_cache: false };
        let (mut installs, mut builds) = (false, false);
        for site in input.steps(stage) {
            if let Some(copy) = kit::node::context_copy(site)
                && copy
                    .sources
                    .iter()
                    .any(|source| kit::node::whole_project(input.context(), source).is_some())
            {
                let size = input.subject.weight(site.id).size;
                faults.sources = Some(size.map(|size| size.likely));
            }
            if site.instruction.keyword != Keyword::Run {
                continue;
            }
            for command in input.commands(site.id) {
                let action = command.action.as_ref();
                installs |= action.is_some_and(|a| a.installs_manifest_of_node() && !a.global);
                if kit::node::builds_next(command, package) {
                    builds = true;
                    faults.build_cache |= keeps_build_cache(input, site, command);
                }
            }
            for leftover in input.subject.leftovers(site.id) {
                match leftover {
                    Leftover::NodeModules { production, .. } => faults.development |= !production,
                    Leftover::PackageCache { tool, .. } if tool.is_javascript() => {
                        faults.manager_cache = faults.manager_cache.or(Some(tool.name()));
                    }
                    _ => {}
                }
            }
        }
        (installs && builds).then_some(faults)
    }

    fn list(&self) -> String {
        let with = if self.development { " with the development dependencies" } else { "" };
        let mut parts = vec![format!("all of node_modules{with}")];
        parts.extend(self.manager_cache.map(|tool| format!("{tool}'s cache")));
        parts.extend(self.sources.map(|size| match size {
            Some(size) => format!("the sources ({} copied, as measured)", bytes(size)),
            None => "the sources".to_owned(),
        }));
        parts.extend(self.build_cache.then(|| "the build's own cache".to_owned()));
        match parts.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
            _ => parts.concat(),
        }
    }
}

/// Whether the cache of a build stays in the layer: it is neither mounted nor deleted by the same RUN.
fn keeps_build_cache(input: &Input<'_>, site: Site<'_>, build: &Cmd<'_>) -> bool {
    let Some(frame) = input.frame(site.id) else { return true };
    let workdir = &*frame.workdir.path;
    let folder = resolve(&resolve(workdir, build.command.directory().unwrap_or("")), ".next/cache");
    let home = kit::users::home(input, site.id).folder;
    let place = Place { workdir, home: &home };
    let removed = |other: &Cmd<'_>| {
        other.command.span.start > build.command.span.start && removal(other, &place, &folder) == Removal::Yes
    };
    !has_cache_mount(site.instruction, &folder) && !input.commands(site.id).iter().any(removed)
}
