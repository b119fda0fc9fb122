use crate::rules::prelude::*;
use crate::syntax::ErrorKind;

pub const RULE: Rule = Rule {
    name: "syntax-error",
    theme: Theme::Build,
    aliases: &["hadolint/DL1000", "hadolint/DL3043", "hadolint/DL3061", "sonar/S2260"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports what BuildKit refuses to read: arguments that are missing or too many, flags that are \
               unknown or have a bad value, heredocs without an end, instructions before the first `FROM`, \
               parser directives given twice.",
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
        Example::bad("RUN true\nFROM node:22-alpine\n", &[(1, "RUN")]),
        Example::bad("# nothing but a comment\n", &[(1, "#")]),
        Example::ok("FROM node:22-alpine\nRUN <<EOF\nnpm ci\nEOF\n"),
        // The word that is no instruction is another rule's.
        Example::ok("FROM node:22-alpine\nRUNN npm ci\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for error in input.errors.iter().filter(|error| error.kind != ErrorKind::UnknownInstruction) {
        found.push(finding(input, error).known_as(aliases(input, error)));
    }
}

/// A fault of the grammar with the fix that the parser guesses.
pub fn finding(input: &Input<'_>, error: &crate::syntax::SyntaxError) -> Finding {
    let fix = error.fix.clone().map(|(title, edit)| Fix::unsafe_(title, input.edits(vec![edit])));
    Finding::new(error.span, error.message.clone()).fix(fix)
}

/// hadolint reads what BuildKit refuses for where an instruction stands, and has names of its own for it.
fn aliases(input: &Input<'_>, error: &crate::syntax::SyntaxError) -> &'static [&'static str] {
    let instruction = input.tree().instruction_at(error.span.start);
    let trigger = instruction.and_then(|instruction| instruction.trigger.as_deref());
    match (error.kind, instruction.map(|i| i.keyword)) {
        (ErrorKind::Structure, None | Some(Keyword::From | Keyword::Arg)) => &["sonar/S2260"],
        (ErrorKind::Structure, _) => &["hadolint/DL3061", "sonar/S2260"],
        _ if trigger
            .is_some_and(|i| matches!(i.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild)) =>
        {
            &["hadolint/DL3043", "sonar/S2260"]
        }
        _ => &["hadolint/DL1000", "sonar/S2260"],
    }
}
