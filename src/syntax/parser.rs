//! From text to tree, line by line.
//!
//! Source: BuildKit `frontend/dockerfile/parser/parser.go`. Where BuildKit stops at the first error,
//! this goes on: an error costs the instruction that it stands in.

use super::error::{ErrorKind, SyntaxError};
use super::tree::{Comment, Directive, Heredoc, Instruction, Item, Token, TokenKind, Tree};
use super::{arguments, directive, heredoc, instruction};
use crate::text::{LineTable, Span, Splice};
use std::sync::Arc;

/// Reads a Dockerfile. Never fails: what BuildKit would refuse is in the errors, in the order of the text,
/// and everything that isn't touched by an error is in the tree with BuildKit's values.
pub fn parse(source: impl Into<Arc<str>>) -> (Tree, Vec<SyntaxError>) {
    let source: Arc<str> = source.into();
    let mut parser = Parser {
        source: &source,
        at: 0,
        line: 0,
        escape: '\\',
        directives: directive::Reader::default(),
        tokens: Vec::new(),
        items: Vec::new(),
        errors: Vec::new(),
        marks: Vec::new(),
    };
    parser.file();
    let Parser { tokens, items, mut errors, escape, .. } = parser;
    instruction::check_structure(&source, &items, &mut errors);
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    let lines = LineTable::physical(&source);
    (Tree { tokens, items, escape, lines, source: Arc::clone(&source) }, errors)
}

struct Parser<'a> {
    source: &'a str,
    /// The byte where the next line starts.
    at: usize,
    /// How many lines have been taken.
    line: u32,
    escape: char,
    directives: directive::Reader,
    tokens: Vec<Token>,
    items: Vec<Item>,
    errors: Vec<SyntaxError>,
    /// What is known of the tokens of the instruction at hand.
    marks: Vec<(Span, TokenKind)>,
}

