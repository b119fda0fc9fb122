use crate::rules::prelude::*;
use crate::syntax::TokenKind;

pub const RULE: Rule = Rule {
    name: "repeated-spaces",
    theme: Theme::Style,
    aliases: &["tally/no-multi-spaces"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports several blanks in a row between the words of an instruction, or of a command in a `RUN`. Indents, blanks \
               in front of a continued line's `\\`, quotes and heredocs are left alone.",
        why: "They mean nothing, and whoever searches for the words with one blank doesn't find them.",
        example: "FROM node:22\nCOPY  package.json   ./\n",
        instead: "FROM node:22\nCOPY package.json ./\n",
        fix: "The fix leaves one blank. It is safe: the words stay the same.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM  node:22   AS a\nRUN  echo 'a  b'   c \\\n      d    \\\n  && e  f\n",
            &[(1, "  "), (2, "  ")],
        )
        .under(Profile::Strict)
        .fixed("FROM node:22 AS a\nRUN echo 'a  b' c \\\n      d    \\\n  && e f\n"),
        Example::ok("FROM node:22\n  RUN a \"b  c\"\nENV A=\"b  c\"\nCOPY <<EOF /a\na  b\nEOF\n")
            .under(Profile::Strict),
        Example::ok("FROM  node:22\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    let mut gaps: Vec<Span> = Vec::new();
    let mut tokens = input.tree().tokens().peekable();
    let mut line_begins = true;
    while let Some((kind, span)) = tokens.next() {
        let next = tokens.peek().map(|(kind, _)| *kind);
        let apart =
            matches!(next, None | Some(TokenKind::Newline | TokenKind::Continuation | TokenKind::Comment));
        if kind == TokenKind::Whitespace && !line_begins && !apart && is_wide(span.of(source)) {
            gaps.push(span);
        }
        line_begins = span.of(source).ends_with('\n') || (line_begins && kind == TokenKind::Whitespace);
    }
    for (id, instruction) in input.tree().numbered() {
        if instruction.keyword == Keyword::Run && !instruction.is_exec() {
            for command in input.commands(id).iter().filter(|command| !command.command.nesting.inner) {
                for pair in command.command.words().windows(2) {
                    let gap = Span::new(pair[0].span.end, pair[1].span.start);
                    if is_wide(gap.of(source)) && !kit::in_heredoc(input, gap) {
                        gaps.push(gap);
                    }
                }
            }
        }
    }
    gaps.sort();
    gaps.dedup();
    let mut rest = &gaps[..];
    while let Some(first) = rest.first() {
        let id = input.tree().id_at(first.start);
        let count = rest.iter().take_while(|gap| input.tree().id_at(gap.start) == id).count().max(1);
        let (same, later) = rest.split_at(count);
        let edits = same.iter().map(|gap| Edit::replace(*gap, " ")).collect();
        let fix = Fix::safe("Leave one blank between the words", input.edits(edits));
        found.push(Finding::new(*first, "One blank is enough between two words.").fix(Some(fix)));
        rest = later;
    }
}

fn is_wide(gap: &str) -> bool {
    gap.len() > 1 && gap.chars().all(|c| c == ' ' || c == '\t')
}
