use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "repeated-blank-lines",
    theme: Theme::Style,
    aliases: &["tally/no-multiple-empty-lines"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports several blank lines in a row between instructions.",
        why: "One blank line parts two things as well as three do, and more of the file fits on a screen.",
        example: "FROM node:22\n\n\nRUN npm ci\n",
        instead: "FROM node:22\n\nRUN npm ci\n",
        fix: "The fix leaves one of them. It is safe: blank lines between instructions mean nothing.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\n\n \n\nRUN a\n", &[(3, " \n\n")])
            .under(Profile::Strict)
            .fixed("FROM node:22\n\nRUN a\n"),
        Example::ok("FROM node:22\n\nCOPY <<EOF /a\n\n\n\nEOF\n\n# why\n\nRUN a\n").under(Profile::Strict),
        Example::ok("FROM node:22\n\n\nRUN a\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let (source, lines) = (input.source(), input.tree().lines());
    let mut run: Option<(u32, u32)> = None;
    for line in 0..lines.count() {
        let Some(full) = lines.full_span(line, source) else { break };
        let blank = full.of(source).trim().is_empty() && !full.is_empty();
        let inside = || {
            let instruction = input.tree().instruction_at(full.start);
            instruction.is_some_and(|instruction| instruction.full_span.encloses(full))
        };
        run = match (run, blank && !inside()) {
            (Some((start, _)), true) => Some((start, full.end)),
            (None, true) => Some((full.end, full.end)),
            (run, false) => {
                report(input, run, found);
                None
            }
        };
    }
    report(input, run, found);
}

/// `run` begins behind the first of the blank lines.
fn report(input: &Input<'_>, run: Option<(u32, u32)>, found: &mut Vec<Finding>) {
    let Some((start, end)) = run.filter(|(start, end)| start < end) else { return };
    let span = Span::new(start, end);
    let fix = Fix::safe("Leave one blank line", input.edits(vec![Edit::delete(span)]));
    found.push(Finding::new(span, "One blank line parts these as well as several do.").fix(Some(fix)));
}
