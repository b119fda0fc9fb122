//! Words: their parts, and their value where nothing in them expands.

use super::lexer::Parser;
use super::{Part, PartKind, Text, Word};
use crate::text::Span;
use std::borrow::Cow;
use std::fmt;

impl Word {
    /// The word as it is written, quotes included, continuations taken out.
    pub fn text(&self) -> &str {
        self.at.of(self.source.as_str())
    }

    /// Its value when quotes are removed; `None` where it holds a variable, a command or arithmetic.
    ///
    /// Patterns and `~` stay as they are written: [`Word::has_glob`] tells whether file names take the
    /// place of the word.
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        literal(&self.parts, &self.source)
    }

    /// Whether the value is `text`.
    pub fn is(&self, text: &str) -> bool {
        self.literal().is_some_and(|value| value == text)
    }

    /// Whether it is written as `text`, without quotes or escapes: the way a reserved word must stand.
    pub fn is_plain(&self, text: &str) -> bool {
        matches!(&*self.parts, [Part { kind: PartKind::Literal, .. }]) && self.text() == text
    }

    /// Whether a part of it is quoted or escaped.
    pub fn is_quoted(&self) -> bool {
        self.parts.iter().any(|part| {
            matches!(part.kind, PartKind::Escaped | PartKind::Single | PartKind::AnsiC | PartKind::Double(_))
        })
    }

    /// Whether a pattern outside quotes (`*`, `?`, `[`) makes file names of it.
    pub fn has_glob(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.kind, PartKind::Glob))
    }

    /// The value, or the text as it is written where the value isn't known.
    pub fn value_or_text(&self) -> Cow<'_, str> {
        self.literal().unwrap_or(Cow::Borrowed(self.text()))
    }

    /// Its value as far as it is known: quotes are removed, and what expands stays as it is written.
    pub fn unquoted(&self) -> Cow<'_, str> {
        if let Some(value) = self.literal() {
            return value;
        }
        let mut value = String::with_capacity(self.text().len());
        push_unquoted(&self.parts, self.source.as_str(), &mut value);
        Cow::Owned(value)
    }

    /// Its value with `${NAME}` in place of every variable, and `${}` in place of what else isn't known.
    pub fn with_names(&self) -> Cow<'_, str> {
        if let Some(value) = self.literal() {
            return value;
        }
        let mut value = String::with_capacity(self.text().len());
        push_named(&self.parts, self.source.as_str(), &mut value);
        Cow::Owned(value)
    }

    /// What is known to begin the value: everything before the first expansion.
    pub fn known_prefix(&self) -> Cow<'_, str> {
        let mut known = String::new();
        push_known(&self.parts, self.source.as_str(), &mut known);
        Cow::Owned(known)
    }

    /// The parts' text in the script, for a caller that walks them.
    pub fn part_text<'a>(&'a self, part: &Part) -> &'a str {
        part.at.of(self.source.as_str())
    }

    /// The span of some bytes of [`Word::text`].
    pub fn span_of(&self, bytes: std::ops::Range<usize>) -> Span {
        let end = self.at.end;
        let at = |n: usize| (self.at.start + n as u32).min(end);
        self.source.span(Span::new(at(bytes.start), at(bytes.end)))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word({:?} at {:?})", self.text(), self.span)
    }
}

fn literal<'a>(parts: &[Part], text: &'a Text) -> Option<Cow<'a, str>> {
    let text = text.as_str();
    match parts {
        [] => return Some(Cow::Borrowed("")),
        [Part { kind: PartKind::Literal | PartKind::Glob, at, .. }] => {
            return Some(Cow::Borrowed(at.of(text)));
        }
        [Part { kind: PartKind::Single, at, .. }] => return Some(Cow::Borrowed(unquoted(at.of(text), 1))),
        _ => {}
    }
    let mut value = String::new();
    push_known(parts, text, &mut value).then_some(Cow::Owned(value))
}

/// The inside of quotes: `open` bytes less at the front and, where it is closed, one at the back.
pub(super) fn unquoted(text: &str, open: usize) -> &str {
    let inside = text.get(open..).unwrap_or("");
    let quote = text.get(open.saturating_sub(1)..open).unwrap_or("'");
    inside.strip_suffix(quote).unwrap_or(inside)
}

/// Adds the parts one by one, those that expand as they are written.
fn push_unquoted(parts: &[Part], text: &str, value: &mut String) {
    for part in parts {
        match &part.kind {
            PartKind::Double(parts) => push_unquoted(parts, text, value),
            _ if push_known(std::slice::from_ref(part), text, value) => {}
            _ => value.push_str(part.at.of(text)),
        }
    }
}

/// Adds the parts one by one, `${NAME}` for variables and `${}` for what else expands.
fn push_named(parts: &[Part], text: &str, value: &mut String) {
    for part in parts {
        match &part.kind {
            PartKind::Double(parts) => push_named(parts, text, value),
            PartKind::Variable(variable) => value.extend(["${", &variable.name, "}"]),
            _ if push_known(std::slice::from_ref(part), text, value) => {}
            _ => value.push_str("${}"),
        }
    }
}

