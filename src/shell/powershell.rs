//! PowerShell: words and commands. Operators are `;`, `|`, `&&`, `||`, newlines and brackets of all kinds but the
//! square ones; a backtick escapes the next character. The commands within `$(…)` are read, in strings too.

use super::flat::{self, Build, Operator, Token};
use super::lexer::Parser;
use super::{Dialect, List, Part, PartKind, Script, Separator, Text, Word};
use std::sync::Arc;

pub(super) fn parse(text: Arc<Text>) -> Script {
    flat::parse(text, Dialect::PowerShell, b'`', |parser| list(parser, false))
}

/// Commands to the end or, within `$(…)`, to the parenthesis that closes them.
fn list(parser: &mut Parser<'_>, nested: bool) -> List {
    let mut build = Build::default();
    let mut begins = true;
    let mut level = 0usize;
    while !parser.at_end() {
        let next = parser.peek_at(1);
        let bracket: Operator = (1, Some(|_| Token::Bracket));
        let operator: Option<Operator> = match parser.peek() {
            b'`' if next == b'\n' => Some((2, None)),
            b'`' if next == b'\r' && parser.peek_at(2) == b'\n' => Some((3, None)),
            b';' => Some((1, Some(|span| Token::Separator(Separator::Semicolon, span)))),
            // At the beginning of a command: the call operator.
            b'&' if next != b'&' && begins => Some((1, None)),
            b'&' if next != b'&' => Some((1, Some(|span| Token::Separator(Separator::Background, span)))),
            b')' if nested && level == 0 => break,
            b'(' => {
                level += 1;
                Some(bracket)
            }
            b')' => {
                level = level.saturating_sub(1);
                Some(bracket)
            }
            b'{' | b'}' => Some(bracket),
            // An array's `@(…)`
            b'@' if next == b'(' => Some((1, None)),
            _ => flat::operator(parser),
        };
        if let Some(operator) = operator {
            build.operator(parser, operator);
            begins |= operator.1.is_some();
            continue;
        }
        match parser.peek() {
            b'#' => comment(parser, b"\n", 0),
            b'<' if next == b'#' => comment(parser, b"#>", 2),
            _ => {
                let verbatim = build.operand(parser, word).is_some_and(|word| word.is_plain("--%"));
                begins = false;
                if verbatim && let Some(word) = verbatim_word(parser) {
                    build.push(Token::Word(word));
                }
            }
        }
    }
    build.finish(parser)
}

/// Steps to the end of a comment: to `close` and over so many bytes of it.
fn comment(parser: &mut Parser<'_>, close: &[u8], over: usize) {
    let start = parser.pos;
    let found = parser.rest().windows(close.len()).position(|window| window == close);
    parser.pos = found.map_or(parser.end, |at| start + at);
    if over == 0 && parser.bytes[start..parser.pos].ends_with(b"\r") {
        parser.pos -= 1;
    }
    parser.pos = (parser.pos + over).min(parser.end);
    let span = parser.span_from(start);
    parser.comments.push(span);
}

/// What follows `--%` up to the end of the line or a pipe: the program gets it as it is written.
fn verbatim_word(parser: &mut Parser<'_>) -> Option<Word> {
    while matches!(parser.peek(), b' ' | b'\t') {
        parser.pos += 1;
    }
    let start = parser.pos;
    let ends = |parser: &Parser<'_>| matches!(parser.peek(), b'\n' | b'\r' | b'|');
    let first = parser.read_flat_parts(ends, |_| None);
    (parser.pos > start).then(|| parser.word_of(start, first))
}

fn ends_word(parser: &Parser<'_>) -> bool {
    matches!(
        parser.peek(),
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'{' | b'}'
    )
}

fn word(parser: &mut Parser<'_>) -> Option<Word> {
    let start = parser.pos;
    let first = parser.read_flat_parts(ends_word, |parser| match parser.peek() {
        b'@' if matches!(parser.peek_at(1), b'\'' | b'"') => here_string(parser),
        b'@' if parser.peek_at(1) == b'{' && parser.pos == start => hash_table(parser),
        b'\'' => Some(single(parser)),
        b'"' => Some(double(parser)),
        b'`' => Some(escaped(parser)),
        b'$' => variable(parser),
        _ => None,
    });
    (parser.pos > start).then(|| parser.word_of(start, first))
}

/// A backtick, or the first of two quotes, with the character behind it.
fn escaped(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    parser.pos += 1;
    parser.bump();
    parser.part(start, PartKind::Escaped)
}

