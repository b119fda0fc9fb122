use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "trailing-spaces",
    theme: Theme::Style,
    aliases: &["tally/no-trailing-spaces"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports blanks at the end of a line. Those in a heredoc are part of a file or a script, and left alone.",
        why: "They show up as changes where nothing changed, and nobody sees them.",
        example: "FROM node:22 \nRUN npm ci\n",
        instead: "FROM node:22\nRUN npm ci\n",
        fix: "The fix takes them away. It is safe: no instruction reads them.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22  \nRUN a \\ \n  b\t\n# why \n",
            &[(1, "  "), (2, " "), (3, "\t"), (4, " ")],
        )
        .under(Profile::Strict)
        .fixed("FROM node:22\nRUN a \\\n  b\n# why\n"),
        Example::bad("FROM node:22 \r\nRUN a", &[(1, " ")])
            .under(Profile::Strict)
            .fixed("FROM node:22\r\nRUN a"),
        Example::ok("FROM node:22\nCOPY <<EOF /a\na \nEOF\n").under(Profile::Strict),
        Example::ok("FROM node:22 \n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let (source, lines) = (input.source(), input.tree().lines());
    for line in 0..lines.count() {
        let span = lines.span(line, source);
        let text = span.of(source).trim_end_matches(['\r', '\n']);
        let kept = text.trim_end_matches([' ', '\t']);
        let end = span.start + text.len() as u32;
        let blanks = Span::new(span.start + kept.len() as u32, end);
        if blanks.is_empty() || kit::in_heredoc(input, blanks) {
            continue;
        }
        let fix = Fix::safe("Take the trailing blanks away", input.edits(vec![Edit::delete(blanks)]));
        found.push(
            Finding::new(blanks, "Blanks at the end of a line show up as changes where nothing changed.")
                .fix(Some(fix)),
        );
    }
}
