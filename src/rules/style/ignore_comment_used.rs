use crate::rules::prelude::*;
use crate::rules::{Dialect, Reach};
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "ignore-comment-used",
    theme: Theme::Style,
    aliases: &["hadolint/DL1001"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports `# hadolint ignore=` comments.",
        why: "Some teams keep all exceptions in one file, where somebody looks at them from time to \
             time.",
        example: "# hadolint ignore=DL3006\nFROM node\n",
        instead: "FROM node:22\n",
        fix: "There is no fix: the fault below it has to go first.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("# hadolint ignore=DL3006\nFROM node\n", &[(1, "# hadolint ignore=DL3006")])
            .under(Profile::Strict),
        Example::ok("# hadolint shell=bash\nFROM node\n").under(Profile::Strict),
        Example::ok("# hadolint ignore=DL3006\nFROM node\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for ignore in input.ignores().iter().filter(|ignore| ignore.dialect == Dialect::Hadolint) {
        // hadolint means the comments above an instruction; the others are as much of an exception.
        if input.profile() != Profile::Hadolint || ignore.reach == Reach::Instruction {
            let message = "This is an exception that only who reads this file finds. Put it into the settings, if \
                           your rules ask for that.";
            found.push(Finding::new(ignore.span, message));
        }
    }
}
