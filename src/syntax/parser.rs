//! From text to tree, line by line.
//!
//! Source: BuildKit `frontend/dockerfile/parser/parser.go`. Where BuildKit stops at the first error,
//! this goes on: an error costs the instruction that it stands in.

use super::error::{ErrorKind, SyntaxError};
use super::tokens::Tokens;
use super::tree::{Comment, Directive, Heredoc, Instruction, Item, TokenKind, Tree};
use super::{arguments, directive, heredoc, instruction};
use crate::text::{LineTable, Span, Splice};
use std::sync::Arc;

/// Reads a Dockerfile. Never fails: what BuildKit would refuse is in the errors, in the order of the text,
/// and everything that isn't touched by an error is in the tree with BuildKit's values.
pub fn parse(source: impl Into<Arc<str>>) -> (Tree, Vec<SyntaxError>) {
    let (tree, mut errors) = read(source.into(), None);
    instruction::check_structure(tree.source(), tree.items(), &mut errors);
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    (tree, errors)
}

/// Reads lines of a Dockerfile that stand below its first instruction, in which `escape` continues lines. The errors
/// are those of single instructions, in no particular order, not of how they stand together.
pub fn parse_lines(source: impl Into<Arc<str>>, escape: char) -> (Tree, Vec<SyntaxError>) {
    read(source.into(), Some(escape))
}

/// Reads a whole file, or where `escape` is given lines below its first instruction.
fn read(source: Arc<str>, escape: Option<char>) -> (Tree, Vec<SyntaxError>) {
    let lines = LineTable::physical(&source);
    let mut parser = Parser {
        source: &source,
        lines: &lines,
        at: 0,
        line: 0,
        escape: escape.unwrap_or('\\'),
        directives: directive::Reader::default(),
        // A token has about eleven bytes, and every second line starts an item.
        tokens: Tokens::new(&source, source.len() / 10 + 4),
        items: Vec::with_capacity(lines.count() as usize / 2 + 1),
        errors: Vec::new(),
        pieces: Vec::new(),
        last_lines: None,
    };
    match escape {
        Some(_) => parser.directives.finish(),
        None => parser.byte_order_mark(),
    }
    parser.lines();
    let Parser { tokens, items, errors, escape, .. } = parser;
    let tokens = tokens.finish();
    (Tree { tokens, items, escape, lines, source }, errors)
}

