use super::syntax_error::finding;
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::ErrorKind;

pub const RULE: Rule = Rule {
    name: "instruction-before-from",
    theme: Theme::Build,
    aliases: &["hadolint/DL3061"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an instruction above the first `FROM`, where only `ARG` may stand.",
        why: "It belongs to no stage, so BuildKit refuses the file.",
        example: "LABEL team=web\nFROM node:22\n",
        instead: "FROM node:22\nLABEL team=web\n",
        fix: "There is no fix: into which stage the instruction belongs, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("LABEL team=web\nFROM node:22\n", &[(1, "LABEL")]),
        Example::bad("RUN true\nRUN true\n", &[(1, "RUN"), (2, "RUN")]),
        Example::bad("USER root\nFROM node:22\n", &[(1, "USER")]).under(Profile::Hadolint),
        Example::bad("USER root\nRUN true\n", &[(1, "USER")]).under(Profile::Buildkit),
        Example::ok("# base\nARG VERSION=22\nFROM node:$VERSION\nLABEL team=web\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for error in input.errors.iter().filter(|error| error.kind == ErrorKind::BeforeFrom) {
        found.push(finding(input, error));
    }
}
