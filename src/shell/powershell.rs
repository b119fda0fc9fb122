//! PowerShell: words and commands. Operators are `;`, `|`, `&&`, `||`, newlines and brackets of all kinds but the
//! square ones; a backtick escapes the next character.

use super::flat::{Build, Operator, Token};
use super::lexer::Parser;
use super::{Connector, Dialect, Expansion, Part, PartKind, Script, Separator, Text, Word};
use crate::text::Span;
use std::sync::Arc;

pub(super) fn parse(text: Arc<Text>) -> Script {
    let shared = text.clone();
    let mut parser = Parser::new(text, shared.as_str(), 0, 0);
    let mut build = Build::default();
    let mut begins = true;
    while !parser.at_end() {
        let start = parser.pos;
        let next = parser.peek_at(1);
        let (length, token): Operator = match parser.peek() {
            b' ' | b'\t' | b'\r' => (1, None),
            b'`' if next == b'\n' => (2, None),
            b'`' if next == b'\r' && parser.peek_at(2) == b'\n' => (3, None),
            b'\n' => (1, Some(|span| Token::Separator(Separator::Newline, span))),
            b';' => (1, Some(|span| Token::Separator(Separator::Semicolon, span))),
            b'&' if next == b'&' => (2, Some(|span| Token::Connector(Connector::And, span))),
            // At the beginning of a command: the call operator.
            b'&' if begins => (1, None),
            b'&' => (1, Some(|span| Token::Separator(Separator::Background, span))),
            b'|' if next == b'|' => (2, Some(|span| Token::Connector(Connector::Or, span))),
            b'|' => (1, Some(Token::Pipe)),
            b'(' | b')' | b'{' | b'}' => (1, Some(|_| Token::Bracket)),
            b'#' => {
                comment(&mut parser, b"\n");
                continue;
            }
            b'<' if next == b'#' => {
                comment(&mut parser, b"#>");
                parser.pos = (parser.pos + 2).min(parser.end);
                continue;
            }
            _ => {
                let token = match parser.flat_redirect(word) {
                    Some(redirect) => Token::Redirect(redirect),
                    None => match word(&mut parser) {
                        Some(word) => Token::Word(word),
                        None => {
                            parser.bump();
                            continue;
                        }
                    },
                };
                build.push(token);
                begins = false;
                continue;
            }
        };
        parser.pos += length;
        if let Some(token) = token {
            build.push(token(parser.span_from(start)));
            begins = true;
        }
    }
    build.finish(parser, Dialect::PowerShell)
}

/// Steps to the end of a comment, before what closes it.
fn comment(parser: &mut Parser<'_>, close: &[u8]) {
    let start = parser.pos;
    let found = parser.rest().windows(close.len()).position(|window| window == close);
    parser.pos = found.map_or(parser.end, |at| start + at);
    let span = parser.span_from(start);
    parser.comments.push(span);
}

fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'{' | b'}'
    )
}

fn word(parser: &mut Parser<'_>) -> Option<Word> {
    let start = parser.pos;
    let mut parts = Vec::new();
    let mut run = start;
    while !parser.at_end() && !ends_word(parser.peek()) {
        let from = parser.pos;
        let part = match parser.peek() {
            b'@' if matches!(parser.peek_at(1), b'\'' | b'"') => Some(here_string(parser)),
            b'\'' => Some(single(parser)),
            b'"' => Some(double(parser)),
            b'`' => {
                parser.pos += 1;
                parser.bump();
                Some(parser.part(from, PartKind::Escaped))
            }
            b'$' => variable(parser),
            _ => None,
        };
        match part {
            Some(part) => {
                push_run(parser, run, from, &mut parts);
                parts.push(part);
                run = parser.pos;
            }
            None => parser.pos += usize::from(parser.pos == from),
        }
    }
    push_run(parser, run, parser.pos, &mut parts);
    (parser.pos > start).then(|| parser.word_from(start, parts))
}

fn push_run(parser: &Parser<'_>, start: usize, end: usize, parts: &mut Vec<Part>) {
    if start < end {
        let at = Span::new(start as u32, end as u32);
        parts.push(Part { span: parser.text.span(at), kind: PartKind::Literal, at });
    }
}

/// `'…'`, where `''` is a quote.
fn single(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    parser.pos += 1;
    let mut inside = Vec::new();
    let mut run = parser.pos;
    while !parser.at_end() {
        if parser.peek() != b'\'' {
            parser.pos += 1;
        } else if parser.peek_at(1) == b'\'' {
            push_run(parser, run, parser.pos, &mut inside);
            let from = parser.pos;
            parser.pos += 2;
            inside.push(parser.part(from, PartKind::Escaped));
            run = parser.pos;
        } else {
            break;
        }
    }
    push_run(parser, run, parser.pos, &mut inside);
    parser.eat("'");
    parser.part(start, PartKind::Double(inside))
}

/// `"…"`, where a backtick escapes, `""` is a quote and variables expand.
fn double(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    parser.pos += 1;
    let mut inside = Vec::new();
    let mut run = parser.pos;
    while !parser.at_end() {
        let from = parser.pos;
        let part = match parser.peek() {
            b'"' if parser.peek_at(1) != b'"' => break,
            b'"' | b'`' => {
                parser.pos += 1;
                parser.bump();
                Some(parser.part(from, PartKind::Escaped))
            }
            b'$' => variable(parser),
            _ => None,
        };
        match part {
            Some(part) => {
                push_run(parser, run, from, &mut inside);
                inside.push(part);
                run = parser.pos;
            }
            None => parser.pos += usize::from(parser.pos == from),
        }
    }
    push_run(parser, run, parser.pos, &mut inside);
    parser.eat("\"");
    parser.part(start, PartKind::Double(inside))
}

/// `@'…'@` and `@"…"@`, over lines; its inside isn't looked into.
fn here_string(parser: &mut Parser<'_>) -> Part {
    let start = parser.pos;
    let close: &[u8] = if parser.peek_at(1) == b'\'' { b"\n'@" } else { b"\n\"@" };
    let found = parser.rest().windows(close.len()).position(|window| window == close);
    parser.pos = found.map_or(parser.end, |at| start + at + close.len());
    parser.part(start, PartKind::Opaque)
}

/// `$name`, `$env:NAME`, `${name}`, `$(…)`; `None` where the dollar stands for itself.
fn variable(parser: &mut Parser<'_>) -> Option<Part> {
    let start = parser.pos;
    parser.pos += 1;
    let name = match parser.peek() {
        b'(' => {
            let end = parser.matching(b'(', b')');
            parser.pos = end?;
            return Some(parser.part(start, PartKind::Opaque));
        }
        b'{' => {
            let end = parser.matching(b'{', b'}');
            parser.pos = end?;
            &parser.str[start + 2..parser.pos - 1]
        }
        _ => {
            while parser.peek() == b':' || parser.peek() == b'_' || parser.peek().is_ascii_alphanumeric() {
                parser.pos += 1;
            }
            &parser.str[start + 1..parser.pos]
        }
    };
    if name.is_empty() {
        return None;
    }
    let expansion =
        Expansion { name: name.into(), braced: false, indirect: false, operator: None, operand: Vec::new() };
    Some(parser.part(start, PartKind::Variable(Box::new(expansion))))
}
