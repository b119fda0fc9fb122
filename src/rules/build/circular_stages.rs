use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "circular-stages",
    theme: Theme::Build,
    aliases: &["tally/circular-stage-deps"],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports `COPY --from` and `RUN --mount=from` of stages that need each other in a circle, and of a \
               stage that takes something from itself.",
        why: "None of these stages can be built first, so BuildKit refuses the file before it builds anything.",
        example: "FROM alpine:3 AS build\nCOPY --from=build /a /b\n",
        instead: "FROM alpine:3 AS build\nRUN cp /a /b\n",
        fix: "There is no fix: which stage should come first, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM alpine:3 AS build\nCOPY --from=build /a /b\n", &[(2, "build")]),
        Example::bad(
            "FROM alpine:3 AS a\nCOPY --from=b /a /a\nFROM alpine:3 AS b\nRUN --mount=from=a,target=/m true\n",
            &[(2, "b")],
        ),
        Example::ok("FROM alpine:3 AS a\nRUN touch /a\nFROM alpine:3 AS b\nCOPY --from=a /a /a\n"),
        Example::ok(
            "FROM alpine:3 AS a\nRUN touch /a\nFROM a AS b\nCOPY --from=a /a /b\nCOPY --from=0 /a /c\n",
        ),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::Circle, "Let each stage take only from stages above it.", found);
}
