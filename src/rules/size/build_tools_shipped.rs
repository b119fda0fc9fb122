use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::shell::packages::Verb;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "build-tools-shipped",
    theme: Theme::Size,
    aliases: &["tally/prefer-multi-stage-build"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a file of one stage that compiles or bundles something: with `go build`, `cargo \
              build`, `mvn`, `gradle`, `make`, `dotnet publish`, `npm run build` and their like.",
        why: "The image ships the compiler, the sources and everything that was downloaded to build \
             with them. A second stage that copies the result ships the result.",
        example: "FROM golang:1.23\nWORKDIR /src\nCOPY . .\nRUN go build -o /app\nCMD [\"/app\"]\n",
        instead: "FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build \
            -o /app\nFROM debian:12-slim\nCOPY --from=build /app /app\nCMD \
            [\"/app\"]\n",
        fix: "There is no fix: for Next.js `plimsoll convert` writes the stages; for others which \
             files are needed, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM golang:1.23\nRUN cd /src && go build -o /app\n", &[(2, "go build -o /app")])
            .under(Profile::Strict),
        Example::bad("FROM node:22\nRUN npm run build\n", &[(2, "npm run build")]).under(Profile::Strict),
        Example::ok(
            "FROM golang:1.23 AS build\nRUN go build -o /app\nFROM debian:12\nCOPY --from=build /app /app\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM golang:1.23\nRUN go version\n").under(Profile::Strict),
        Example::ok("FROM golang:1.23\nRUN go build\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let [stage] = input.model().stages() else { return };
    let runs = input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run);
    for site in runs {
        if let Some(command) = input.commands(site.id).iter().find(|command| builds(command)) {
            let message = "The file has one stage, so the image ships the tools and sources of this build too. Build in \
                           a stage of its own, and copy the result to one that starts from a small image.";
            found.push(Finding::new(command.command.span, message));
            return;
        }
    }
}

fn builds(command: &Cmd<'_>) -> bool {
    if let Some(Verb::RunScript(script)) = command.action.as_ref().map(|action| &action.verb) {
        return script == "build" || script.starts_with("build:");
    }
    let invocation = unwrap(&command.command);
    let first =
        invocation.args().iter().find(|word| !word.text().starts_with('-')).and_then(|word| word.literal());
    let verb = |verbs: &[&str]| first.as_deref().is_some_and(|first| verbs.contains(&first));
    match invocation.name().as_deref() {
        Some("go" | "cargo" | "swift" | "zig") => verb(&["build", "install"]),
        Some("dotnet") => verb(&["build", "publish"]),
        Some(
            "mvn" | "mvnw" | "gradle" | "gradlew" | "sbt" | "make" | "cmake" | "ninja" | "gcc" | "g++"
            | "javac" | "tsc",
        ) => true,
        _ => false,
    }
}
