use crate::context::shellcheck::{Comment, Place};
use crate::text::{Span, Splice};
use std::sync::Arc;

/// A script that ShellCheck is asked about, and the way back from it to the Dockerfile.
#[derive(Clone, Debug)]
pub struct Script {
    /// What ShellCheck reads. Its first line is the `#!` that says which shell it is for; then variables are
    /// exported that are known there.
    pub text: Arc<str>,
    /// Where what isn't of the Dockerfile's text is shown: the keyword of the instruction.
    origin: Span,
    pieces: Vec<Piece>,
}

/// Bytes of the script that stand in the Dockerfile as they are.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// In bytes of the script.
    at: u32,
    len: u32,
    /// In bytes of the Dockerfile.
    source: u32,
}

/// A script as it grows.
pub(super) struct Builder<'s> {
    source: &'s str,
    text: String,
    pieces: Vec<Piece>,
}

impl<'s> Builder<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, text: String::new(), pieces: Vec::new() }
    }

    /// Adds a text that doesn't stand in the Dockerfile.
    pub fn add(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds bytes of the Dockerfile, lines ended by `\n` alone.
    pub fn span(&mut self, span: Span) -> &mut Self {
        let mut at = span.start;
        for line in span.of(self.source).split_inclusive('\n') {
            match line.strip_suffix("\r\n") {
                Some(bare) => {
                    self.piece(Span::new(at, at + bare.len() as u32));
                    let end = at + line.len() as u32;
                    self.piece(Span::new(end - 1, end));
                }
                None => self.piece(Span::new(at, at + line.len() as u32)),
            }
            at += line.len() as u32;
        }
        self
    }

    pub fn splice(&mut self, splice: &Splice) -> &mut Self {
        for (index, piece) in splice.pieces().iter().enumerate() {
            let end = splice.pieces().get(index + 1).map_or(splice.len(), |next| next.at);
            self.span(Span::new(piece.source, piece.source + end - piece.at));
        }
        self
    }

    fn piece(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        self.text.push_str(span.of(self.source));
        match self.pieces.last_mut() {
            Some(last) if last.at + last.len == at && last.source + last.len == span.start => {
                last.len += span.len();
            }
            _ => self.pieces.push(Piece { at, len: span.len(), source: span.start }),
        }
    }

    pub fn finish(self, origin: Span) -> Script {
        Script { text: self.text.into(), origin, pieces: self.pieces }
    }
}

impl Script {
    /// Where a finding stands in the Dockerfile, from its first to its last byte; continuations and comments
    /// between them are inside.
    pub(super) fn span(&self, comment: &Comment, source: &str) -> Span {
        let (start, end) = (self.offset(comment.start), self.offset(comment.end));
        // What is found at a place of no width is shown at the character there.
        let end = if end > start { end } else { start + self.width(start) };
        match (self.following(start), self.preceding(end)) {
            (Some(start), Some(end)) if start < end => Span::new(start, end),
            (Some(start), _) => Span::empty(start),
            // Behind the last character.
            (None, Some(end)) if self.pieces.iter().any(|piece| piece.at + piece.len == start) => {
                let width = source[..end as usize].chars().next_back().map_or(0, char::len_utf8);
                Span::new(end - width as u32, end)
            }
            _ => self.origin,
        }
    }

    /// Whether a continuation or a comment of the Dockerfile stands within what is found.
    pub(super) fn is_continued(&self, comment: &Comment) -> bool {
        let (start, end) = (self.offset(comment.start), self.offset(comment.end));
        match (self.following(start), self.preceding(end)) {
            (Some(from), Some(to)) => to.saturating_sub(from) != end.saturating_sub(start),
            _ => true,
        }
    }

    /// How many bytes of the line's text stand at `at` for one character; none at the end of a line.
    fn width(&self, at: u32) -> u32 {
        let first = self.text.get(at as usize..).and_then(|rest| rest.chars().next());
        first.filter(|first| *first != '\n').map_or(0, |first| first.len_utf8() as u32)
    }

    /// The byte of the script at a place. What lies behind the end of a line or the script is that end.
    pub(super) fn offset(&self, place: Place) -> u32 {
        let skipped = place.line.saturating_sub(1) as usize;
        let mut starts = std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1));
        let Some(start) = starts.nth(skipped) else { return self.text.len() as u32 };
        let line = self.text[start..].split('\n').next().unwrap_or("");
        let column = place.column.saturating_sub(1) as usize;
        let within = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        (start + within) as u32
    }

    /// Where the byte at `at` stands in the Dockerfile.
    pub(super) fn following(&self, at: u32) -> Option<u32> {
        let piece = self.pieces.iter().find(|piece| piece.at <= at && at < piece.at + piece.len)?;
        Some(piece.source + at - piece.at)
    }

    /// Behind the byte before `at`, in the Dockerfile.
    pub(super) fn preceding(&self, at: u32) -> Option<u32> {
        Some(self.following(at.checked_sub(1)?)? + 1)
    }
}
