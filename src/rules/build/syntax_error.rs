use crate::rules::prelude::*;
use crate::syntax::{ErrorKind, SyntaxError};

pub const RULE: Rule = Rule {
    name: "syntax-error",
    theme: Theme::Build,
    aliases: &["hadolint/DL1000", "sonar/S2260"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports what BuildKit refuses to read: arguments that are missing or too many, flags that are \
               unknown or have a bad value, heredocs without an end, parser directives given twice.",
        why: "The build stops at the first of them, before anything is pulled or run. Every fault of the file \
              is told at once here, and the sound lines around it are checked as ever.",
        example: "FROM node:22-alpine\nCOPY --form=deps /app /app\n",
        instead: "FROM node:22-alpine\nCOPY --from=deps /app /app\n",
        fix: "Where one change is likely what was meant, such as a flag with a typing error, it is offered. \
              It is unsafe, since it is a guess.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-alpine\nCOPY --form=deps /app /app\n", &[(2, "form")])
            .fixed("FROM node:22-alpine\nCOPY --from=deps /app /app\n"),
        Example::bad("FROM node:22-alpine\nCOPY app\nRUN npm ci\nWORKDIR\n", &[(2, "app"), (4, "WORKDIR")]),
        Example::ok("FROM node:22-alpine\nRUN <<EOF\nnpm ci\nEOF\n"),
        // These are other rules'.
        Example::ok("FROM node:22-alpine\nRUNN npm ci\n"),
        Example::ok("RUN true\nFROM node:22-alpine\n"),
        Example::ok("FROM node:22-alpine\nONBUILD FROM alpine\n"),
        Example::ok("# nothing but a comment\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    use ErrorKind::{BeforeFrom, NoStages, UnknownInstruction};
    let other = |error: &SyntaxError| {
        let of_trigger = || {
            input.tree().instruction_at(error.span.start).is_some_and(|instruction| {
                instruction.trigger.as_deref().is_some_and(|trigger| trigger.keyword_span == error.span)
            })
        };
        matches!(error.kind, BeforeFrom | NoStages | UnknownInstruction) || of_trigger()
    };
    for error in input.errors.iter().filter(|error| !other(error)) {
        found.push(finding(input, error));
    }
}

/// A fault of the grammar with the fix that the parser guesses.
pub fn finding(input: &Input<'_>, error: &SyntaxError) -> Finding {
    let fix = error.fix.clone().map(|(title, edit)| Fix::unsafe_(title, input.edits(vec![edit])));
    Finding::new(error.span, error.message.clone()).fix(fix)
}
