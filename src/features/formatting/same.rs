//! Whether two texts are the same file but for their layout.

use super::shell;
use crate::syntax::{Heredoc, Instruction, Item, Keyword, SyntaxError, Tree};
use crate::text::Span;

/// Whether both have the same items with the same values, the same comments and the same faults. `but_for_blanks`
/// lets the text of a RUN differ in the blanks between its words.
pub(super) fn same(
    before: (&Tree, &[SyntaxError]),
    after: (&Tree, &[SyntaxError]),
    but_for_blanks: bool,
) -> bool {
    let ((before, faults), (after, later)) = (before, after);
    let item = |a: &Item, b: &Item| same_item((a, before.source()), (b, after.source()), but_for_blanks);
    before.escape() == after.escape()
        && all(before.items(), after.items(), item)
        && all(faults, later, |a, b| a.kind == b.kind && a.message == b.message)
}

/// Whether two items, each with the text in which it stands, are the same.
pub(super) fn same_item((a, old): (&Item, &str), (b, new): (&Item, &str), but_for_blanks: bool) -> bool {
    match (a, b) {
        (Item::Directive(a), Item::Directive(b)) => a.span.of(old) == b.span.of(new),
        (Item::Comment(a), Item::Comment(b)) => same_comment(a.span.of(old), b.span.of(new)),
        (Item::Instruction(a), Item::Instruction(b)) => same_instruction((a, old), (b, new), but_for_blanks),
        _ => false,
    }
}

/// Whether two lists are alike, one by one.
fn all<T>(a: &[T], b: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
}

fn same_comment(a: &str, b: &str) -> bool {
    a.trim_end() == b.trim_end()
}

fn same_instruction(
    (a, old): (&Instruction, &str),
    (b, new): (&Instruction, &str),
    but_for_blanks: bool,
) -> bool {
    let span = |a: &Span, b: &Span| same_comment(a.of(old), b.of(new));
    let heredoc = |a: &Heredoc, b: &Heredoc| {
        (&a.name, a.expand, a.strip_tabs, a.fd, a.end.is_some(), a.body.of(old))
            == (&b.name, b.expand, b.strip_tabs, b.fd, b.end.is_some(), b.body.of(new))
    };
    let same_flags = all(&a.flags, &b.flags, |a, b| {
        let value = |flag: &crate::syntax::Flag| flag.value.as_ref().map(|value| value.text.clone());
        a.name == b.name && value(a) == value(b)
    });
    // What ONBUILD hands on, and what isn't understood, stays to the byte.
    let same_rest = match a.keyword {
        Keyword::Onbuild | Keyword::Unknown => {
            a.rest.of(a.logical.text(old)) == b.rest.of(b.logical.text(new))
        }
        _ => true,
    };
    a.keyword == b.keyword
        && a.keyword_span.of(old).eq_ignore_ascii_case(b.keyword_span.of(new))
        && a.form == b.form
        && same_flags
        && a.args.len() == b.args.len()
        && a.args.iter().zip(&b.args).enumerate().all(|(at, (x, y))| {
            x.text == y.text
                || (is_keyword(a, at) && x.text.eq_ignore_ascii_case(&y.text))
                || (but_for_blanks
                    && a.keyword == Keyword::Run
                    && !a.is_exec()
                    && shell::same(&x.text, &y.text))
        })
        && all(&a.heredocs, &b.heredocs, heredoc)
        && all(&a.comments, &b.comments, span)
        && a.blank_lines.len() == b.blank_lines.len()
        && same_rest
}

/// Whether the argument at `at` is a word of the language, which BuildKit reads in any case: the `AS` of a FROM,
/// the `CMD` of a HEALTHCHECK.
pub(super) fn is_keyword(instruction: &Instruction, at: usize) -> bool {
    let Some(word) = instruction.args.get(at) else { return false };
    match instruction.keyword {
        Keyword::From => at == 1 && word.text.eq_ignore_ascii_case("as"),
        Keyword::Healthcheck => {
            at == 0 && ["cmd", "none"].iter().any(|name| word.text.eq_ignore_ascii_case(name))
        }
        _ => false,
    }
}
