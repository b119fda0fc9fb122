use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "stages-of-other-libc",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a COPY of `node_modules`, or of Next.js' standalone output, from a stage on Alpine into one on Debian or the \
               other way round, where the project has packages with programs of the machine in them (sharp, bcrypt, better-sqlite3, …). \
               Prisma is left alone: its schema may ask for the engines of both.",
        why: "Such packages install a build for the system's C library, musl on Alpine and glibc on Debian. The other one doesn't \
              load it: `Error loading shared library`, `Could not load the \"sharp\" module`, when the container runs.",
        example: EXAMPLE,
        instead: "FROM node:22-slim AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nWORKDIR /app\n\
                  COPY --from=build /app/node_modules ./node_modules\n",
        fix: "There is no fix: which of the two images is meant isn't known.",
        files: Some(NATIVE),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(EXAMPLE, &[(7, "/app/node_modules")]).with(NATIVE),
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-slim\n\
                     COPY --from=build /app/node_modules ./node_modules\n",
        )
        .with(NATIVE),
        Example::ok(EXAMPLE).with(&[("package.json", r#"{"dependencies": {"express": "5"}}"#)]),
        Example::ok(EXAMPLE),
    ],
};

const EXAMPLE: &str = "FROM node:22-slim AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-alpine\nWORKDIR /app\n\
                       COPY --from=build /app/node_modules ./node_modules\n";

const NATIVE: crate::rules::Files = &[("package.json", r#"{"dependencies": {"sharp": "0.33"}}"#)];

/// Packages that hold a program or a library of the system.
const PACKAGES: [&str; 10] = [
    "sharp",
    "bcrypt",
    "argon2",
    "better-sqlite3",
    "sqlite3",
    "canvas",
    "@node-rs/argon2",
    "@node-rs/bcrypt",
    "@parcel/watcher",
    "sodium-native",
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.context().is_none() {
        return;
    }
    for stage in input.model().stages().iter().filter(|stage| stage.used) {
        for usage in &stage.uses {
            let (Some(from), Some(instruction)) =
                (input.model().stages().get(usage.stage), input.tree().instruction(usage.by))
            else {
                continue;
            };
            let Some(copied) = crate::syntax::instruction::copy(instruction) else { continue };
            let Some(word) = copied.sources.iter().find(|word| {
                let text = word.text.trim_end_matches('/');
                text.ends_with("node_modules") || text.ends_with(".next/standalone")
            }) else {
                continue;
            };
            let libc = |stage| kit::image::known(input.model(), stage).and_then(|image| image.libc);
            let (Some(there), Some(here)) = (libc(from), libc(stage)) else { continue };
            if there == here || here == "none" || there == "none" {
                continue;
            }
            let project = input.model().stages().iter().find_map(|stage| kit::node::project(input, stage));
            let Some(package) = project.and_then(|project| project.package()) else { continue };
            let native =
                PACKAGES.iter().find(|name| package.dependencies.iter().any(|(own, _)| own == *name));
            let bundled = project
                .filter(|p| p.uses_next())
                .and_then(|p| p.next_version.as_ref())
                .filter(|v| v.major >= 15);
            let name = match (native, bundled) {
                (Some(name), _) => name,
                (None, Some(_)) => "sharp",
                (None, None) => continue,
            };
            // The packages may be installed anew here, or for both.
            let both =
                package.raw.get("pnpm").is_some_and(|pnpm| pnpm.get("supportedArchitectures").is_some());
            let anew = both
                || input.source().contains("--libc")
                || input.steps(stage).any(|site| {
                    let actions =
                        input.commands(site.id).iter().filter_map(|command| command.action.as_ref());
                    site.instruction.keyword == Keyword::Run
                        && actions.into_iter().any(|action| action.tool.is_javascript() && !action.global)
                });
            if anew {
                continue;
            }
            let message = format!(
                "`{name}` was installed for {there} in the other stage, and this one has {here}, which can't load it. Build both \
                 stages on the same system."
            );
            found.push(Finding::new(word.span, message));
        }
    }
}
