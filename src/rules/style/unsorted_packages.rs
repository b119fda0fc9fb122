use crate::rules::prelude::*;
use crate::shell::packages::Verb;

pub const RULE: Rule = Rule {
    name: "unsorted-packages",
    theme: Theme::Style,
    aliases: &["tally/sort-packages"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports packages of one install command that aren't in alphabetical order.",
        why: "In order, a package that is there twice is seen at once, and a new one makes a change of \
             one line that doesn't collide with others'.",
        example: "FROM debian:12\nRUN apt-get install -y wget curl git\n",
        instead: "FROM debian:12\nRUN apt-get install -y curl git wget\n",
        fix: "The fix sorts them, each in the place of another; those below a comment stay below it. It is safe: the same \
             packages are installed.",
        files: None,
    },
    check: Check::Command(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN apt-get install -y \\\n    zip \\\n    # \
            for the tests\n    git \\\n    curl=7\n",
            &[(5, "git")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM debian:12\nRUN apt-get install -y \\\n    zip \\\n    \
            # for the tests\n    curl=7 \\\n    git\n",
        ),
        Example::ok(
            "FROM debian:12\nRUN apk add curl git wget && npm install @eslint/js \
            axios && apt-get install -y b $A c\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN apt-get install -y wget curl\n"),
        // What is installed isn't what is written.
        Example::ok("FROM debian:12\nRUN pip install z>=1 a\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, command: &Cmd<'_>, found: &mut Vec<Finding>) {
    let Some(action) = command.action.as_ref().filter(|action| action.verb == Verb::InstallPackages) else {
        return;
    };
    let in_script = input.script(site.id).map_or(&[][..], |script| &script.comments);
    let comments: Vec<Span> = site.instruction.comments.iter().chain(in_script).copied().collect();
    let sorted = kit::packages::sorted(input.source(), &command.command, action, &comments);
    let Some((first, edits)) = sorted else { return };
    let fix = Fix::safe("Sort the packages", input.edits(edits));
    let message =
        "The packages aren't in alphabetical order; in order, one that is there twice is seen at once.";
    found.push(Finding::new(first, message).fix(Some(fix)));
}
