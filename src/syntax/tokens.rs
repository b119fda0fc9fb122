//! From instructions to tokens that cover the text without a gap.

use super::tree::{Instruction, Token, TokenKind};
use super::words;
use crate::text::Span;

/// The tokens of a file as they grow, from its start to its end.
pub(super) struct Tokens<'a> {
    source: &'a str,
    done: Vec<Token>,
    /// What stands between the parts of the instruction at hand and behind it: line breaks, continuations,
    /// comments, blanks of lines that aren't part of it. In order.
    breaks: Vec<(TokenKind, Span)>,
    /// The instruction's keywords, flags and arguments, in order.
    words: Vec<(TokenKind, Span)>,
}

impl<'a> Tokens<'a> {
    /// `room` is how many tokens are expected.
    pub(super) fn new(source: &'a str, room: usize) -> Self {
        Self { source, done: Vec::with_capacity(room), breaks: Vec::new(), words: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Token> {
        self.done
    }

    /// Adds a token of the bytes from `start` to `end`; nothing where there are none.
    pub(super) fn add(&mut self, kind: TokenKind, start: usize, end: usize) {
        if start < end {
            self.done.push(Token { kind, start: start as u32 });
        }
    }

    /// Notes a token that interrupts the instruction at hand, or follows it.
    pub(super) fn break_at(&mut self, kind: TokenKind, start: usize, end: usize) {
        if start < end {
            self.breaks.push((kind, Span::from(start..end)));
        }
    }

    /// Notes blanks and line breaks that interrupt the instruction at hand.
    pub(super) fn break_blank(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let (kind, next) = self.run(at, end);
            self.break_at(kind, at, next);
            at = next;
        }
    }

    /// Adds the tokens of an instruction, the noted ones among them.
    pub(super) fn add_instruction(&mut self, instruction: &Instruction) {
        let mut breaks = std::mem::take(&mut self.breaks);
        let mut words = std::mem::take(&mut self.words);
        let mut current = Some(instruction);
        while let Some(part) = current {
            words.push((TokenKind::Keyword, part.keyword_span));
            words.extend(part.flags.iter().map(|flag| (TokenKind::Flag, flag.span)));
            words.extend(part.args.iter().map(|word| (TokenKind::Word, word.span)));
            current = part.trigger.as_deref();
        }
        for heredoc in &instruction.heredocs {
            breaks.push((TokenKind::HeredocBody, heredoc.body));
            breaks.extend(heredoc.end.map(|end| (TokenKind::HeredocEnd, end)));
        }
        let mut left = &words[..];
        let mut at = instruction.full_span.start as usize;
        for &(kind, span) in &breaks {
            left = self.part(left, at, span.start as usize);
            self.add(kind, span.start as usize, span.end as usize);
            at = span.end as usize;
        }
        self.part(left, at, instruction.full_span.end as usize);
        breaks.clear();
        words.clear();
        (self.breaks, self.words) = (breaks, words);
    }

    /// Adds the tokens from byte `at` to `end`, between which there is no break: words, and what stands
    /// between them. Returns the words that are left; one that runs over the break is the first of them.
    fn part<'w>(
        &mut self,
        mut words: &'w [(TokenKind, Span)],
        mut at: usize,
        end: usize,
    ) -> &'w [(TokenKind, Span)] {
        while let Some(((kind, span), behind)) = words.split_first() {
            let (start, stop) = ((span.start as usize).max(at), span.end as usize);
            if start >= end && stop > end {
                break;
            }
            if start < stop.min(end) {
                self.gap(at, start);
                at = stop.min(end);
                self.add(*kind, start, at);
            }
            if stop > end {
                break;
            }
            words = behind;
        }
        self.gap(at, end);
        words
    }

    /// Adds what stands between words.
    fn gap(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let (kind, next) = self.run(at, end);
            self.add(kind, at, next);
            at = next;
        }
    }

    /// The run of characters of one kind from byte `at` on, and where it ends, at the latest at `end`.
    fn run(&self, at: usize, end: usize) -> (TokenKind, usize) {
        let kind_at = |at: usize| match (self.source.as_bytes()[at], words::step(self.source, at)) {
            (b'\n' | b'\r', _) => (TokenKind::Newline, 1),
            (_, (width, true)) => (TokenKind::Whitespace, width),
            (_, (width, false)) => (TokenKind::Punctuation, width),
        };
        let (kind, width) = kind_at(at);
        let mut next = at + width;
        while next < end {
            let (other, width) = kind_at(next);
            if other != kind {
                break;
            }
            next += width;
        }
        (kind, next)
    }
}
