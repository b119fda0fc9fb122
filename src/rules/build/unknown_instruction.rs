use super::syntax_error::finding;
use crate::rules::prelude::*;
use crate::syntax::ErrorKind;
use crate::syntax::suggest::in_case_of;

pub const RULE: Rule = Rule {
    name: "unknown-instruction",
    theme: Theme::Build,
    aliases: &["hadolint/DL1000", "tally/unknown-instruction"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a line whose first word is none of the 18 instructions, and suggests the one that is \
               likely meant.",
        why: "BuildKit refuses the file. Often the word is misspelled; as often the line belongs to the \
              instruction above it, whose last line lacks the `\\` that continues it.",
        example: "FROM node:22-alpine\nRUNN npm ci\n",
        instead: "FROM node:22-alpine\nRUN npm ci\n",
        fix: "The fix replaces the word by the nearest instruction. It is unsafe, since it is a guess.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-alpine\nRUNN npm ci\n", &[(2, "RUNN")])
            .fixed("FROM node:22-alpine\nRUN npm ci\n"),
        Example::bad("from node:22-alpine\nworkdri /app\n", &[(2, "workdri")])
            .fixed("from node:22-alpine\nworkdir /app\n"),
        Example::bad("FROM node:22-alpine\nRUN npm ci\n  npm run build\n", &[(3, "npm")]),
        Example::ok("FROM node:22-alpine\nrun npm ci\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for error in input.errors.iter().filter(|error| error.kind == ErrorKind::UnknownInstruction) {
        let mut error = error.clone();
        if let Some((title, edit)) = &mut error.fix {
            // Who writes instructions in lower case wants the fix in lower case.
            edit.text = in_case_of(&edit.text, edit.span.of(input.source()));
            *title = format!("Change to `{}`", edit.text);
        }
        found.push(finding(input, &error));
    }
}
