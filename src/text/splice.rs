use super::Span;
use std::sync::Arc;

/// A text put together from slices of a source, which remembers where each byte came from: the logical
/// line of a continued instruction, the body of a `<<-` heredoc without its tabs.
///
/// One slice costs no copy and no memory: [`Splice::text`] then borrows from the source. A clone shares
/// the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    pieces: Pieces,
    len: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pieces {
    One([Piece; 1]),
    Joined(Arc<Joined>),
}

#[derive(Debug, PartialEq, Eq)]
struct Joined {
    pieces: Vec<Piece>,
    text: String,
}

/// One slice of a [`Splice`]: from its byte `at` on, the splice shows the source from byte `source` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// In bytes of the splice.
    pub at: u32,
    /// In bytes of the source.
    pub source: u32,
}

impl Splice {
    /// A splice of one slice.
    pub fn of(span: Span) -> Self {
        Self { pieces: Pieces::One([Piece { at: 0, source: span.start }]), len: span.len() }
    }

    /// A splice of several slices of `source`, in their order.
    pub fn join(spans: &[Span], source: &str) -> Self {
        match spans {
            [] => Self::of(Span::empty(0)),
            [one] => Self::of(*one),
            _ => {
                let mut text = String::with_capacity(spans.iter().map(|s| s.len() as usize).sum());
                let mut pieces = Vec::with_capacity(spans.len());
                for span in spans {
                    pieces.push(Piece { at: text.len() as u32, source: span.start });
                    text.push_str(span.of(source));
                }
                let len = text.len() as u32;
                Self { pieces: Pieces::Joined(Arc::new(Joined { pieces, text })), len }
            }
        }
    }

    /// The text itself. `source` is the text that the splice was made of.
    pub fn text<'a>(&'a self, source: &'a str) -> &'a str {
        match &self.pieces {
            Pieces::One([piece]) => Span::new(piece.source, piece.source + self.len).of(source),
            Pieces::Joined(joined) => &joined.text,
        }
    }

    /// In bytes.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether it shows nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its slices, in their order; at least one.
    pub fn pieces(&self) -> &[Piece] {
        match &self.pieces {
            Pieces::One(piece) => piece,
            Pieces::Joined(joined) => &joined.pieces,
        }
    }

    /// The byte of the source that byte `at` of the splice came from. The end of the splice maps to the
    /// end of its last slice.
    pub fn source(&self, at: u32) -> u32 {
        let piece = match &self.pieces {
            Pieces::One([piece]) => piece,
            Pieces::Joined(joined) => {
                &joined.pieces[joined.pieces.partition_point(|p| p.at <= at).saturating_sub(1)]
            }
        };
        piece.source + at.min(self.len) - piece.at
    }

    /// The byte of the splice that shows the source's byte `source`; the first one behind it where that byte
    /// isn't shown. The slices stand in the order of the source.
    pub fn at(&self, source: u32) -> u32 {
        let pieces = self.pieces();
        let index = pieces.partition_point(|piece| piece.source <= source).saturating_sub(1);
        let end = pieces.get(index + 1).map_or(self.len, |next| next.at);
        (pieces[index].at + source.saturating_sub(pieces[index].source)).min(end)
    }

    /// The bytes of the source from the first to the last byte of `span`, which counts bytes of the
    /// splice. What lies between two slices (a continuation, a comment) is inside where the span
    /// reaches over it, and never hangs at its end.
    pub fn span(&self, span: Span) -> Span {
        let start = self.source(span.start);
        if span.is_empty() {
            return Span::empty(start);
        }
        Span::new(start, self.source(span.end - 1) + 1)
    }

    /// The part of the splice in `span` (bytes of the splice), with its own map to the same source.
    pub fn slice(&self, span: Span, source: &str) -> Splice {
        let mut spans = Vec::new();
        let pieces = self.pieces();
        for (index, piece) in pieces.iter().enumerate() {
            let end = pieces.get(index + 1).map_or(self.len, |next| next.at);
            let (from, to) = (piece.at.max(span.start), end.min(span.end));
            if from < to {
                let start = piece.source + from - piece.at;
                spans.push(Span::new(start, start + to - from));
            }
        }
        if spans.is_empty() {
            spans.push(Span::empty(self.source(span.start)));
        }
        Splice::join(&spans, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_across_a_continuation_maps_to_its_source() {
        let source = "RUN ab\\\ncd e";
        let splice = Splice::join(&[Span::new(4, 6), Span::new(8, 12)], source);
        assert_eq!(splice.text(source), "abcd e");
        assert_eq!(splice.span(Span::new(0, 4)).of(source), "ab\\\ncd");
        assert_eq!(splice.span(Span::new(0, 2)).of(source), "ab");
        assert_eq!(splice.span(Span::new(2, 4)).of(source), "cd");
        assert_eq!(splice.source(splice.len()), source.len() as u32);
        assert_eq!([4, 5, 6, 8, 9].map(|at| splice.at(at)), [0, 1, 2, 2, 3]);
        assert_eq!(splice.slice(Span::new(1, 3), source).text(source), "bc");
    }
}
