use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "invalid-stop-signal",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `STOPSIGNAL` of something that is no signal of Linux: an unknown name, or the number 0.",
        why: "BuildKit refuses the build when it comes to that stage.",
        example: "FROM nginx:1.29\nSTOPSIGNAL SIGSTP\n",
        instead: "FROM nginx:1.29\nSTOPSIGNAL SIGQUIT\n",
        fix: "There is no fix: which signal the program ends on, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM nginx:1.29\nSTOPSIGNAL SIGTREM\n", &[(2, "SIGTREM")]),
        Example::bad("FROM nginx:1.29\nSTOPSIGNAL 0\n", &[(2, "0")]),
        Example::ok("FROM nginx:1.29\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL term\nSTOPSIGNAL 9\n"),
        Example::ok("FROM nginx:1.29\nARG SIGNAL\nSTOPSIGNAL $SIGNAL\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    tell(input, Refused::Signal, "Write a name such as `SIGTERM`, or a number.", found);
}
