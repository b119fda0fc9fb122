use crate::rules::prelude::*;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "missing-final-newline",
    theme: Theme::Style,
    aliases: &["tally/eol-last"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a file whose last line has no line break.",
        why: "Tools that work by lines, `cat` and `diff` among them, take the last line for unfinished, and the next \
              line that is added changes this one, too.",
        example: "FROM node:22\nRUN npm ci",
        instead: "FROM node:22\nRUN npm ci\n",
        fix: "The fix adds the line break. It is safe: BuildKit reads the same.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\r\nRUN npm ci", &[(2, "i")])
            .under(Profile::Strict)
            .fixed("FROM node:22\r\nRUN npm ci\r\n"),
        Example::ok("FROM node:22\nRUN npm ci\n").under(Profile::Strict),
        Example::ok("FROM node:22\nRUN npm ci"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    let Some(last) = source.chars().next_back().filter(|last| *last != '\n') else { return };
    let end = source.len() as u32;
    // Behind a line that goes on, and in a heredoc that isn't closed, it would mean something.
    let open = source.trim_end().ends_with(input.tree().escape()) || !input.errors.is_empty();
    let fix = (!open).then(|| {
        let edit = Edit::insert(end, newline(source));
        Fix::safe("End the file with a line break", input.edits(vec![edit]))
    });
    let span = Span::new(end - last.len_utf8() as u32, end);
    found.push(
        Finding::new(span, "The last line has no line break, so the next one added to the file changes it.")
            .fix(fix),
    );
}
