use super::{Encoding, Position, PositionRange};
use ropey::{Rope, RopeSlice};

/// The text of an open file as a rope: a keystroke costs the same in a file of any length, and a copy
/// for a snapshot costs nothing.
#[derive(Clone, Debug)]
pub struct Document {
    rope: Rope,
}

/// A change that an editor reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The whole text is new.
    Full(String),
    /// What stands in the range is replaced.
    Range(PositionRange, String),
}

impl Document {
    /// A document that holds `text`.
    pub fn new(text: &str) -> Self {
        Self { rope: Rope::from_str(text) }
    }

    /// Applies one change. Positions are clamped as the LSP says: a column past the line's end means
    /// that end, a line past the last one the end of the text; a place inside a character moves to its
    /// start, and a range that runs backwards is turned round.
    pub fn apply(&mut self, change: &Change, encoding: Encoding) {
        match change {
            Change::Full(text) => self.rope = Rope::from_str(text),
            Change::Range(range, text) => {
                let a = self.char_at(range.start, encoding);
                let b = self.char_at(range.end, encoding);
                let (start, end) = (a.min(b), a.max(b));
                if start < end {
                    self.rope.remove(start..end);
                }
                if !text.is_empty() {
                    self.rope.insert(start, text);
                }
            }
        }
    }

    /// The whole text in one piece.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.rope.len_bytes());
        for chunk in self.rope.chunks() {
            text.push_str(chunk);
        }
        text
    }

    /// The length in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn char_at(&self, position: Position, encoding: Encoding) -> usize {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.rope.len_chars();
        }
        let start = self.rope.line_to_char(line);
        let content = without_break(self.rope.line(line));
        let column = position.character as usize;
        let within = match encoding {
            Encoding::Utf8 if column >= content.len_bytes() => content.len_chars(),
            Encoding::Utf8 => content.byte_to_char(column),
            Encoding::Utf16 if column >= content.len_utf16_cu() => content.len_chars(),
            Encoding::Utf16 => content.utf16_cu_to_char(column),
            Encoding::Utf32 => column.min(content.len_chars()),
        };
        start + within
    }
}

fn without_break(line: RopeSlice<'_>) -> RopeSlice<'_> {
    let mut end = line.len_chars();
    if end > 0 && line.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > 0 && line.char(end - 1) == '\r' {
        end -= 1;
    }
    line.slice(..end)
}

#[cfg(test)]
mod tests {
    use super::super::LineTable;
    use super::*;
    use proptest::prelude::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn an_edit_past_the_end_lands_at_the_end() {
        let mut document = Document::new("ab\r\ncd");
        let range = PositionRange { start: at(0, 9), end: at(0, 9) };
        document.apply(&Change::Range(range, "!".into()), Encoding::Utf16);
        assert_eq!(document.text(), "ab!\r\ncd");
        let range = PositionRange { start: at(7, 0), end: at(9, 9) };
        document.apply(&Change::Range(range, "\n".into()), Encoding::Utf8);
        assert_eq!(document.text(), "ab!\r\ncd\n");
    }

    /// Text with everything that positions stumble over.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\n"),
            Just("\r"),
            Just("\r\n"),
            Just("a"),
            Just("RUN x"),
            Just("é"),
            Just("한"),
            Just("😀"),
            Just("\u{2028}"),
            Just("\u{85}"),
            Just("\t"),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn a_rope_under_edits_equals_a_string(
            start in texts(),
            changes in proptest::collection::vec((0u32..8, 0u32..12, 0u32..8, 0u32..12, texts(), 0u8..20), 1..12),
            encoding in prop_oneof![Just(Encoding::Utf8), Just(Encoding::Utf16), Just(Encoding::Utf32)],
        ) {
            let mut document = Document::new(&start);
            let mut plain = start;
            for (l1, c1, l2, c2, text, kind) in changes {
                let change = if kind == 0 {
                    plain = text.clone();
                    Change::Full(text)
                } else {
                    let table = LineTable::lsp(&plain);
                    let a = table.offset(at(l1, c1), &plain, encoding) as usize;
                    let b = table.offset(at(l2, c2), &plain, encoding) as usize;
                    plain.replace_range(a.min(b)..a.max(b), &text);
                    Change::Range(PositionRange { start: at(l1, c1), end: at(l2, c2) }, text)
                };
                document.apply(&change, encoding);
                prop_assert_eq!(&document.text(), &plain);
            }
        }

        #[test]
        fn places_one_after_another_have_the_positions_that_each_has_alone(text in texts(), picks in proptest::collection::vec(0usize..64, 0..12)) {
            let offsets: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).chain([text.len() as u32]).collect();
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let table = LineTable::lsp(&text);
                let mut positions = super::super::Positions::new(&table, &text, encoding);
                for pick in &picks {
                    let offset = offsets[pick % offsets.len()];
                    prop_assert_eq!(positions.position(offset), table.position(offset, &text, encoding));
                }
            }
        }

        #[test]
        fn a_position_leads_back_to_its_offset(text in texts(), pick in 0usize..64) {
            let offset = text.char_indices().map(|(at, _)| at).chain([text.len()])
                .nth(pick % (text.chars().count() + 1)).unwrap() as u32;
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let table = LineTable::lsp(&text);
                let position = table.position(offset, &text, encoding);
                let inside_crlf = text[..offset as usize].ends_with('\r') && text[offset as usize..].starts_with('\n');
                if !inside_crlf {
                    prop_assert_eq!(table.offset(position, &text, encoding), offset);
                }
            }
        }
    }
}
