use crate::rules::prelude::*;
use crate::settings::Profile;
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
        fix: "The fix sorts them, each in the place of another. It is safe: the same packages are \
             installed.",
        files: None,
    },
    check: Check::Command(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN apt-get install -y \\\n    zip \\\n    # \
            for the tests\n    curl=7 \\\n    git\n",
            &[(3, "zip")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM debian:12\nRUN apt-get install -y \\\n    curl=7 \\\n    \
            # for the tests\n    git \\\n    zip\n",
        ),
        Example::ok(
            "FROM debian:12\nRUN apk add curl git wget && npm install @eslint/js \
            axios && apt-get install -y $PACKAGES a\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN apt-get install -y wget curl\n"),
    ],
};

fn check(input: &Input<'_>, _: Site<'_>, command: &Cmd<'_>, found: &mut Vec<Finding>) {
    let Some(action) = command.action.as_ref().filter(|action| action.verb == Verb::InstallPackages) else {
        return;
    };
    // Where files and addresses stand matters to some tools, and what a variable holds isn't known.
    if action.packages.iter().any(|package| package.direct || package.dynamic) {
        return;
    }
    let source = input.source();
    let words: Vec<&str> = action.packages.iter().map(|package| package.span.of(source)).collect();
    let key = |word: &str| word.trim_matches(['"', '\'']).to_ascii_lowercase();
    let Some(first) = words.windows(2).position(|pair| key(pair[1]) < key(pair[0])) else { return };
    let mut sorted = words.clone();
    sorted.sort_by_key(|word| key(word));
    let places = action.packages.iter().zip(&words).zip(&sorted);
    let edits = places
        .filter(|((_, old), new)| old != new)
        .map(|((package, _), new)| Edit::replace(package.span, *new));
    let fix = Fix::safe("Sort the packages", input.edits(edits.collect()));
    let message =
        "The packages aren't in alphabetical order; in order, one that is there twice is seen at once.";
    found.push(Finding::new(action.packages[first].span, message).fix(Some(fix)));
}