/// Adds the value of the parts up to the first that isn't known; `false` where there is such a one.
fn push_known(parts: &[Part], text: &str, value: &mut String) -> bool {
    for part in parts {
        let here = part.at.of(text);
        match &part.kind {
            PartKind::Literal | PartKind::Glob => value.push_str(here),
            PartKind::Single => value.push_str(unquoted(here, 1)),
            PartKind::Escaped => push_escaped(here, value),
            PartKind::AnsiC => value.push_str(&ansi_c(unquoted(here, 2))),
            PartKind::Double(parts) => {
                if !push_known(parts, text, value) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

fn push_escaped(text: &str, value: &mut String) {
    let mut chars = text.chars();
    while let Some(backslash) = chars.next() {
        match chars.next() {
            None => value.push(backslash),
            Some('\n') => {}
            Some('\r') if chars.as_str().starts_with('\n') => {
                chars.next();
            }
            Some(char) => value.push(char),
        }
    }
}

/// The value of the inside of `$'…'`, as bash's manual lists its escapes.
fn ansi_c(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            value.push(char);
            continue;
        }
        let Some(escape) = chars.next() else {
            value.push('\\');
            break;
        };
        let mut number = |radix: u32, most: usize, first: u32| {
            let mut code = first;
            for _ in 0..most {
                let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
                code = code * radix + digit;
                chars.next();
            }
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        let char = match escape {
            'a' => '\x07',
            'b' => '\x08',
            'e' | 'E' => '\x1b',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => number(16, 2, 0),
            'u' => number(16, 4, 0),
            'U' => number(16, 6, 0),
            digit @ '0'..='7' => number(8, 2, digit as u32 - '0' as u32),
            '\\' | '\'' | '"' | '?' => escape,
            other => {
                value.push('\\');
                other
            }
        };
        value.push(char);
    }
    value
}

/// Where a word or a part of one is being read, which decides what ends it and what quotes mean there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A word of a command: ends at blanks and operators.
    Command,
    /// Within `[[ … ]]`, after `=~`: parentheses and bars belong to the word.
    Regex,
    /// The operand of `${…}` outside double quotes, to its `}`.
    Brace,
    /// The operand of `${…}` within double quotes, to its `}`.
    DoubleBrace,
    /// Within double quotes, to the closing one.
    Double,
    /// The body of a here-document, to the end.
    HereDoc,
    /// Within `$((…))`, to the parentheses that close it.
    Arithmetic,
    /// Within `$[…]` and subscripts.
    Bracket,
}

/// Whether a byte stands for itself wherever it is in a word.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < plain.len() {
        let b = byte as u8;
        plain[byte] = b.is_ascii_alphanumeric()
            || !b.is_ascii()
            || matches!(b, b'_' | b'-' | b'/' | b'.' | b',' | b':' | b'=' | b'%');
        byte += 1;
    }
    plain
};

impl<'t> Parser<'t> {
    /// Reads a word of a command; `None` where none begins here.
    pub fn word(&mut self) -> Option<Word> {
        let start = self.pos;
        let first = self.read_parts(Place::Command);
        (self.pos > start).then(|| self.word_of(start, first))
    }

    pub fn heredoc_parts(&mut self) -> Box<[Part]> {
        self.parts(Place::HereDoc)
    }

    pub fn regex_word(&mut self) -> Option<Word> {
        let start = self.pos;
        let first = self.read_parts(Place::Regex);
        (self.pos > start).then(|| self.word_of(start, first))
    }

    /// Reads parts up to what ends them in `place`; the closing character stays unread.
    pub fn parts(&mut self, place: Place) -> Box<[Part]> {
        let first = self.read_parts(place);
        self.take_parts(first)
    }

