//! The colours of a script: its pieces, and between them operators and reserved words.

use super::collect::Collect;
use super::{DECLARATION, TokenType};
use crate::shell::{PieceKind, Script};
use crate::text::Span;

/// Adds the tokens of a script that stands in `parts` of the source, which are in order.
pub(super) fn add(collect: &mut Collect<'_>, script: &Script, parts: &[Span]) {
    let mut parts = parts.iter().copied().peekable();
    // Everything up to here is done.
    let mut at = parts.peek().map_or(0, |part| part.start);
    for piece in script.pieces() {
        between(collect, &mut parts, at, piece.span.start);
        at = at.max(piece.span.end);
        let (kind, modifiers) = match piece.kind {
            PieceKind::Plain => continue,
            PieceKind::Program => (TokenType::Function, 0),
            PieceKind::Function => (TokenType::Function, DECLARATION),
            PieceKind::Option => (TokenType::Parameter, 0),
            PieceKind::Quoted | PieceKind::Escape | PieceKind::Delimiter => (TokenType::String, 0),
            PieceKind::Variable { .. } => (TokenType::Variable, 0),
            PieceKind::Assigned { .. } => (TokenType::Variable, DECLARATION),
            PieceKind::Comment => (TokenType::Comment, 0),
        };
        collect.add(piece.span, kind, modifiers);
    }
    between(collect, &mut parts, at, u32::MAX);
}

/// Colours what stands between two pieces, as far as it is a part of the script.
fn between(
    collect: &mut Collect<'_>,
    parts: &mut std::iter::Peekable<impl Iterator<Item = Span>>,
    from: u32,
    to: u32,
) {
    while let Some(part) = parts.peek().copied() {
        if part.start >= to {
            return;
        }
        gap(collect, Span::new(part.start.max(from), part.end.min(to)));
        if part.end > to {
            return;
        }
        parts.next();
    }
}

/// Operators and reserved words of a stretch that holds nothing else but blanks and braces.
fn gap(collect: &mut Collect<'_>, span: Span) {
    if span.start >= span.end {
        return;
    }
    let bytes = span.of(collect.source).as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let kind = match byte {
            b'&' | b'|' | b';' | b'<' | b'>' | b'!' => {
                while matches!(bytes.get(at), Some(b'&' | b'|' | b';' | b'<' | b'>' | b'-' | b'!')) {
                    at += 1;
                }
                Some(TokenType::Operator)
            }
            b'(' | b')' | b'{' | b'}' | b'=' | b'+' | b'[' | b']' => {
                at += 1;
                Some(TokenType::Operator)
            }
            byte if byte.is_ascii_alphabetic() => {
                while bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
                    at += 1;
                }
                is_reserved(&bytes[start..at]).then_some(TokenType::Keyword)
            }
            _ => {
                at += 1;
                None
            }
        };
        if let Some(kind) = kind {
            collect.add(Span::new(span.start + start as u32, span.start + at as u32), kind, 0);
        }
    }
}

fn is_reserved(word: &[u8]) -> bool {
    const WORDS: [&[u8]; 17] = [
        b"if",
        b"then",
        b"elif",
        b"else",
        b"fi",
        b"for",
        b"in",
        b"do",
        b"done",
        b"while",
        b"until",
        b"case",
        b"esac",
        b"select",
        b"function",
        b"time",
        b"rem",
    ];
    WORDS.contains(&word)
}
