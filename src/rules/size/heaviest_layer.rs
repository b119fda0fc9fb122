use crate::context::StartKind;
use crate::layers::{Leftover, Part, Size, Step, What, bytes};
use crate::model::Stage;
use crate::rules::nextjs::single_stage_next_image;
use crate::rules::prelude::*;
use crate::shell::packages::Verb;

pub const RULE: Rule = Rule {
    name: "heaviest-layer",
    theme: Theme::Size,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Points at the one layer besides the base image that makes the final image heavy: over 100 MB, more \
               than a third of what is known of the image, and with something in it that need not ship, such as \
               development dependencies, compilers, a package manager's cache or files that a `chown` stores a \
               second time. Where the weight of the layer isn't known, or all of it is needed, it says nothing.",
        why: "A layer is stored and pulled as a whole. Taking off what only the build needs there saves more than \
              anything else in the file.",
        example: "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends \
                  build-essential && rm -rf /var/lib/apt/lists/*\nCOPY . /src\nRUN make -C /src\n\
                  CMD [\"/src/app\"]\n",
        instead: "FROM debian:12-slim AS build\nRUN apt-get update && apt-get install -y --no-install-recommends \
                  build-essential && rm -rf /var/lib/apt/lists/*\nCOPY . /src\nRUN make -C /src\n\n\
                  FROM debian:12-slim\nCOPY --from=build /src/app /usr/local/bin/app\nCMD [\"app\"]\n",
        fix: "There is none: what the image needs when it runs, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential\n\
             CMD [\"/app\"]\n",
            &[(2, "RUN")],
        ),
        Example::bad(
            "FROM alpine:3.22 AS base\nRUN apk add --no-cache build-base\nFROM base\nCOPY . /srv\nCMD [\"/srv/app\"]\n",
            &[(2, "RUN")],
        ),
        Example::bad(NODE, &[(4, "RUN")]).with(PROJECT),
        // What runs needs it.
        Example::ok(
            "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ffmpeg\n\
             CMD [\"ffmpeg\"]\n",
        ),
        Example::ok(
            "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\n\
             RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev\nCMD [\"node\", \"index.js\"]\n",
        )
        .with(PROJECT),
        // An image to build with.
        Example::ok("FROM alpine:3.22\nRUN apk add --no-cache build-base\n"),
        Example::ok("FROM alpine:3.22 AS b\nRUN apk add --no-cache build-base\nFROM alpine:3.22\nCMD [\"a\"]\n"),
        Example::ok(
            "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCMD [\"npm\", \"run\", \"dev\"]\n",
        )
        .with(PROJECT),
        // What it weighs isn't known.
        Example::ok("FROM debian:12-slim\nRUN make world\nCMD [\"/app\"]\n"),
    ],
};

const NODE: &str = "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY src ./src\nCMD [\"node\", \"src\"]\n";

/// A project with heavy packages that only its development needs.
const PROJECT: crate::rules::Files = &[
    (
        "package.json",
        r#"{"dependencies": {"express": "5"}, "devDependencies": {"@next/swc-linux-x64-musl": "15.5.29"}}"#,
    ),
    (
        "package-lock.json",
        r#"{"lockfileVersion": 3, "packages": {"": {"name": "x"},
            "node_modules/@next/swc-linux-x64-musl": {"version": "15.5.29", "resolved": "r", "dev": true}}}"#,
    ),
    (".dockerignore", "node_modules\n.git\n"),
    ("src/index.js", "0"),
];

/// What is looked at: below this a layer isn't worth a word.
const NOTABLE: u64 = 100_000_000;

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let plan = input.subject.plan;
    let in_image = plan.steps().iter().filter(|step| step.in_image);
    let keyword = |step: &&Step| input.tree().instruction(step.id).map(|instruction| instruction.keyword);
    let layers: Vec<&Step> = in_image.filter(|step| keyword(step) != Some(Keyword::From)).collect();
    if !layers.iter().any(|step| may_shrink(input, step)) {
        return;
    }
    let sized = layers.iter().filter_map(|step| Some((*step, input.subject.weight(step.id).size?)));
    let Some((step, size)) = sized.max_by_key(|(_, size)| size.likely) else { return };
    let total = input.subject.image();
    let known = total.likely.unwrap_or(total.low);
    if size.likely <= NOTABLE || size.likely <= known / 3 {
        return;
    }
    // A layer that is known within a wide range only may be the heavier one.
    let most = |step: &Step| {
        parts(input, step)
            .iter()
            .filter_map(|part| part.size)
            .fold(0, |sum: u64, size| sum.saturating_add(size.high))
    };
    if layers.iter().any(|step| input.subject.weight(step.id).size.is_none() && most(step) > size.likely) {
        return;
    }
    let Some(advice) = advice(input, step, size) else { return };
    let Some(instruction) = input.tree().instruction(step.id) else { return };
    if single_stage_next_image::finding(input).is_some() {
        return;
    }
    let (weight, made) = (bytes(size.likely), made_of(parts(input, step)));
    let message = match total.likely {
        Some(whole) => format!(
            "The heaviest layer: {weight} of the image's {}. Most of it: {made}. {advice}",
            bytes(whole)
        ),
        None => format!(
            "The heaviest of the layers whose weight is known: {weight}, in an image of at least {}. Most of it: \
             {made}. {advice}",
            bytes(known)
        ),
    };
    found.push(Finding::new(instruction.keyword_span, message));
}

