use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "invalid-mount-target",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `RUN --mount` whose target comes to `/`: a relative target, or none, is taken from the \
               `WORKDIR`, which is `/` where nothing sets it.",
        why: "A mount there would hide the whole image from the command, so BuildKit refuses it.",
        example: "FROM alpine:3\nRUN --mount=type=cache,target=. true\n",
        instead: "FROM alpine:3\nRUN --mount=type=cache,target=/var/cache/apk true\n",
        fix: "There is no fix: what is to be mounted, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM alpine:3\nRUN --mount=type=cache,target=. true\n", &[(2, ".")]),
        Example::bad("FROM scratch\nRUN --mount=type=bind true\n", &[(2, "--mount=type=bind")]),
        Example::bad("FROM alpine:3\nWORKDIR /app\nRUN --mount=type=tmpfs,target=.. true\n", &[(3, "..")]),
        Example::ok("FROM alpine:3\nWORKDIR /app\nRUN --mount=type=cache,target=. true\n"),
        Example::ok("FROM alpine:3\nRUN --mount=type=secret,id=a true\n"),
        // Where the image starts isn't known.
        Example::ok("FROM registry.example.com/team/app:1\nRUN --mount=type=cache,target=. true\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::MountTarget, "Give an absolute `target`, or set WORKDIR above.", found);
}
