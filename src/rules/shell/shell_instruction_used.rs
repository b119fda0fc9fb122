use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "shell-instruction-used",
    theme: Theme::Shell,
    aliases: &["kics/changing_default_shell_using_shell_command"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports every `SHELL` instruction.",
        why: "Some teams want each `RUN` to say itself what runs it, so that a line can be read \
             without those above. `SHELL` is the right way to change the shell, though; leave this \
             rule off where nobody asks for it.",
        example: "FROM node:22\nSHELL [\"/bin/bash\", \"-c\"]\nRUN make\n",
        instead: "FROM node:22\nRUN bash -c 'make'\n",
        fix: "There is no fix: what runs below may need that shell.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Shell], check),
    examples: &[
        Example::bad("FROM node:22\nSHELL [\"/bin/bash\", \"-c\"]\n", &[(2, "SHELL")]).under(Profile::Strict),
        Example::ok("FROM node:22\nSHELL [\"/bin/bash\", \"-c\"]\n"),
        Example::ok("FROM node:22\nRUN make\n").under(Profile::Strict),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let message = "From here on every shell form of the stage is run by another shell. Say it in the RUN that needs \
                   it, if your rules ask for that.";
    found.push(Finding::new(site.instruction.keyword_span, message));
}
