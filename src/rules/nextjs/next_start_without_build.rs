use crate::layers::Leftover;
use crate::rules::kit::next::Kind;
use crate::rules::prelude::*;
use crate::shell::packages::Verb;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "next-start-without-build",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image that starts a Next.js app which no step builds, and whose build isn't copied either.",
        why: "`next start` serves what `next build` has written to `.next`. Without that the container ends with `Could not \
              find a production build`.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"npx\", \"next\", \"start\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npx next build\nCMD [\"npx\", \"next\", \"start\"]\n",
        fix: "There is no fix: the app is best built in a stage of its own.",
        files: Some(APP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nEXPOSE 3000\nCMD [\"npm\", \"start\"]\n",
            &[(6, "\"npm\", \"start\"")],
        )
        .with(APP),
        Example::ok(
            "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"npm\", \"start\"]\n",
        )
        .with(APP),
        // It is built elsewhere, or something may build it.
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD npm start\n").with(&[
            ("package.json", r#"{"scripts": {"start": "next start"}, "dependencies": {"next": "15"}}"#),
            (".next/BUILD_ID", "x"),
        ]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci && ./build.sh\nCMD npm start\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD npm start\n").with(APP),
        Example::ok("FROM example.com/team/app\nCMD npx next start\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD npm run build && npm start\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD npx next start\n"),
    ],
};

const APP: crate::rules::Files = &[(
    "package.json",
    r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15"}}"#,
)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

fn finding(input: &Input<'_>) -> Option<Finding> {
    let app = input.next()?;
    let (start, package) = (app.start.as_ref()?, app.package()?);
    if app.build.is_some()
        || start.opaque
        || !matches!(start.kind, Kind::NextStart(_))
        || !start_is_all(input, start)
    {
        return None;
    }
    let installed =
        ["preinstall", "install", "postinstall", "prepare"].iter().any(|hook| package.builds_next(hook));
    let prestart = package.builds_next("prestart");
    if installed
        || prestart
        || input.source().contains(".next")
        || !input.tree().instructions().all(may_not_build)
    {
        return None;
    }
    let sent = input.context()?.files.iter().any(|file| file.path.contains(".next/"));
    if sent || kit::image::known(input.model(), app.target).is_none() {
        return None;
    }
    // Who installs for the server alone mostly builds outside, before the image.
    let lean = |site: Site<'_>| {
        input
            .subject
            .leftovers(site.id)
            .iter()
            .any(|left| matches!(left, Leftover::NodeModules { production: true, .. }))
    };
    let outside = !input.context()?.ignores(".next/BUILD_ID");
    for stage in input.model().stages().iter().filter(|stage| stage.used) {
        kit::image::known(input.model(), stage)?;
        if outside && input.steps(stage).any(lean) {
            return None;
        }
        for site in input.steps(stage) {
            if site.instruction.keyword == Keyword::Run
                && !(input.script(site.id).is_some() && input.commands(site.id).iter().all(is_harmless))
            {
                return None;
            }
        }
    }
    let message = "Nothing builds the app, so `next start` finds no production build and the container ends at once. Run \
                   `next build` below the COPY of the sources.";
    Some(Finding::new(start.span, message))
}

/// Whether the command is all that the container runs.
fn start_is_all(input: &Input<'_>, start: &kit::next::Start<'_>) -> bool {
    input.commands(start.site.id).len() == 1
}

fn may_not_build(instruction: &crate::syntax::Instruction) -> bool {
    !matches!(instruction.keyword, Keyword::Onbuild | Keyword::Volume | Keyword::Unknown)
}

/// Commands of which it is known that they don't build an app.
fn is_harmless(command: &Cmd<'_>) -> bool {
    match &command.action {
        Some(action) => !matches!(action.verb, Verb::RunScript(_) | Verb::Exec),
        None => matches!(
            unwrap(&command.command).name().as_deref(),
            None | Some(
                "cd" | "set"
                    | "echo"
                    | "mkdir"
                    | "chown"
                    | "chmod"
                    | "rm"
                    | "ls"
                    | "addgroup"
                    | "adduser"
                    | "groupadd"
                    | "useradd"
                    | "corepack"
                    | "true"
                    | "export"
                    | "ln"
                    | "curl"
                    | "wget"
                    | "touch"
                    | "cp"
                    | "test"
            )
        ),
    }
}
