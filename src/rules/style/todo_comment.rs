use crate::rules::prelude::*;
use crate::syntax::TokenKind;

pub const RULE: Rule = Rule {
    name: "todo-comment",
    theme: Theme::Style,
    aliases: &["sonar/S1135"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports comments with `TODO` or `FIXME`.",
        why: "What is left to do is found by who looks for it; this makes a list of it.",
        example: "FROM node:22\n# TODO: use a smaller image\nRUN npm ci\n",
        instead: "FROM node:22\n# a smaller image lacks python\nRUN npm ci\n",
        fix: "There is no fix: it has to be done.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "# TODO: a smaller image\nFROM node:22\n# fixme\nRUN a\n",
            &[(1, "TODO: a smaller image"), (3, "fixme")],
        )
        .under(Profile::Strict),
        Example::ok("# todos are in todo-list.md\nFROM node:22\n").under(Profile::Strict),
        Example::ok("# TODO: a smaller image\nFROM node:22\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    for (_, span) in input.tree().tokens().filter(|(kind, _)| *kind == TokenKind::Comment) {
        // A comment that names this rule leaves nothing to do.
        if input.ignores().iter().any(|ignore| ignore.span == span) {
            continue;
        }
        let text = span.of(source);
        let mut start = 0;
        for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let whole = !word.ends_with(['-', '_', '/']);
            if whole && (bare.eq_ignore_ascii_case("todo") || bare.eq_ignore_ascii_case("fixme")) {
                let at = Span::new(span.start + start as u32, span.start + text.trim_end().len() as u32);
                found.push(Finding::new(at, "Something is left to do here."));
                break;
            }
            start += word.len();
        }
    }
}
