use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "copy-from-later-stage",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports `COPY --from` and `RUN --mount=from` of a stage that stands further down in the file.",
        why: "BuildKit plans the stages in their order and refuses what isn't there yet.",
        example: "FROM nginx:1.29 AS web\nCOPY --from=build /site /usr/share/nginx/html\nFROM node:22 AS build\n\
                  RUN npm run build\n",
        instead: "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.29 AS web\n\
                  COPY --from=build /site /usr/share/nginx/html\n",
        fix: "There is no fix: moving a stage changes which one is the last, and that is the image.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nCOPY x /x\n", &[(2, "b")]),
        Example::bad("FROM scratch AS a\nCOPY --from=1 /x /x\nFROM scratch AS b\nCOPY x /x\n", &[(2, "1")]),
        Example::bad(
            "FROM alpine:3 AS a\nRUN --mount=from=b,target=/m true\nFROM scratch AS b\nCOPY x /x\n",
            &[(2, "b")],
        ),
        Example::ok("FROM scratch AS b\nCOPY x /x\nFROM scratch AS a\nCOPY --from=b /x /x\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::LaterStage, "Move that stage above this one.", found);
}
