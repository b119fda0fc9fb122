use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "unexpandable-word",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports words in which BuildKit can't work out the variables: a quote or a `${` that is never closed, \
               a modifier that a Dockerfile doesn't know. That are the words of `FROM`, `ARG`, `ENV`, `LABEL`, \
               `COPY`, `ADD`, `WORKDIR`, `USER`, `EXPOSE`, `VOLUME` and `STOPSIGNAL`, not those that a shell reads.",
        why: "The build stops there, before anything is pulled or run.",
        example: "FROM alpine:3\nWORKDIR /srv/${APP\n",
        instead: "FROM alpine:3\nARG APP\nWORKDIR /srv/${APP}\n",
        fix: "There is no fix: where the quote or the brace should end, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM alpine:3\nWORKDIR /srv/${APP\n", &[(2, "${APP")]),
        Example::bad("FROM alpine:3\nLABEL a='it\n", &[(2, "'it")]),
        Example::bad("FROM alpine:${V\nRUN true\n", &[(1, "${V")]),
        Example::bad("FROM alpine:3\nARG A=b\nENV B=${A^^}\n", &[(3, "^")]),
        Example::ok("FROM alpine:3\nARG A=b\nENV B=${A:-c} C='$' D=\\'\nRUN echo ${A^^} 'x'\n"),
        // Given by whoever starts the build.
        Example::ok("FROM alpine:3\nARG A\nENV B=${A:?must be given}\n"),
        Example::bad("FROM scratch\nARG A\nENV B=${A:?must be given}\n", &[(3, "${A:?must be given}")])
            .under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::Word, "What a shell is to read belongs into RUN.", found);
}
