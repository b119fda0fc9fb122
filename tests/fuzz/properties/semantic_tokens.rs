//! The colours of a Dockerfile.

use super::{fits, snapshot};
use plimsoll::features::{Manner, TOKEN_MODIFIERS, TOKEN_TYPES, encoded_tokens, semantic_tokens};
use plimsoll::text::{Encoding, LineTable, Span};

/// Colours `text`, whole and its second half: no token overlaps another, none is empty, and what goes to the client
/// lies within the lines in every way of counting.
pub fn check(text: &str) {
    let snapshot = snapshot(text);
    let mut end = 0;
    for token in semantic_tokens(&snapshot) {
        fits(text, token.span, "a token");
        assert!(token.span.start >= end && !token.span.is_empty(), "{token:?} behind {end}");
        end = token.span.end;
    }
    let half = (text.len() / 2..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let lines = LineTable::lsp(text);
    for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
        for within in [None, Some(Span::new(half as u32, text.len() as u32))] {
            let manner = Manner { encoding, multiline: false };
            within_lines(&encoded_tokens(&snapshot, within, manner), text, &lines, encoding);
        }
    }
}

fn within_lines(data: &[u32], text: &str, lines: &LineTable, encoding: Encoding) {
    assert_eq!(data.len() % 5, 0);
    let (mut line, mut column, mut end) = (0, 0, 0);
    for (at, token) in data.as_chunks::<5>().0.iter().enumerate() {
        let &[down, on, length, kind, modifiers] = token;
        assert!(at == 0 || down > 0 || column + on >= end, "token {at} overlaps the one before");
        (line, column) = if down == 0 { (line, column + on) } else { (line + down, on) };
        end = column + length;
        assert!(length > 0 && (kind as usize) < TOKEN_TYPES.len(), "token {at}: {token:?}");
        assert!(modifiers >> TOKEN_MODIFIERS.len() == 0, "token {at}: {token:?}");
        assert!(line < lines.count(), "token {at} stands on line {line}");
        assert!(end <= encoding.len(lines.span(line, text).of(text)), "token {at} reaches over line {line}");
    }
}
