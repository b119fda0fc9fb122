//! `cmd.exe`: words and commands. Operators are `&`, `&&`, `||`, `|`, parentheses and newlines; `^` escapes the
//! next character, double quotes hold a word together, `%NAME%` is a variable.

use super::flat::{Build, Operator, Token};
use super::lexer::Parser;
use super::{Connector, Dialect, Expansion, Part, PartKind, Script, Separator, Text, Word};
use std::sync::Arc;

pub(super) fn parse(text: Arc<Text>) -> Script {
    let shared = text.clone();
    let mut parser = Parser::new(text, shared.as_str(), 0, 0);
    let mut build = Build::default();
    let mut level = 0usize;
    // At the beginning of a command `(` opens a group and `@` silences it; elsewhere they are text.
    let mut begins = true;
    // Behind `if`, `for`, `do` and `else` too, `(` opens a group.
    let mut control = false;
    while !parser.at_end() {
        let start = parser.pos;
        let next = parser.peek_at(1);
        let (length, token): Operator = match parser.peek() {
            b' ' | b'\t' | b'\r' => (1, None),
            b'^' if next == b'\n' => (2, None),
            b'\n' => (1, Some(|span| Token::Separator(Separator::Newline, span))),
            b'&' if next == b'&' => (2, Some(|span| Token::Connector(Connector::And, span))),
            b'&' => (1, Some(|span| Token::Separator(Separator::Semicolon, span))),
            b'|' if next == b'|' => (2, Some(|span| Token::Connector(Connector::Or, span))),
            b'|' => (1, Some(Token::Pipe)),
            b'@' if begins => (1, None),
            b'(' if begins || control => {
                level += 1;
                (1, Some(|_| Token::Bracket))
            }
            b')' if level > 0 => {
                level -= 1;
                (1, Some(|_| Token::Bracket))
            }
            _ => {
                let token = match parser.flat_redirect(|parser| word(parser, level > 0)) {
                    Some(redirect) => Token::Redirect(redirect),
                    None => match word(&mut parser, level > 0) {
                        Some(word) => {
                            let keyword = ["if", "for", "do", "else"]
                                .iter()
                                .any(|k| word.text().eq_ignore_ascii_case(k));
                            control |= begins && keyword;
                            Token::Word(word)
                        }
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
            (begins, control) = (true, false);
        }
    }
    build.finish(parser, Dialect::Cmd)
}

fn word(parser: &mut Parser<'_>, grouped: bool) -> Option<Word> {
    let start = parser.pos;
    let mut parts = Vec::new();
    while !parser.at_end() {
        let from = parser.pos;
        match parser.peek() {
            b' ' | b'\t' | b'\r' | b'\n' | b'&' | b'|' | b'<' | b'>' => break,
            b')' if grouped => break,
            b'"' => {
                parser.pos += 1;
                let inside = run(parser, |byte| byte == b'"' || byte == b'\n');
                if parser.peek() == b'"' {
                    parser.pos += 1;
                }
                parts.push(parser.part(from, PartKind::Double(inside)));
            }
            b'^' => {
                parser.pos += 1;
                parser.bump();
                parts.push(parser.part(from, PartKind::Escaped));
            }
            _ => {
                let stop = |byte| {
                    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'&' | b'|' | b'<' | b'>' | b'"' | b'^')
                        || (byte == b')' && grouped)
                };
                parts.extend(run(parser, stop));
            }
        }
    }
    (parser.pos > start).then(|| parser.word_from(start, parts))
}

/// Literal text and `%NAME%` up to a byte where `stop` holds.
fn run(parser: &mut Parser<'_>, stop: impl Fn(u8) -> bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = parser.pos;
    while !parser.at_end() && !stop(parser.peek()) {
        let name = if parser.peek() == b'%' { variable(&parser.rest()[1..]) } else { 0 };
        if name == 0 {
            parser.pos += 1;
            continue;
        }
        if from < parser.pos {
            parts.push(parser.part(from, PartKind::Literal));
        }
        let start = parser.pos;
        parser.pos += name + 2;
        let name = parser.str[start + 1..start + 1 + name].into();
        let expansion =
            Expansion { name, braced: true, indirect: false, operator: None, operand: Vec::new() };
        parts.push(parser.part(start, PartKind::Variable(Box::new(expansion))));
        from = parser.pos;
    }
    if from < parser.pos {
        parts.push(parser.part(from, PartKind::Literal));
    }
    parts
}

/// The length of the name before a closing `%`; 0 where it isn't one.
fn variable(rest: &[u8]) -> usize {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')' | b'.' | b'-');
    let length = rest.iter().take(256).take_while(|byte| name(byte)).count();
    if rest.get(length) == Some(&b'%') { length } else { 0 }
}
