use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "invalid-image-name",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports the name of an image that no registry takes, in `FROM`, `COPY --from` and `RUN --mount=from`: \
               capitals, empty parts, a tag or a digest of the wrong form.",
        why: "BuildKit refuses the file before it asks any registry. Stages are meant by their exact lower-case name \
              in `FROM`, so `FROM Build` is the name of an image too, and a wrong one.",
        example: "FROM Node:22\nRUN node --version\n",
        instead: "FROM node:22\nRUN node --version\n",
        fix: "There is no fix: which image is meant, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM Node:22\nRUN node --version\n", &[(1, "Node")]),
        Example::bad("FROM ghcr.io/Team/app:1\nRUN true\n", &[(1, "Team/app")]),
        Example::bad("FROM node:\nRUN true\n", &[(1, "")]),
        Example::bad("FROM node@sha256:12\nRUN true\n", &[(1, "sha256:12")]),
        Example::bad("FROM scratch\nCOPY --from=Tools/X /a /a\n", &[(2, "Tools/X")]),
        Example::ok("FROM node:22 AS Build\nRUN true\nFROM build\nCOPY --from=BUILD /a /a\n"),
        // What an argument makes of it is told by another rule.
        Example::ok("ARG IMAGE\nFROM $IMAGE\nRUN true\n"),
        Example::ok("ARG TAG=\nFROM node:$TAG\nRUN true\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::ImageName, "Write the name as its registry has it.", found);
}
