use crate::model::Stage;
use crate::rules::kit::label::Label;
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::Form;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "ungrouped-labels",
    theme: Theme::Style,
    aliases: &["tally/labels/prefer-grouped"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports three or more `LABEL` instructions one below the other.",
        why: "One `LABEL` with a line for each key is easier to read and to keep in order.",
        example: "FROM node:22\nLABEL a=1\nLABEL b=2\nLABEL c=3\n",
        instead: "FROM node:22\nLABEL a=1 \\\n    b=2 \\\n    c=3\n",
        fix: "The fix makes one instruction of them, a label a line. It is safe: the image gets the \
             same labels.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nLABEL b=1\nLABEL c=\"2 3\"\nLABEL d=3 e=4\nUSER node\n", &[(2, "LABEL")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nLABEL b=1 \\\n    c=\"2 3\" \\\n    d=3 \\\n    e=4\nUSER node\n"),
        Example::ok("FROM node:22\nLABEL a=1\nLABEL b=2\nRUN x\nLABEL c=3\n").under(Profile::Strict),
        Example::ok("FROM node:22\nLABEL a=1\nLABEL b=2\n# why\nLABEL c=3\n").under(Profile::Strict),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let mut group: Vec<Site<'_>> = Vec::new();
    for site in input.steps(stage) {
        let instruction = site.instruction;
        let plain = instruction.form == (Form::Pairs { legacy: false }) && instruction.comments.is_empty();
        let label = instruction.keyword == Keyword::Label && plain;
        let adjacent =
            group.last().is_none_or(|last| last.instruction.last_line + 1 == instruction.first_line);
        if !label || !adjacent {
            found.extend(report(input, &group));
            group.clear();
        }
        if label {
            group.push(site);
        }
    }
    found.extend(report(input, &group));
}

fn report(input: &Input<'_>, group: &[Site<'_>]) -> Option<Finding> {
    let (first, last) = (group.first()?, group.last()?);
    if group.len() < 3 {
        return None;
    }
    let source = input.source();
    let labels: Vec<Label<'_>> = group.iter().flat_map(|site| kit::label::labels(*site)).collect();
    // The same key twice in one LABEL isn't clearer than in two.
    let twice = |at: usize| labels[at + 1..].iter().any(|later| later.key == labels[at].key);
    let uses = labels.iter().any(|label| label.span.of(source).contains('$'));
    let message =
        "These labels can be one LABEL with a line for each, which is easier to read and to keep in order.";
    let clear = !uses && !(0..labels.len()).any(twice);
    let fix = clear.then(|| {
        let lines: Vec<&str> = labels.iter().map(|label| label.span.of(source)).collect();
        let newline = newline(source);
        let indent = kit::indent_of(source, first.instruction.span.start);
        let between = format!(" {}{newline}{indent}    ", input.tree().escape());
        let text = format!("{} {}", first.instruction.keyword_span.of(source), lines.join(&between));
        let edit = Edit::replace(first.instruction.span.to(last.instruction.span), text);
        Fix::safe("Make one LABEL of them", input.edits(vec![edit]))
    });
    Some(Finding::new(first.instruction.keyword_span, message).fix(fix))
}
