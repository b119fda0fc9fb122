use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "long-file",
    theme: Theme::Style,
    aliases: &["tally/max-lines"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a Dockerfile of more than 200 lines, blank lines and comments left out.",
        why: "So long a file mostly builds several things. Parts that change for different reasons are \
             easier to keep, and to cache, in stages of their own files, put together with Bake or \
             named contexts.",
        example: "FROM node:22\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\n",
        instead: "FROM node:22\nRUN true\n",
        fix: "There is no fix: where to cut, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN true\nRUN \
            true\nRUN true\nRUN true\n",
            &[(201, "RUN true")],
        )
        .under(Profile::Strict),
        Example::ok(
            "FROM node:22\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# \
            why\n\n# why\n\n# why\n\n# why\n\n# why\n\n# why\n\n",
        )
        .under(Profile::Strict),
    ],
};

const LONGEST: usize = 200;

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    let mut lines = 0;
    for line in 0..input.tree().lines().count() {
        let span = input.tree().lines().span(line, source);
        let text = span.of(source).trim();
        lines += usize::from(!text.is_empty() && !text.starts_with('#'));
        if lines > LONGEST {
            let message = format!(
                "The file has more than {LONGEST} lines of instructions. Parts that change for different reasons are \
                 easier to keep in files of their own."
            );
            found.push(Finding::new(span, message));
            return;
        }
    }
}