/// Whether a step may hold something that [`advice`] is for: told by its commands, so that nothing is weighed
/// at a key where there is nothing to say.
fn may_shrink(input: &Input<'_>, step: &Step) -> bool {
    let writes_again = ["chown", "chmod", "chgrp", "cp", "mv", "sed"];
    input.subject.leftovers(step.id).iter().any(|leftover| match leftover {
        Leftover::NodeModules { production, .. } => !production,
        Leftover::SystemPackages { names, .. } => names.iter().any(|name| builds(name)),
        Leftover::PackageCache { .. } => true,
        Leftover::NextBuild { cache, .. } => *cache,
        Leftover::NodePackages { .. } | Leftover::AptLists | Leftover::ApkIndex => false,
    }) || input.commands(step.id).iter().any(|command| {
        writes_again.iter().any(|name| command.command.is(name))
            // Its programs are those of package.json.
            || command.action.as_ref().is_some_and(|action| matches!(action.verb, Verb::RunScript(_)))
    })
}

/// What the step is made of.
fn parts<'a>(input: &Input<'a>, step: &Step) -> &'a [Part] {
    &input.subject.weight(step.id).parts
}

/// The one or two largest parts, with what their numbers rest on.
fn made_of(made: &[Part]) -> String {
    let mut parts: Vec<(Size, &Part)> = made.iter().filter_map(|part| Some((part.size?, part))).collect();
    parts.sort_by_key(|(size, _)| std::cmp::Reverse(size.likely));
    let parts: Vec<String> = parts
        .iter()
        .take(2)
        .filter(|(size, _)| size.likely > 0)
        .map(|(size, part)| match made.len() {
            1 => short(&part.what).words(),
            _ => format!("{} {}", bytes(size.likely), short(&part.what).words()),
        })
        .collect();
    parts.join("; ")
}

/// The same with no more than three names.
fn short(what: &What) -> What {
    let few = |names: &[String]| {
        let mut few: Vec<String> = names.iter().take(3).cloned().collect();
        if names.len() > 3 {
            few.push(format!("{} more", names.len() - 3));
        }
        few
    };
    match what {
        What::SystemPackages { names, unknown } => {
            What::SystemPackages { names: few(names), unknown: few(unknown) }
        }
        What::NodePackages { names } => What::NodePackages { names: few(names) },
        other => other.clone(),
    }
}

/// What to do about the largest part that need not ship; None where there is none, or it is small beside the
/// rest.
fn advice(input: &Input<'_>, step: &Step, size: Size) -> Option<String> {
    let kind = starts(input);
    let mut causes: Vec<(u64, String)> = Vec::new();
    for part in parts(input, step) {
        let Some(bytes) = part.size.map(|size| size.likely) else { continue };
        let what = match &part.what {
            What::Modules { production: false, .. } if kind == Starts::Production => {
                "Install with the development dependencies in another stage, and here only what runs \
                 (`npm ci --omit=dev` or the like)."
                    .to_owned()
            }
            What::SystemPackages { names, .. } if kind == Starts::Production => {
                let Some(name) = names.iter().find(|name| builds(name)) else { continue };
                format!(
                    "Build in another stage, which has `{name}`, and copy only the result into this image."
                )
            }
            What::PackageCache { tool } => {
                format!("Mount a cache for {tool}'s downloads: `--mount=type=cache`.")
            }
            What::NextCache { .. } => {
                "Mount a cache for `.next/cache`, or build in another stage and copy only the result."
                    .to_owned()
            }
            What::Again { command, .. } => format!(
                "The files are stored twice: give them their owner or mode where they are made, with \
                 `COPY --chown` or `--chmod`, or a USER above, in place of `{command}`."
            ),
            _ => continue,
        };
        causes.push((bytes, what));
    }
    let (bytes, advice) = causes.into_iter().max_by_key(|(bytes, _)| *bytes)?;
    (bytes >= size.likely / 3).then_some(advice)
}

/// What a container of the image starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Starts {
    Production,
    /// A server for development: it needs what development needs.
    Development,
    /// Nothing that the file says: the image may be one to build with.
    Unknown,
}

fn starts(input: &Input<'_>) -> Starts {
    let target = input.subject.plan.target().and_then(|index| input.model().stages().get(index));
    for now in target.into_iter().flat_map(|target| input.model().with_bases(target)) {
        let start = input.last(now, Keyword::Entrypoint).into_iter().chain(input.last(now, Keyword::Cmd));
        let mut any = false;
        for site in start {
            any = true;
            if input.commands(site.id).iter().any(|command| develops(input, now, command)) {
                return Starts::Development;
            }
        }
        if any {
            return Starts::Production;
        }
    }
    Starts::Unknown
}

fn develops<'a>(input: &Input<'a>, stage: &'a Stage, command: &Cmd<'_>) -> bool {
    let package = kit::node::project(input, stage).and_then(|project| project.package());
    if matches!(kit::node::starts(command, package), Some(StartKind::NextDev)) {
        return true;
    }
    let script = command.action.as_ref().and_then(|action| match &action.verb {
        Verb::RunScript(script) => Some(script),
        _ => None,
    });
    let names = ["dev", "develop", "watch", "test", "storybook"];
    script.is_some_and(|script| script.split(':').any(|part| names.contains(&part)))
        || ["nodemon", "vite", "jest", "vitest", "bash", "sh"].iter().any(|name| command.command.is(name))
}

/// Whether a package of the system is for building only, by what distributions call compilers and headers.
fn builds(name: &str) -> bool {
    let name = name.split(['=', ':', '~']).next().unwrap_or(name);
    let known = [
        "build-essential",
        "build-base",
        "gcc",
        "g++",
        "clang",
        "cmake",
        "make",
        "autoconf",
        "automake",
        "musl-dev",
        "alpine-sdk",
        "linux-headers",
        "rust",
        "cargo",
        "golang",
        "go",
        "gfortran",
    ];
    known.contains(&name) || name.ends_with("-dev") || name.ends_with("-devel")
}
