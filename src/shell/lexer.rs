//! The reader under the parser: blanks, comments, newlines with the here-documents due there, operators.

use super::few::{self, Few};
use super::{HereDoc, Item, Part, PartKind, Piped, Redirect, Script, ShellError, Text, Word};
use crate::text::Span;
use std::fmt;
use std::sync::Arc;

/// More errors than these help nobody.
const MAX_ERRORS: usize = 100;

pub(super) struct Parser<'t> {
    pub text: Arc<Text>,
    pub str: &'t str,
    pub bytes: &'t [u8],
    pub pos: usize,
    /// Reading stops here: the end of the text, or of the here-document's body being read.
    pub end: usize,
    /// How many constructs are open, scripts around this one included.
    pub depth: u32,
    /// How many times text around this one was parsed again (`sh -c` within `sh -c`).
    pub reparsed: u32,
    /// Bytes that may still be looked at ahead of the parse; keeps retries linear.
    pub fuel: usize,
    /// What takes the next character's meaning away: `\`, and in PowerShell a backtick.
    pub escape: u8,
    /// What the open constructs wait for, outermost first.
    pub closers: Vec<&'static str>,
    pub pending: Vec<Pending>,
    pub heredocs: Vec<HereDoc>,
    pub comments: Vec<Span>,
    pub errors: Vec<ShellError>,
    pub truncated: bool,
    /// Words read but not yet part of a command. Each reader takes off what it has put on, so that every
    /// list of words is of its exact size: there are many.
    pub words: Vec<Word>,
    /// The same for parts of words.
    pub parts: Vec<Part>,
    /// The same for redirections of commands.
    pub redirects: Vec<Redirect>,
    /// The same for commands of pipelines.
    pub piped: Vec<Piped>,
    /// The same for items of lists.
    pub items: Vec<Item>,
    /// How many simple commands have been read.
    pub size: usize,
}

/// A here-document whose body begins at the next newline.
pub(super) struct Pending {
    pub index: usize,
    /// A shell reads it.
    pub script: bool,
    pub redirect: Span,
}

impl<'t> Parser<'t> {
    pub fn new(text: Arc<Text>, str: &'t str, depth: u32, reparsed: u32) -> Self {
        Self {
            text,
            str,
            bytes: str.as_bytes(),
            pos: 0,
            end: str.len(),
            depth,
            reparsed,
            fuel: 4 * str.len() + 1024,
            escape: b'\\',
            closers: Vec::new(),
            pending: Vec::new(),
            heredocs: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
            truncated: false,
            words: Vec::new(),
            parts: Vec::new(),
            redirects: Vec::new(),
            piped: Vec::new(),
            items: Vec::new(),
            size: 0,
        }
    }

    /// The byte at the reading position, 0 at the end. A NUL in the text reads as an ordinary character
    /// everywhere the end is asked for with [`Parser::at_end`].
    pub fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    pub fn peek_at(&self, ahead: usize) -> u8 {
        let at = self.pos + ahead;
        if at < self.end { self.bytes[at] } else { 0 }
    }

    pub fn at_end(&self) -> bool {
        self.pos >= self.end
    }

