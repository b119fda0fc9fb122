use super::syntax_error::finding;
use crate::rules::prelude::*;
use crate::syntax::ErrorKind;

pub const RULE: Rule = Rule {
    name: "instruction-before-from",
    theme: Theme::Build,
    aliases: &["hadolint/DL3061"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an instruction above the first `FROM`, where only `ARG` may stand.",
        why: "It belongs to no stage, so BuildKit refuses the file.",
        example: "LABEL team=web\nFROM node:22\n",
        instead: "FROM node:22\nLABEL team=web\n",
        fix: "The fix moves the first `FROM` above it, where no ARG between the two is named there. It is unsafe: another \
              stage may be meant.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("LABEL team=web\nFROM node:22\n", &[(1, "LABEL")])
            .fixed("FROM node:22\nLABEL team=web\n"),
        Example::bad("ARG V=22\r\nLABEL a=1\r\n# the base\r\nFROM node:$V\r\nRUN true\r\n", &[(2, "LABEL")])
            .fixed("ARG V=22\r\nFROM node:$V\r\nLABEL a=1\r\n# the base\r\nRUN true\r\n"),
        Example::bad("LABEL a=1\nARG V=22\nFROM node:$V\n", &[(1, "LABEL")]),
        Example::bad("RUN true\nRUN true\n", &[(1, "RUN"), (2, "RUN")]),
        Example::bad("USER root\nFROM node:22\n", &[(1, "USER")])
            .under(Profile::Hadolint)
            .fixed("FROM node:22\nUSER root\n"),
        Example::bad("USER root\nRUN true\n", &[(1, "USER")]).under(Profile::Buildkit),
        Example::ok("# base\nARG VERSION=22\nFROM node:$VERSION\nLABEL team=web\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for error in input.errors.iter().filter(|error| error.kind == ErrorKind::BeforeFrom) {
        found.push(finding(input, error).fix(fix(input)));
    }
}

/// Moves the first FROM above the first instruction that mustn't stand above it.
fn fix(input: &Input<'_>) -> Option<Fix> {
    let error = input.errors.iter().find(|error| error.kind == ErrorKind::BeforeFrom)?;
    let first = input.tree().instruction_at(error.span.start)?;
    let from = input.tree().instructions().find(|instruction| instruction.keyword == Keyword::From)?;
    let lines = from.full_span.of(input.source());
    let between = input
        .tree()
        .instructions()
        .filter(|i| i.span.start > first.span.start && i.span.end < from.span.start);
    let needed = lines.contains('$') && between.into_iter().any(|other| other.keyword == Keyword::Arg);
    if needed || !from.comments.is_empty() || !lines.ends_with('\n') || first.span.start > from.span.start {
        return None;
    }
    let edits = vec![Edit::insert(first.full_span.start, lines), Edit::delete(from.full_span)];
    Some(Fix::unsafe_("Move FROM above it", input.edits(edits)))
}
