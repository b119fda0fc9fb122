use super::{Manner, Token};
use crate::text::{LineTable, Span};

/// Five numbers a token, relative to the one before. Each byte of the text is looked at once at most.
pub(super) fn encode(tokens: &[Token], text: &str, lines: &LineTable, manner: Manner) -> Vec<u32> {
    let mut data = Vec::with_capacity(tokens.len() * 5);
    // Where the last one began, and how far columns are counted: line, byte, column.
    let (mut last_line, mut last_column) = (0, 0);
    let (mut line, mut at, mut column) = (0u32, 0u32, 0u32);
    for token in tokens {
        let mut from = token.span.start;
        while from < token.span.end {
            let mut next = lines.full_span(line + 1, text);
            while next.is_some_and(|next| next.start <= from) {
                (line, at, column) = (line + 1, next.map_or(at, |next| next.start), 0);
                next = lines.full_span(line + 1, text);
            }
            column += manner.encoding.len(Span::new(at, from).of(text));
            at = from;
            let (to, behind) = match next {
                Some(next) if next.start <= token.span.end && !manner.multiline => {
                    (lines.span(line, text).end.max(from), next.start)
                }
                _ => (token.span.end, token.span.end),
            };
            let length = manner.encoding.len(Span::new(from, to).of(text));
            if length > 0 {
                let down = line - last_line;
                let on = if down == 0 { column - last_column } else { column };
                data.extend([down, on, length, token.kind as u32, u32::from(token.modifiers)]);
                (last_line, last_column) = (line, column);
            }
            from = behind;
        }
    }
    data
}

/// What makes the tokens `after` of the tokens `before`: numbers to take out at a place, and others to put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokensEdit {
    /// The first number that changes.
    pub start: usize,
    /// How many numbers go.
    pub delete: usize,
    /// What comes in their place.
    pub insert: Vec<u32>,
}

/// The one edit from `before` to `after`, whole tokens of five numbers; None where nothing changes.
pub fn difference(before: &[u32], after: &[u32]) -> Option<TokensEdit> {
    let (old, new) = (before.as_chunks::<5>().0, after.as_chunks::<5>().0);
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    if same == old.len() && same == new.len() {
        return None;
    }
    let behind = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    Some(TokensEdit {
        start: same * 5,
        delete: (old.len() - same - behind) * 5,
        insert: after[same * 5..(new.len() - behind) * 5].to_vec(),
    })
}
