use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "unsorted-labels",
    theme: Theme::Style,
    aliases: &["tally/labels/prefer-stable-order"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `LABEL` with three or more labels that aren't sorted by key.",
        why: "In a fixed order a label that is missing or there twice is seen at once, and changes \
             touch one line.",
        example: "FROM node:22\nLABEL c=1 \\\n    a=2 \\\n    b=3\n",
        instead: "FROM node:22\nLABEL a=2 \\\n    b=3 \\\n    c=1\n",
        fix: "The fix sorts them. It is safe: the image gets the same labels.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nLABEL c=1 \\\n    a=\"2 3\" \\\n    b=3\n", &[(2, "c=1")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nLABEL a=\"2 3\" \\\n    b=3 \\\n    c=1\n"),
        Example::ok("FROM node:22\nLABEL a=1 b=2 c=3\nLABEL b=1 a=2\n").under(Profile::Strict),
        Example::ok("FROM node:22\nLABEL c=1 a=2 b=3\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let labels: Vec<_> = kit::label::labels(site).collect();
    let Some(first) = labels.windows(2).find(|pair| pair[1].key < pair[0].key).map(|pair| pair[0]) else {
        return;
    };
    let mut sorted: Vec<usize> = (0..labels.len()).collect();
    sorted.sort_by_key(|at| labels[*at].key);
    let twice = sorted.windows(2).any(|pair| labels[pair[0]].key == labels[pair[1]].key);
    if labels.len() < 3 || twice {
        return;
    }
    let source = input.source();
    let edits = sorted
        .iter()
        .enumerate()
        .filter(|(at, from)| at != *from)
        .map(|(at, from)| Edit::replace(labels[at].span, labels[*from].span.of(source)));
    // A comment between the lines belongs to the one below it.
    let fix = site
        .instruction
        .comments
        .is_empty()
        .then(|| Fix::safe("Sort the labels", input.edits(edits.collect())));
    let message =
        "The labels aren't sorted by key; in order, one that is missing or there twice is seen at once.";
    found.push(Finding::new(first.span, message).fix(fix));
}