/// One physical line.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    /// Where the line break starts; the `\r`s before `\n` belong to it.
    content_end: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    fn file(&mut self) {
        if self.source.starts_with('\u{feff}') {
            self.token(TokenKind::Bom, 0, 3);
            self.at = 3;
        }
        while let Some(line) = self.next_line() {
            let content = &self.source[line.start..line.content_end];
            let indent = content.len() - content.trim_start().len();
            let start = line.start + indent;
            let trimmed = &content[indent..];
            if trimmed.is_empty() {
                self.directives.finish();
                self.token(TokenKind::Whitespace, line.start, line.content_end);
                self.token(TokenKind::Newline, line.content_end, line.end);
            } else if trimmed.starts_with('#') {
                self.token(TokenKind::Whitespace, line.start, start);
                self.comment_line(Span::from(start..line.content_end));
                self.token(TokenKind::Newline, line.content_end, line.end);
            } else {
                self.directives.finish();
                self.instruction(line, start);
            }
        }
    }

    fn next_line(&mut self) -> Option<Line> {
        if self.at >= self.source.len() {
            return None;
        }
        let line = line_at(self.source, self.at);
        self.at = line.end;
        self.line += 1;
        Some(line)
    }

    fn comment_line(&mut self, span: Span) {
        match self.directives.read(self.source, span, self.line) {
            directive::Read::Comment => {
                self.items.push(Item::Comment(Comment { span, line: self.line }));
                self.token(TokenKind::Comment, span.start as usize, span.end as usize);
            }
            directive::Read::Directive(directive, error) => {
                self.set_escape(&directive);
                self.errors.extend(error);
                self.items.push(Item::Directive(directive));
                self.token(TokenKind::Directive, span.start as usize, span.end as usize);
            }
        }
    }

    fn set_escape(&mut self, directive: &Directive) {
        if &*directive.name == "escape" {
            match &*directive.value {
                "`" => self.escape = '`',
                "\\" => self.escape = '\\',
                _ => {}
            }
        }
    }

    /// Reads the instruction that starts at byte `start` of `first`, with all its lines.
    fn instruction(&mut self, first: Line, start: usize) {
        let first_line = self.line;
        self.marks.clear();
        let mut pieces = Vec::with_capacity(1);
        let mut comments = Vec::new();
        let mut blank_lines = Vec::new();
        let mut last = first;
        let mut continued = self.piece(start, first, &mut pieces);
        while continued {
            let Some(line) = self.next_line() else { break };
            last = line;
            let content = &self.source[line.start..line.content_end];
            let trimmed = content.trim_start();
            if trimmed.is_empty() {
                blank_lines.push(Span::from(line.start..line.content_end));
                self.mark(line.content_end, line.end, TokenKind::Newline);
            } else if trimmed.starts_with('#') {
                let comment = Span::from(line.content_end - trimmed.len()..line.content_end);
                comments.push(comment);
                self.marks.push((comment, TokenKind::Comment));
                self.mark(line.content_end, line.end, TokenKind::Newline);
            } else {
                continued = self.piece(line.start, line, &mut pieces);
            }
        }
        let logical = Splice::join(&pieces, self.source);
        let input = arguments::Input { source: self.source, escape: self.escape };
        let mut read = arguments::read(&input, logical, &mut self.errors);
        read.first_line = first_line;
        read.comments = comments;
        read.blank_lines = blank_lines;
        instruction::check(&input, &read, &mut self.errors);
        self.heredocs(&mut read, &mut last);
        read.last_line = self.line;
        read.full_span = Span::from(first.start..last.end);
        self.marks_of(&read);
        self.tokens_of(read.full_span);
        self.items.push(Item::Instruction(Box::new(read)));
    }

    /// Adds the part of `line` from byte `from` on that belongs to the logical line, and says whether the
    /// next line continues it.
    fn piece(&mut self, from: usize, line: Line, pieces: &mut Vec<Span>) -> bool {
        let content = &self.source[from..line.content_end];
        let kept = content.trim_end_matches([' ', '\t']);
        let continues = kept.strip_suffix(self.escape).filter(|before| !before.ends_with(self.escape));
        let end = from + continues.map_or(content.len(), str::len);
        pieces.push(Span::from(from..end));
        if continues.is_some() {
            self.mark(end, line.content_end, TokenKind::Continuation);
        }
        self.mark(line.content_end, line.end, TokenKind::Newline);
        continues.is_some()
    }

    /// Takes the bodies of the heredocs that the instruction opens.
    fn heredocs(&mut self, instruction: &mut Instruction, last: &mut Line) {
        for mut opened in heredoc::openers(self.source, instruction) {
            let start = self.at;
            let found = self.heredoc_end(&opened);
            match found {
                Some(end) => {
                    opened.body = Span::from(start..end.start);
                    let indent = if opened.strip_tabs {
                        let text = &self.source[end.start..end.content_end];
                        text.len() - text.trim_start_matches('\t').len()
                    } else {
                        0
                    };
                    opened.end = Some(Span::from(end.start + indent..end.content_end));
                    *last = end;
                }
                None => {
                    // BuildKit takes all the rest of the file. Here the next line that starts like an
                    // instruction ends it, so that a half-typed heredoc costs itself alone.
                    let message = format!(
                        "The heredoc `{}` never ends: no line below holds just `{}`. Add that line after \
                         the text.",
                        opened.opener.of(self.source),
                        opened.name
                    );
                    self.errors.push(SyntaxError::new(ErrorKind::Heredoc, opened.opener, message));
                    let keyword = instruction.keyword_span;
                    let above = &self.source[..keyword.start as usize];
                    let line_start = above.rfind('\n').map_or(0, |at| at as u32 + 1);
                    let opener = Span::new(line_start, keyword.end);
                    while self.at < self.source.len() {
                        let line = line_at(self.source, self.at);
                        let content = &self.source[line.start..line.content_end];
                        if heredoc::looks_like_instruction(content, opener.of(self.source)) {
                            break;
                        }
                        *last = line;
                        self.at = line.end;
                        self.line += 1;
                    }
                    opened.body = Span::from(start..self.at);
                }
            }
            let end = opened.end.unwrap_or(opened.body);
            if end.end > end.start {
                instruction.span.end = instruction.span.end.max(end.end);
            }
            instruction.heredocs.push(opened);
        }
        let text = instruction.span.of(self.source);
        instruction.span.end = instruction.span.start + text.trim_end().len() as u32;
    }

    /// Moves behind the line that ends the heredoc; stays where it is when there is none.
    fn heredoc_end(&mut self, heredoc: &Heredoc) -> Option<Line> {
        let (mut at, mut lines) = (self.at, 0);
        while at < self.source.len() {
            let line = line_at(self.source, at);
            at = line.end;
            lines += 1;
            let content = &self.source[line.start..line.content_end];
            let content = if heredoc.strip_tabs { content.trim_start_matches('\t') } else { content };
            if content == &*heredoc.name {
                self.at = at;
                self.line += lines;
                return Some(line);
            }
        }
        None
    }

    fn mark(&mut self, start: usize, end: usize, kind: TokenKind) {
        if start < end {
            self.marks.push((Span::from(start..end), kind));
        }
    }

    /// Marks what the tree knows of the instruction's tokens. A word that runs over a continuation is
    /// marked in parts.
    fn marks_of(&mut self, instruction: &Instruction) {
        let mut words = vec![(instruction.keyword_span, TokenKind::Keyword)];
        words.extend(instruction.flags.iter().map(|flag| (flag.span, TokenKind::Flag)));
        let mut inner = Some(instruction);
        while let Some(current) = inner {
            words.extend(current.args.iter().map(|word| (word.span, TokenKind::Word)));
            inner = current.trigger.as_deref();
            if let Some(trigger) = inner {
                words.push((trigger.keyword_span, TokenKind::Keyword));
                words.extend(trigger.flags.iter().map(|flag| (flag.span, TokenKind::Flag)));
            }
        }
        let pieces = instruction.logical.pieces();
        for (index, piece) in pieces.iter().enumerate() {
            let end = pieces.get(index + 1).map_or(instruction.logical.len(), |next| next.at);
            let (from, to) = (piece.source, piece.source + end - piece.at);
            for &(span, kind) in &words {
                let part = Span::new(span.start.max(from), span.end.min(to).max(span.start.max(from)));
                self.mark(part.start as usize, part.end as usize, kind);
            }
        }
        for heredoc in &instruction.heredocs {
            self.marks.push((heredoc.body, TokenKind::HeredocBody));
            self.marks.extend(heredoc.end.map(|end| (end, TokenKind::HeredocEnd)));
        }
    }

    /// Turns the marks into tokens that cover `span` without a gap.
    fn tokens_of(&mut self, span: Span) {
        let mut marks = std::mem::take(&mut self.marks);
        marks.sort_unstable_by_key(|(span, _)| (span.start, span.end));
        let mut at = span.start as usize;
        for &(mark, kind) in &marks {
            let (start, end) = ((mark.start as usize).max(at), mark.end as usize);
            if start < end {
                self.gap(at, start);
                self.token(kind, start, end);
                at = end;
            }
        }
        self.gap(at, span.end as usize);
        self.marks = marks;
    }

    fn gap(&mut self, start: usize, end: usize) {
        let mut rest = &self.source[start..end];
        let mut at = start;
        while let Some(first) = rest.chars().next() {
            let kind_of = |c: char| match c {
                '\n' | '\r' => TokenKind::Newline,
                c if c.is_whitespace() => TokenKind::Whitespace,
                _ => TokenKind::Punctuation,
            };
            let kind = kind_of(first);
            let len = rest.find(|c| kind_of(c) != kind).unwrap_or(rest.len());
            self.token(kind, at, at + len);
            at += len;
            rest = &rest[len..];
        }
    }

    fn token(&mut self, kind: TokenKind, start: usize, end: usize) {
        if start < end {
            self.tokens.push(Token { kind, start: start as u32 });
        }
    }
}

fn line_at(source: &str, start: usize) -> Line {
    let rest = &source.as_bytes()[start..];
    let (len, end) = match rest.iter().position(|&byte| byte == b'\n') {
        Some(newline) => (newline, start + newline + 1),
        None => (rest.len(), source.len()),
    };
    let returns = rest[..len].iter().rev().take_while(|&&byte| byte == b'\r').count();
    Line { start, content_end: start + len - returns, end }
}
