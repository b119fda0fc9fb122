use crate::rules::prelude::*;
use crate::rules::{OptionDefault, RuleOption};

pub const RULE: Rule = Rule {
    name: "long-file",
    theme: Theme::Style,
    aliases: &["tally/max-lines"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_options(&[MAX_LINES]),
    docs: Docs {
        what: "Reports a Dockerfile of more than 200 lines, blank lines and comments left out. Another number is set \
               with `max-lines`; the example has it at 3.",
        why: "So long a file mostly builds several things. Parts that change for different reasons are \
             easier to keep, and to cache, in stages of their own files, put together with Bake or \
             named contexts.",
        example: "FROM node:22\nRUN npm ci\nRUN npm run build\nRUN npm test\n",
        instead: "FROM node:22\nRUN npm ci\nRUN npm run build\n",
        fix: "There is no fix: where to cut, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\n# why\nRUN a\nRUN b\n\nRUN c\nRUN d\n", &[(6, "RUN c")])
            .under(Profile::Strict)
            .set("[rules.long-file]\nmax-lines = 3\n"),
        Example::ok("FROM node:22\n# why\n\n# why\n\nRUN a\nRUN b\n")
            .under(Profile::Strict)
            .set("[rules.long-file]\nmax-lines = 3\n"),
        Example::ok("FROM node:22\nRUN a\nRUN b\nRUN c\n").under(Profile::Strict),
    ],
};

const MAX_LINES: RuleOption = RuleOption {
    name: "max-lines",
    about: "How many lines a file may have, blank lines and comments left out.",
    default: OptionDefault::Number(200),
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let (source, most) = (input.source(), input.number(RULE.name, &MAX_LINES));
    let mut lines = 0;
    for line in 0..input.tree().lines().count() {
        let span = input.tree().lines().span(line, source);
        let text = span.of(source).trim();
        lines += u64::from(!text.is_empty() && !text.starts_with('#'));
        if lines > most {
            let message = format!(
                "The file has more than {most} lines of instructions. Parts that change for different reasons are \
                 easier to keep in files of their own."
            );
            found.push(Finding::new(span, message));
            return;
        }
    }
}
