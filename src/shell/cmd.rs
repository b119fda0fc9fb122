//! `cmd.exe`: words and commands. Operators are `&`, `&&`, `||`, `|`, parentheses and newlines; `^` escapes the
//! next character, double quotes hold a word together, `%NAME%` is a variable, `rem` begins a comment.
//!
//! `if` with its condition and `for … in (…)` are commands of their own; what they run stands behind them.

use super::flat::{self, Build, Operator, Token};
use super::lexer::Parser;
use super::{Dialect, List, Part, PartKind, Script, Separator, Text, Word};
use std::sync::Arc;

pub(super) fn parse(text: Arc<Text>) -> Script {
    flat::parse(text, Dialect::Cmd, b'^', list)
}

/// What the words read so far make of the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A command begins: `(` opens a group here and `@` silences it; elsewhere they are text.
    Begin,
    Words,
    /// So many words of an `if`'s condition are still to come, as far as is known.
    If(u8),
    /// Behind `for`; its set stands in parentheses.
    For,
    /// Within them.
    Set,
}

fn list(parser: &mut Parser<'_>) -> List {
    let mut build = Build::default();
    let mut level = 0usize;
    let mut state = State::Begin;
    while !parser.at_end() {
        let operator: Option<Operator> = match (parser.peek(), state) {
            (b'^', _) if parser.peek_at(1) == b'\n' => Some((2, None)),
            (b'^', _) if parser.peek_at(1) == b'\r' && parser.peek_at(2) == b'\n' => Some((3, None)),
            (b'@', State::Begin) => Some((1, None)),
            (b'(', State::For) => {
                state = State::Set;
                Some((1, None))
            }
            (b')', State::Set) => {
                state = State::For;
                Some((1, None))
            }
            (b'(', State::Begin | State::If(_)) => {
                level += 1;
                Some((1, Some(|_| Token::Bracket)))
            }
            (b')', _) if level > 0 => {
                level -= 1;
                Some((1, Some(|_| Token::Bracket)))
            }
            (b'&', _) if parser.peek_at(1) != b'&' => {
                Some((1, Some(|span| Token::Separator(Separator::Semicolon, span))))
            }
            _ => flat::operator(parser),
        };
        if let Some(operator) = operator {
            build.operator(parser, operator);
            if operator.1.is_some() {
                state = State::Begin;
            }
            continue;
        }
        if state == State::Begin && remark(parser) {
            continue;
        }
        let grouped = level > 0 || state == State::Set;
        let read = build.operand(parser, |parser| word(parser, grouped)).map(|word| after(state, word));
        let ends = match read {
            Some(next) => {
                // `do` and `else` are no words of a command.
                let joint = next == State::Begin && (state == State::For || state == State::Begin);
                if joint {
                    build.drop_word();
                }
                state = next;
                next == State::Begin
            }
            None => false,
        };
        if ends {
            build.push(Token::Bracket);
        }
    }
    build.finish(parser)
}

/// The state behind a word.
fn after(state: State, word: &Word) -> State {
    let text = word.text();
    let is = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    match state {
        State::Begin if is(&["if"]) => State::If(3),
        State::Begin if is(&["for"]) => State::For,
        State::Begin if is(&["else"]) => State::Begin,
        State::Begin => State::Words,
        State::For if is(&["do"]) => State::Begin,
        // `/i` and `not` go before the condition; `a==b` is all of it, `exist x` two words, `a == b` three.
        State::If(3) if is(&["/i", "not"]) => state,
        State::If(3) if is(&["exist", "defined", "errorlevel", "cmdextversion"]) => State::If(1),
        State::If(3) if text.split_once("==").is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()) => {
            State::Begin
        }
        // `a== b`
        State::If(3) if text.ends_with("==") => State::If(1),
        // `a ==b`
        State::If(2) if text.len() > 2 && text.starts_with("==") => State::Begin,
        State::If(left @ 2..) => State::If(left - 1),
        State::If(_) => State::Begin,
        other => other,
    }
}

/// `rem …` and `:: …`, to the end of the line.
fn remark(parser: &mut Parser<'_>) -> bool {
    let rest = parser.rest();
    let word = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"rem"));
    let ends = rest.get(3).is_none_or(|byte| byte.is_ascii_whitespace());
    let found = (word && ends) || rest.starts_with(b"::");
    if found {
        let start = parser.pos;
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        parser.pos += length;
        if rest[..length].ends_with(b"\r") {
            parser.pos -= 1;
        }
        let span = parser.span_from(start);
        parser.comments.push(span);
    }
    found
}

fn word(parser: &mut Parser<'_>, grouped: bool) -> Option<Word> {
    let start = parser.pos;
    let ends = |parser: &Parser<'_>| match parser.peek() {
        b' ' | b'\t' | b'\r' | b'\n' | b'&' | b'|' | b'<' | b'>' => true,
        b')' => grouped,
        _ => false,
    };
    let first = parser.read_flat_parts(ends, |parser| {
        let from = parser.pos;
        match parser.peek() {
            b'"' => {
                parser.pos += 1;
                let inside = parser.flat_parts(|parser| matches!(parser.peek(), b'"' | b'\n'), variable);
                parser.eat("\"");
                Some(parser.part(from, PartKind::Double(inside)))
            }
            b'^' => {
                parser.pos += 1;
                parser.bump();
                Some(parser.part(from, PartKind::Escaped))
            }
            _ => variable(parser),
        }
    });
    (parser.pos > start).then(|| parser.word_of(start, first))
}

/// `%NAME%`, `%NAME:a=b%` and `%NAME:~0,4%`, where one begins here.
fn variable(parser: &mut Parser<'_>) -> Option<Part> {
    if parser.peek() != b'%' {
        return None;
    }
    let start = parser.pos;
    let rest = &parser.rest()[1..];
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')' | b'.' | b'-');
    let length = rest.iter().take(256).take_while(|byte| name(byte)).count();
    let whole = match rest.get(length) {
        Some(b'%') => length,
        Some(b':') => {
            let stop = |byte: &u8| matches!(byte, b'%' | b'"' | b'\n');
            let change = rest[length..].iter().take(256).position(stop)?;
            (rest[length + change] == b'%').then_some(length + change)?
        }
        _ => return None,
    };
    if length == 0 {
        return None;
    }
    parser.pos += whole + 2;
    let name = &parser.str[start + 1..start + 1 + length];
    Some(parser.flat_variable(start, name, true))
}