struct Parser<'a> {
    source: &'a str,
    lines: &'a LineTable,
    /// The byte where the next line starts.
    at: usize,
    /// How many lines have been taken.
    line: u32,
    escape: char,
    directives: directive::Reader,
    tokens: Tokens<'a>,
    items: Vec<Item>,
    errors: Vec<SyntaxError>,
    /// The parts of the logical line at hand.
    pieces: Vec<Span>,
    /// Made when the first heredoc without an end is met.
    last_lines: Option<heredoc::LastLines<'a>>,
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
    fn byte_order_mark(&mut self) {
        if self.source.starts_with('\u{feff}') {
            self.tokens.add(TokenKind::Bom, 0, 3);
            self.at = 3;
        }
    }

    fn lines(&mut self) {
        while let Some(line) = self.next_line() {
            let start = line.start + indent(&self.source[line.start..line.content_end]);
            if start == line.content_end {
                self.directives.finish();
                self.tokens.add(TokenKind::Whitespace, line.start, line.content_end);
                self.tokens.add(TokenKind::Newline, line.content_end, line.end);
            } else if self.source.as_bytes()[start] == b'#' {
                self.tokens.add(TokenKind::Whitespace, line.start, start);
                self.comment_line(Span::from(start..line.content_end));
                self.tokens.add(TokenKind::Newline, line.content_end, line.end);
            } else {
                self.directives.finish();
                self.instruction(line, start);
            }
        }
    }

    /// The line that starts at byte `start`, the start of the 0-based line `number` (or behind its byte order
    /// mark).
    fn line_at(&self, number: u32, start: usize) -> Option<Line> {
        let end = self.lines.full_span(number, self.source)?.end as usize;
        let content = self.source.as_bytes().get(start..end).filter(|content| !content.is_empty())?;
        let content = content.strip_suffix(b"\n").unwrap_or(content);
        let returns = content.iter().rev().take_while(|&&byte| byte == b'\r').count();
        Some(Line { start, content_end: start + content.len() - returns, end })
    }

    fn next_line(&mut self) -> Option<Line> {
        let line = self.line_at(self.line, self.at)?;
        self.at = line.end;
        self.line += 1;
        Some(line)
    }

    fn comment_line(&mut self, span: Span) {
        match self.directives.read(self.source, span, self.line) {
            directive::Read::Comment => {
                self.items.push(Item::Comment(Comment { span, line: self.line }));
                self.tokens.add(TokenKind::Comment, span.start as usize, span.end as usize);
            }
            directive::Read::Directive(directive, error) => {
                self.set_escape(&directive);
                self.errors.extend(error);
                self.items.push(Item::Directive(Box::new(directive)));
                self.tokens.add(TokenKind::Directive, span.start as usize, span.end as usize);
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
        let mut comments = Vec::new();
        let mut blank_lines = Vec::new();
        let mut last = first;
        self.pieces.clear();
        let mut continued = self.piece(start, first);
        while continued {
            let Some(line) = self.next_line() else { break };
            last = line;
            let content = line.start + indent(&self.source[line.start..line.content_end]);
            if content == line.content_end {
                blank_lines.push(Span::from(line.start..line.content_end));
                self.tokens.break_blank(line.start, line.end);
            } else if self.source.as_bytes()[content] == b'#' {
                comments.push(Span::from(content..line.content_end));
                self.tokens.break_blank(line.start, content);
                self.tokens.break_at(TokenKind::Comment, content, line.content_end);
                self.tokens.break_at(TokenKind::Newline, line.content_end, line.end);
            } else {
                continued = self.piece(line.start, line);
            }
        }
        let logical = Splice::join(&self.pieces, self.source);
        let input = arguments::Input { source: self.source, escape: self.escape };
        let mut read = arguments::read(&input, logical, &mut self.errors);
        read.first_line = first_line;
        read.comments = comments;
        read.blank_lines = blank_lines;
        instruction::check(&input, &read, &mut self.errors);
        self.heredocs(&mut read, &mut last);
        read.last_line = self.line;
        read.full_span = Span::from(first.start..last.end);
        self.tokens.add_instruction(&read);
        self.items.push(Item::Instruction(Box::new(read)));
    }

    /// Adds the part of `line` from byte `from` on that belongs to the logical line, and says whether the
    /// next line continues it.
    fn piece(&mut self, from: usize, line: Line) -> bool {
        let content = &self.source[from..line.content_end];
        let kept = content.trim_end_matches([' ', '\t']);
        let continues = kept.strip_suffix(self.escape).filter(|before| !before.ends_with(self.escape));
        let end = from + continues.map_or(content.len(), str::len);
        self.pieces.push(Span::from(from..end));
        if continues.is_some() {
            self.tokens.break_at(TokenKind::Continuation, end, line.content_end);
        }
        self.tokens.break_at(TokenKind::Newline, line.content_end, line.end);
        continues.is_some()
    }

    /// Takes the bodies of the heredocs that the instruction opens.
    fn heredocs(&mut self, instruction: &mut Instruction, last: &mut Line) {
        let mut heredocs = heredoc::openers(self.source, instruction);
        for opened in &mut heredocs {
            let start = self.at;
            let found = self.heredoc_end(opened);
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
                    let message = [
                        "The heredoc `",
                        opened.opener.of(self.source),
                        "` never ends: no line below holds just `",
                        &opened.name,
                        "`. Add that line after the text.",
                    ];
                    let message = message.concat();
                    self.errors.push(SyntaxError::new(ErrorKind::Heredoc, opened.opener, message));
                    let keyword = instruction.keyword_span;
                    let above = &self.source[..keyword.start as usize];
                    let line_start = above.rfind('\n').map_or(0, |at| at as u32 + 1);
                    let opener = Span::new(line_start, keyword.end).of(self.source);
                    while let Some(line) = self.line_at(self.line, self.at) {
                        if heredoc::looks_like_instruction(&self.source[line.start..line.content_end], opener)
                        {
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
        }
        instruction.heredocs = heredocs;
        let text = instruction.span.of(self.source);
        instruction.span.end = instruction.span.start + text.trim_end().len() as u32;
    }

    /// Moves behind the line that ends the heredoc; stays where it is when there is none.
    fn heredoc_end(&mut self, heredoc: &Heredoc) -> Option<Line> {
        if self.last_lines.as_ref().is_some_and(|last| !last.has_end(heredoc, self.at)) {
            return None;
        }
        let (mut number, mut at) = (self.line, self.at);
        while let Some(line) = self.line_at(number, at) {
            (number, at) = (number + 1, line.end);
            let content = &self.source[line.start..line.content_end];
            let content = if heredoc.strip_tabs { content.trim_start_matches('\t') } else { content };
            if content == heredoc.name {
                (self.line, self.at) = (number, at);
                return Some(line);
            }
        }
        if self.last_lines.is_none() {
            let lines = (0..self.lines.count()).filter_map(|number| {
                let line = self.line_at(number, self.lines.start(number) as usize)?;
                Some((line.start, &self.source[line.start..line.content_end]))
            });
            self.last_lines = Some(heredoc::LastLines::of(lines, self.lines.count() as usize));
        }
        None
    }
}

/// How many bytes of blanks `line` starts with.
fn indent(line: &str) -> usize {
    match line.as_bytes() {
        [first, ..] if first.is_ascii_graphic() => 0,
        _ => line.len() - line.trim_start().len(),
    }
}