    /// As [`Parser::parts`], but leaves them on [`Parser::parts`] and says which is the first.
    pub fn read_parts(&mut self, place: Place) -> usize {
        let first = self.parts.len();
        // Where the literal text not yet put into a part begins.
        let mut run = self.pos;
        let mut level = 0usize;
        loop {
            self.skip_plain();
            if self.at_end() {
                break;
            }
            let start = self.pos;
            let part = match (self.peek(), place) {
                (b'$', _) => self.dollar(place),
                (b'`', _) => Some(self.backquoted(place)),
                (b'\\', _) => self.escape(place),
                (b'"', Place::Double) => break,
                (b'"', Place::HereDoc) => None,
                (b'"', _) => Some(self.double_quoted(0)),
                (b'\'', Place::Double | Place::HereDoc | Place::DoubleBrace) => None,
                (b'\'', _) => Some(self.single_quoted(1)),
                (b'}', Place::Brace | Place::DoubleBrace) => break,
                (b'(', Place::Arithmetic | Place::Regex) | (b'[', Place::Bracket) => {
                    level += 1;
                    None
                }
                (b')', Place::Arithmetic) | (b']', Place::Bracket) => {
                    if level == 0 {
                        break;
                    }
                    level -= 1;
                    None
                }
                (b')', Place::Regex) if level > 0 => {
                    level -= 1;
                    None
                }
                (b' ' | b'\t' | b'\n' | b';' | b'&' | b')', Place::Command) => break,
                (b' ' | b'\t' | b'\n' | b'&' | b')', Place::Regex) if level == 0 => break,
                (b'|', Place::Regex) if level == 0 && self.peek_at(1) == b'|' => break,
                (b'\r', Place::Command | Place::Regex) if self.at_newline() => break,
                (b'|', Place::Command) => break,
                (b'<' | b'>', Place::Command) => {
                    if self.peek_at(1) != b'(' {
                        break;
                    }
                    Some(self.process())
                }
                (b'(', Place::Command) => break,
                (b'*' | b'?' | b'[' | b'@' | b'!' | b'+', Place::Command) => self.glob(),
                _ => None,
            };
            match part {
                Some(part) => {
                    if run < start {
                        self.parts.push(self.run(run, start));
                    }
                    run = self.pos;
                    self.parts.push(part);
                }
                None => {
                    if self.pos == start {
                        self.pos += 1;
                    }
                }
            }
        }
        if run < self.pos {
            self.parts.push(self.run(run, self.pos));
        }
        first
    }

    /// Steps over characters that stand for themselves in any place.
    fn skip_plain(&mut self) {
        while self.bytes[..self.end].get(self.pos).is_some_and(|byte| PLAIN[usize::from(*byte)]) {
            self.pos += 1;
        }
    }

    fn run(&self, start: usize, end: usize) -> Part {
        let at = Span::new(start as u32, end as u32);
        Part { span: self.text.span(at), kind: PartKind::Literal, at }
    }

    /// A run of escaped characters. `None` where the backslash stands for itself.
    fn escape(&mut self, place: Place) -> Option<Part> {
        let start = self.pos;
        let quoted = matches!(place, Place::Double | Place::HereDoc | Place::DoubleBrace);
        while self.peek() == b'\\' && self.pos + 1 < self.end {
            let next = self.peek_at(1);
            let escapes = match next {
                b'\r' => !quoted || self.continuation() > 0,
                b'"' => place != Place::HereDoc,
                b'}' => !quoted || place == Place::DoubleBrace,
                _ => !quoted || matches!(next, b'$' | b'`' | b'\\' | b'\n'),
            };
            if !escapes {
                break;
            }
            if self.continuation() == 3 {
                self.pos += 3;
            } else {
                self.pos += 1;
                self.bump();
            }
        }
        if self.pos > start {
            return Some(self.part(start, PartKind::Escaped));
        }
        // `\n` in double quotes: two characters that stand for themselves. A backslash at the very end too.
        self.pos += 1;
        None
    }

    /// `'…'` or, with `open` of 2, `$'…'`.
    pub fn single_quoted(&mut self, open: usize) -> Part {
        let start = self.pos;
        self.pos += open;
        loop {
            match self.peek() {
                _ if self.at_end() => {
                    self.error(start, start + open, "this single quote isn't closed");
                    break;
                }
                b'\'' => {
                    self.pos += 1;
                    break;
                }
                b'\\' if open == 2 => self.pos = (self.pos + 2).min(self.end),
                _ => self.pos += 1,
            }
        }
        self.part(start, if open == 2 { PartKind::AnsiC } else { PartKind::Single })
    }

    /// `"…"` or, with `dollar` of 1, `$"…"`.
    pub fn double_quoted(&mut self, dollar: usize) -> Part {
        let start = self.pos;
        self.pos += dollar + 1;
        let parts = self.parts(Place::Double);
        if !self.eat("\"") {
            self.error(start, start + dollar + 1, "this double quote isn't closed");
        }
        self.part(start, PartKind::Double(parts))
    }

    /// A run of pattern characters, or `@(…)` and its like.
    fn glob(&mut self) -> Option<Part> {
        let start = self.pos;
        if matches!(self.peek(), b'*' | b'?' | b'@' | b'!' | b'+') && self.peek_at(1) == b'(' {
            self.pos += 1;
            match self.matching(b'(', b')') {
                Some(end) if self.pos > start => {
                    self.pos = end;
                    return Some(self.part(start, PartKind::Glob));
                }
                _ => self.pos = start,
            }
        }
        while matches!(self.peek(), b'*' | b'?') {
            self.pos += 1;
        }
        if self.pos > start {
            return Some(self.part(start, PartKind::Glob));
        }
        if self.peek() == b'[' && self.bracket_closes() {
            self.pos += 1;
            return Some(self.part(start, PartKind::Glob));
        }
        self.pos += 1;
        None
    }

    /// Whether the `[` here has a `]` later in its word: else it is a plain character, or the command `[`.
    fn bracket_closes(&mut self) -> bool {
        let stop = |b: &u8| matches!(b, b']' | b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>');
        let found = self.ahead(stop);
        found.is_some_and(|at| at > 1 && self.rest()[at] == b']')
    }
}
