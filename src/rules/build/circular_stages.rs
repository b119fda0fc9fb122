use super::copy_from_own_stage::itself;
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
        example: "FROM alpine:3 AS build\nRUN --mount=from=build,target=/m cp /m/a /b\n",
        instead: "FROM alpine:3 AS build\nRUN cp /a /b\n",
        fix: "There is no fix: which stage should come first, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM alpine:3 AS build\nCOPY --from=build /a /b\n", &[(2, "build")])
            .under(Profile::Buildkit),
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
    let mut circles = Vec::new();
    tell(input, Refused::Circle, "Let each stage take only from stages above it.", &mut circles);
    // A COPY from its own stage is another rule's, but where it is asked what BuildKit says.
    let copied = |finding: &Finding| {
        let id = input.tree().id_at(finding.span.start)?;
        let instruction = input.tree().instruction(id)?;
        (instruction.keyword == Keyword::Copy).then_some(())?;
        itself(input, Site { id, instruction, onbuild: false })
    };
    circles.retain(|finding| input.profile() == Profile::Buildkit || copied(finding).is_none());
    found.append(&mut circles);
}
