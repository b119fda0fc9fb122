use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "long-run-line",
    theme: Theme::Style,
    aliases: &["sonar/S7020"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a line of a `RUN` that has more than 120 characters and several commands.",
        why: "Who reads or changes one of the commands has to find it first, and a review shows the \
             whole line as changed.",
        example: "FROM node:22\nRUN apt-get update && apt-get install -y --no-install-recommends \
            build-essential ca-certificates curl && make all install && \
            make clean\n",
        instead: "FROM node:22\nRUN apt-get update && \\\n    apt-get install \
            -y --no-install-recommends build-essential ca-certificates curl \
            && \\\n    make all install && \\\n    make clean\n",
        fix: "There is no fix: the formatter breaks lines.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN true && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n", &[(2, "RUN true && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]).under(Profile::Strict),
        Example::ok("FROM node:22\nRUN echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123\nRUN \
            a && b\n").under(Profile::Strict),
    ],
};

/// Source: the default of SonarQube's rule.
const LONGEST: usize = 120;

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let (tree, source) = (input.tree(), input.source());
    // What stands behind ONBUILD has the lines of the ONBUILD.
    let Some(outer) = tree.instruction(site.id) else { return };
    for line in outer.first_line..=outer.last_line {
        let span = tree.lines().span(line - 1, source);
        let text = span.of(source);
        if text.len() <= LONGEST || text.chars().count() <= LONGEST || text.trim_start().starts_with('#') {
            continue;
        }
        let commands = input.commands(site.id).iter().filter(|c| span.contains(c.command.span.start)).count();
        if commands > 1 {
            let message = format!(
                "This line has {} characters and {commands} commands. Give each command a line of its own.",
                text.chars().count()
            );
            found.push(Finding::new(span, message));
        }
    }
}
