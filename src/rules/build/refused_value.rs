use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "refused-value",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports values that BuildKit refuses when it plans the build: a stage's number that no stage has, an \
               option of `# check=` that there isn't, and an image, a platform or a path that comes to nothing once its variables are worked out.",
        why: "The build stops there, before anything is pulled or run.",
        example: "FROM $IMAGE\nRUN true\n",
        instead: "ARG IMAGE=node:22\nFROM $IMAGE\nRUN true\n",
        fix: "There is no fix: what is meant, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM $IMAGE\nRUN true\n", &[(1, "$IMAGE")]),
        Example::bad("FROM scratch\nCOPY --from=7 /a /a\n", &[(2, "7")]),
        Example::bad("FROM --platform=$BULIDPLATFORM alpine:3\nRUN true\n", &[(1, "$BULIDPLATFORM")]),
        Example::bad("# check=error=maybe\nFROM scratch\nCOPY a /\n", &[(1, "error=maybe")]),
        // Whether it is empty hangs on how the build is started.
        Example::ok("ARG IMAGE\nFROM $IMAGE\nARG DATA\nVOLUME $DATA\n"),
        Example::bad("ARG IMAGE\nFROM $IMAGE\nRUN true\n", &[(2, "$IMAGE")]).under(Profile::Buildkit),
        Example::bad("FROM scratch\nARG DATA\nVOLUME $DATA\n", &[(3, "$DATA")]).under(Profile::Buildkit),
        Example::bad("FROM scratch\nARG MODE=x\nCOPY --chmod=$MODE a /\n", &[(3, "$MODE")])
            .under(Profile::Buildkit),
        Example::ok("FROM scratch AS a\nCOPY a /\nFROM scratch\nCOPY --from=0 /a /a\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::Value, "Write a value that may stand here.", found);
}
