use super::syntax_error::finding;
use crate::rules::prelude::*;
use crate::syntax::ErrorKind;

pub const RULE: Rule = Rule {
    name: "no-stages",
    theme: Theme::Build,
    aliases: &["tally/require-stages"],
    severity: Severities::own(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a file without a `FROM`, and one without any instruction.",
        why: "There is nothing to build, so BuildKit refuses the file.",
        example: "ARG VERSION=22\n",
        instead: "ARG VERSION=22\nFROM node:$VERSION\n",
        fix: "There is no fix: which image to start from, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("ARG VERSION=22\n", &[(1, "ARG")]),
        Example::bad("# nothing but a comment\n", &[(1, "#")]),
        Example::ok("FROM scratch\nCOPY a /\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for error in input.errors.iter().filter(|error| error.kind == ErrorKind::NoStages) {
        found.push(finding(input, error));
    }
}
