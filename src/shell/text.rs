use super::Few;
use crate::text::{Piece, Span, Splice};

/// The text of a script and the way back from each of its bytes to the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    text: Box<str>,
    map: Map,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Map {
    Pieces(Few<Piece>),
    /// Where the text is computed and not cut (a JSON string with escapes, `$'\n'`): all of it stands here.
    Fixed(Span),
}

impl Text {
    pub(super) fn of_splice(splice: &Splice, source: &str) -> Self {
        Self { text: splice.text(source).into(), map: Map::Pieces(splice.pieces().to_vec().into()) }
    }

    pub(super) fn fixed(text: &str, span: Span) -> Self {
        Self { text: text.into(), map: Map::Fixed(span) }
    }

    /// A text cut from this one: the given slices in their order, each mapped to where it came from.
    pub(super) fn cut(&self, slices: &[Span]) -> Self {
        let mut text = String::with_capacity(slices.iter().map(|s| s.len() as usize).sum());
        let pieces = match &self.map {
            Map::Fixed(span) => {
                slices.iter().for_each(|slice| text.push_str(slice.of(&self.text)));
                return Self { text: text.into(), map: Map::Fixed(*span) };
            }
            Map::Pieces(pieces) => pieces,
        };
        let mut cut: Vec<Piece> = Vec::with_capacity(slices.len());
        for slice in slices {
            let at = text.len() as u32;
            let first = pieces.partition_point(|p| p.at <= slice.start).saturating_sub(1);
            for piece in pieces[first..].iter().take_while(|p| p.at < slice.end.max(slice.start + 1)) {
                let from = piece.at.max(slice.start);
                cut.push(Piece { at: at + from - slice.start, source: piece.source + from - piece.at });
            }
            text.push_str(slice.of(&self.text));
        }
        if cut.is_empty() {
            cut.push(Piece { at: 0, source: self.source(0) });
        }
        Self { text: text.into(), map: Map::Pieces(cut.into()) }
    }

    /// Whether it stands in the source as it is, so that each of its bytes has a place there.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self.map, Map::Pieces(_))
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The byte of the source that byte `at` of the text came from.
    fn source(&self, at: u32) -> u32 {
        match &self.map {
            Map::Fixed(span) => span.start,
            Map::Pieces(pieces) => {
                let index = pieces.partition_point(|p| p.at <= at).saturating_sub(1);
                pieces.get(index).map_or(0, |p| p.source + at.min(self.text.len() as u32) - p.at)
            }
        }
    }

    /// Where in the source the bytes `at` of the text stand, from the first to the last.
    pub fn span(&self, at: Span) -> Span {
        match &self.map {
            Map::Fixed(span) => *span,
            Map::Pieces(pieces) if pieces.len() == 1 => {
                let shift = pieces[0].source;
                Span::new(at.start + shift, at.end + shift)
            }
            Map::Pieces(_) if at.is_empty() => Span::empty(self.source(at.start)),
            Map::Pieces(_) => Span::new(self.source(at.start), self.source(at.end - 1) + 1),
        }
    }
}