    pub fn rest(&self) -> &'t [u8] {
        &self.bytes[self.pos..self.end]
    }

    pub fn looking_at(&self, what: &str) -> bool {
        self.rest().starts_with(what.as_bytes())
    }

    pub fn eat(&mut self, what: &str) -> bool {
        let found = self.looking_at(what);
        if found {
            self.pos += what.len();
        }
        found
    }

    /// Steps over the whole character at the reading position.
    pub fn bump(&mut self) {
        if self.at_end() {
            return;
        }
        self.pos += 1;
        while self.pos < self.end && !self.str.is_char_boundary(self.pos) {
            self.pos += 1;
        }
    }

    pub fn logical(&self, start: usize) -> Span {
        Span::new(start as u32, self.pos.max(start) as u32)
    }

    /// The source span from `start` to the reading position.
    pub fn span_from(&self, start: usize) -> Span {
        self.text.span(self.logical(start))
    }

    pub fn part(&self, start: usize, kind: PartKind) -> Part {
        let at = self.logical(start);
        Part { span: self.text.span(at), kind, at }
    }

    pub fn word_from(&self, start: usize, parts: Few<Part>) -> Word {
        let at = self.logical(start);
        Word { span: self.text.span(at), parts, at, source: self.text.clone() }
    }

    /// The word from byte `start` to the reading position, of the parts from the `first` on.
    pub fn word_of(&mut self, start: usize, first: usize) -> Word {
        let parts = Few::take(&mut self.parts, first);
        self.word_from(start, parts)
    }

    /// Takes the parts from the `first` on.
    pub fn take_parts(&mut self, first: usize) -> Box<[Part]> {
        few::take(&mut self.parts, first)
    }

    /// Lends the stacks of nodes to the parser of a script within this one, or takes them back.
    pub fn swap_stacks(&mut self, other: &mut Parser<'_>) {
        use std::mem::swap;
        swap(&mut self.words, &mut other.words);
        swap(&mut self.parts, &mut other.parts);
        swap(&mut self.redirects, &mut other.redirects);
        swap(&mut self.piped, &mut other.piped);
        swap(&mut self.items, &mut other.items);
    }

    /// An error at some bytes of the text.
    pub fn error(&mut self, start: usize, end: usize, message: impl fmt::Display) {
        if self.errors.len() < MAX_ERRORS {
            let span = self.text.span(Span::new(start as u32, end.max(start) as u32));
            self.error_at(span, message);
        }
    }

    /// Opens a construct; `false` where the depth is used up. Each `true` wants one [`Parser::leave`].
    pub fn enter(&mut self) -> bool {
        if self.depth >= super::MAX_DEPTH {
            if !self.truncated {
                self.truncated = true;
                let at = self.pos;
                self.error(at, at, "nested too deep to be read");
            }
            return false;
        }
        self.depth += 1;
        true
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Whether the reading position is at a newline (`\n` or `\r\n`).
    pub fn at_newline(&self) -> bool {
        self.peek() == b'\n' || (self.peek() == b'\r' && self.peek_at(1) == b'\n')
    }

    /// The bytes of a shell's own continuation (`\` and a newline) here, or 0.
    pub fn continuation(&self) -> usize {
        match (self.peek(), self.peek_at(1), self.peek_at(2)) {
            (b'\\', b'\n', _) => 2,
            (b'\\', b'\r', b'\n') => 3,
            _ => 0,
        }
    }

    /// Skips blanks, continuations and a comment.
    #[inline]
    pub fn skip_blanks(&mut self) {
        if matches!(self.peek(), b' ' | b'\t' | b'\\' | b'#') {
            self.skip_some_blanks();
        }
    }

    fn skip_some_blanks(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' => self.pos += 1,
                b'\\' if self.continuation() > 0 => self.pos += self.continuation(),
                b'#' => {
                    let start = self.pos;
                    let length = self.rest().iter().position(|b| *b == b'\n').unwrap_or(self.end - start);
                    self.pos = start + length;
                    if self.pos < self.end && self.bytes[self.pos - 1] == b'\r' {
                        self.pos -= 1;
                    }
                    let span = self.span_from(start);
                    self.comments.push(span);
                    return;
                }
                _ => return,
            }
        }
    }

    /// Steps over the newline here and reads the here-documents that it makes due.
    pub fn newline(&mut self) {
        self.pos += if self.peek() == b'\r' { 2 } else { 1 };
        if !self.pending.is_empty() {
            self.read_heredocs();
        }
    }

    /// Skips blanks, comments and newlines.
    pub fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.at_newline() {
                return;
            }
            self.newline();
        }
    }

    fn read_heredocs(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let (delimiter, strip, quoted) = {
                let here = &self.heredocs[pending.index];
                (here.delimiter.clone(), here.strip_tabs, here.quoted)
            };
            let start = self.pos;
            let mut lines = Vec::new();
            let (mut body_end, mut closed, mut last) = (start, false, None);
            while self.pos < self.end && !closed {
                let line = self.pos;
                let length = self.rest().iter().position(|b| *b == b'\n');
                let end = length.map_or(self.end, |n| line + n);
                let text = &self.str[line..end];
                let text = text.strip_suffix('\r').unwrap_or(text);
                let stripped = if strip { text.trim_start_matches('\t') } else { text };
                self.pos = (end + 1).min(self.end);
                if stripped == &*delimiter {
                    closed = true;
                    let at = line + text.len() - stripped.len();
                    last = Some(Span::from(at..at + stripped.len()));
                } else {
                    lines.push(Span::new((line + text.len() - stripped.len()) as u32, self.pos as u32));
                    body_end = self.pos;
                }
            }
            let after = self.pos;
            let body = Span::new(start as u32, body_end as u32);
            if !closed {
                let message = format_args!("the here-document's closing `{delimiter}` is missing");
                self.error_at(pending.redirect, message);
            }
            if pending.script && self.reparsed < super::inner::MAX_REPARSED {
                let script = self.within(self.text.cut(&lines), self.depth, self.reparsed + 1);
                self.heredocs[pending.index].script = Some(Box::new(script));
            } else if !quoted && self.bytes[start..body_end].iter().any(|b| matches!(b, b'$' | b'`')) {
                self.pos = start;
                let parts = self.apart(body_end, Self::heredoc_parts);
                self.heredocs[pending.index].parts = parts;
            }
            self.pos = after;
            let here = &mut self.heredocs[pending.index];
            here.body = self.text.span(body);
            here.end = last.map(|last| self.text.span(last));
            here.closed = closed;
        }
    }

    /// An error at a span of the source. The message is put together only where it is kept.
    pub fn error_at(&mut self, span: Span, message: impl fmt::Display) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(ShellError { span, message: message.to_string() });
        }
    }

    /// How far ahead the first byte is where `stop` holds. `None` where there is none, or the fuel is used up.
    pub fn ahead(&mut self, stop: impl Fn(&u8) -> bool) -> Option<usize> {
        let limit = self.rest().len().min(self.fuel);
        let found = self.rest()[..limit].iter().position(stop);
        self.fuel -= found.unwrap_or(limit);
        found
    }

    /// From an opening bracket at the reading position to its match, quotes stepped over: the position
    /// behind it. `None` where it isn't closed, or the fuel is used up.
    pub fn matching(&mut self, open: u8, close: u8) -> Option<usize> {
        let (mut at, mut level, start) = (self.pos, 0usize, self.pos);
        let found = loop {
            if at >= self.end || at - start >= self.fuel {
                break None;
            }
            match self.bytes[at] {
                byte if byte == self.escape => at += 1,
                quote @ (b'\'' | b'"') => {
                    at += 1;
                    while at < self.end && self.bytes[at] != quote {
                        at += if quote == b'"' && self.bytes[at] == self.escape { 2 } else { 1 };
                    }
                }
                // An apostrophe in a comment opens no quote.
                b'#' if at > start
                    && matches!(self.bytes[at - 1], b' ' | b'\t' | b'\n' | b';' | b'&' | b'|') =>
                {
                    while at + 1 < self.end && self.bytes[at + 1] != b'\n' {
                        at += 1;
                    }
                }
                b if b == open => level += 1,
                b if b == close => {
                    level -= 1;
                    if level == 0 {
                        break Some(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        };
        self.fuel = self.fuel.saturating_sub(at - start);
        found.filter(|end| *end <= self.end)
    }

    /// Steps over a bracketed construct that is too deep to be read; to the end where it isn't closed.
    pub fn skip_bracket(&mut self, open: u8, close: u8) {
        let fuel = std::mem::replace(&mut self.fuel, usize::MAX);
        self.pos = self.matching(open, close).unwrap_or(self.end);
        self.fuel = fuel;
    }

    /// What `read` reads of the bytes up to `end`, as a text of its own: nothing open around it is closed
    /// there, and a here-document that begins there has its body there too.
    pub fn apart<T>(&mut self, end: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.end, std::mem::take(&mut self.closers), std::mem::take(&mut self.pending));
        self.end = end;
        let result = read(self);
        self.bodiless();
        self.pos = end;
        (self.end, self.closers, self.pending) = outer;
        result
    }

    /// The here-documents still due have no body.
    fn bodiless(&mut self) {
        for pending in std::mem::take(&mut self.pending).into_iter().take(MAX_ERRORS) {
            let delimiter = &self.heredocs[pending.index].delimiter;
            let message = format!("the here-document `{delimiter}` has no body");
            self.error_at(pending.redirect, message);
        }
    }

    pub fn finish(mut self, body: super::List) -> Script {
        self.bodiless();
        Script {
            dialect: super::Dialect::Posix,
            body,
            comments: self.comments,
            heredocs: self.heredocs,
            errors: self.errors,
            truncated: self.truncated,
            text: self.text,
            size: self.size,
        }
    }
}
