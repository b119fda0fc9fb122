use crate::model::Stage;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "duplicate-label",
    theme: Theme::Style,
    aliases: &["tally/labels/no-duplicate-keys"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a label that the same stage sets again further down.",
        why: "The last one counts, and the one above is read by people only, who take it for the \
             truth.",
        example: "FROM node:22\nLABEL version=1\nLABEL version=2\n",
        instead: "FROM node:22\nLABEL version=2\n",
        fix: "The fix takes the earlier label out. It is safe: the value never reached the image.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nLABEL version=1\nLABEL version=2\n", &[(2, "version=1")])
            .fixed("FROM node:22\nLABEL version=2\n"),
        Example::bad("FROM node:22\nLABEL a=1 b=2 a=3\n", &[(2, "a=1")])
            .fixed("FROM node:22\nLABEL b=2 a=3\n"),
        Example::bad("FROM node:22\nLABEL b=2 \\\n  a=1 \\\n  # kept\n  a=3\n", &[(3, "a=1")])
            .fixed("FROM node:22\nLABEL b=2 \\\n  # kept\n  a=3\n"),
        Example::ok("FROM node:22 AS a\nLABEL a=1 b=2\nFROM a\nLABEL a=2\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let labels: Vec<_> = kit::label::of_stage(input, stage).collect();
    for (at, label) in labels.iter().enumerate() {
        let Some(later) = labels[at + 1..].iter().find(|later| later.key == label.key) else { continue };
        let message = format!(
            "The label `{}` is set again below, and only the last value reaches the image. Keep one of them.",
            label.key
        );
        let edit = kit::label::take_out(input, label);
        let fix = edit.map(|edit| Fix::safe("Take it out", input.edits(vec![edit])));
        let finding = Finding::new(label.span, message).related(later.span, "This value counts.");
        found.push(finding.fix(fix));
    }
}