/// `'…'`, where `''` is a quote.
fn single(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    parser.pos += 1;
    let ends = |parser: &Parser<'_>| parser.peek() == b'\'' && parser.peek_at(1) != b'\'';
    let inside = parser.flat_parts(ends, |parser| (parser.peek() == b'\'').then(|| escaped(parser)));
    parser.eat("'");
    parser.part(start, PartKind::Double(inside))
}

/// `"…"`, where a backtick escapes, `""` is a quote, and variables and `$(…)` expand.
fn double(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    parser.pos += 1;
    let ends = |parser: &Parser<'_>| parser.peek() == b'"' && parser.peek_at(1) != b'"';
    let inside = parser.flat_parts(ends, |parser| match parser.peek() {
        b'"' | b'`' => Some(escaped(parser)),
        b'$' => variable(parser),
        _ => None,
    });
    parser.eat("\"");
    parser.part(start, PartKind::Double(inside))
}

/// `@'…'@` and `@"…"@`: the lines between the one that opens it and the one that begins with what closes
/// it. `None` where more follows on the opening line: then the `@` stands for itself.
fn here_string(parser: &mut Parser<'_>) -> Option<Part> {
    let start = parser.pos;
    let expands = parser.peek_at(1) == b'"';
    let blank = parser.rest()[2..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    if parser.peek_at(2 + blank) != b'\n' {
        return None;
    }
    let close: &[u8] = if expands { b"\n\"@" } else { b"\n'@" };
    // The newline that opens it may be the one that closes it.
    parser.pos += 2 + blank;
    let newline = parser.pos;
    let found = parser.rest().windows(close.len()).position(|window| window == close);
    let (mut end, after) = match found {
        Some(at) => (newline + at, newline + at + close.len()),
        None => (parser.end, parser.end),
    };
    if found.is_some() && end > newline + 1 && parser.bytes[end - 1] == b'\r' {
        end -= 1;
    }
    parser.pos = newline + 1;
    let inside = match end > newline {
        true => parser.apart(end, |parser| {
            parser.flat_parts(
                |_| false,
                |parser| match parser.peek() {
                    b'`' if expands => Some(escaped(parser)),
                    b'$' if expands => variable(parser),
                    _ => None,
                },
            )
        }),
        false => [].into(),
    };
    parser.pos = after;
    Some(parser.part(start, PartKind::Double(inside)))
}

/// `@{ … }`: names and values, no commands; `None` where it isn't closed.
fn hash_table(parser: &mut Parser<'_>) -> Option<Part> {
    let start = parser.pos;
    parser.pos += 1;
    match parser.matching(b'{', b'}') {
        Some(end) => parser.pos = end,
        None => return None,
    }
    Some(parser.part(start, PartKind::Opaque))
}

/// `$name`, `$env:NAME`, `${name}`, `$(…)`; `None` where the dollar stands for itself.
fn variable(parser: &mut Parser<'_>) -> Option<Part> {
    let start = parser.pos;
    parser.pos += 1;
    match parser.peek() {
        b'(' => return Some(subexpression(parser, start)),
        b'{' => {
            let length = parser.ahead(|byte| matches!(byte, b'}' | b'\n'))?;
            if length < 2 || parser.rest()[length] != b'}' {
                return None;
            }
            let name = &parser.str[parser.pos + 1..parser.pos + length];
            parser.pos += length + 1;
            return Some(parser.flat_variable(start, name, true));
        }
        // The last token, whether the last command succeeded, the first token.
        b'$' | b'?' | b'^' => parser.pos += 1,
        _ => loop {
            let named = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
            match parser.peek() {
                byte if named(byte) => parser.pos += 1,
                // `$env:PATH`, but `$type::Method`
                b':' if parser.pos > start + 1 && named(parser.peek_at(1)) => parser.pos += 1,
                _ => break,
            }
        },
    }
    let name = &parser.str[start + 1..parser.pos];
    (!name.is_empty()).then(|| parser.flat_variable(start, name, false))
}

/// From the `(` of a `$(…)` to its `)`.
fn subexpression(parser: &mut Parser<'_>, start: usize) -> Part {
    if !parser.enter() {
        parser.skip_bracket(b'(', b')');
        return parser.part(start, PartKind::Opaque);
    }
    parser.pos += 1;
    let list = list(parser, true);
    parser.eat(")");
    parser.leave();
    parser.part(start, PartKind::Command(list))
}
