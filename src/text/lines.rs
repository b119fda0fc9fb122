use super::Span;

/// The unit in which a client counts the columns of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client of the protocol must know.
    #[default]
    Utf16,
    /// Unicode scalar values: what the command line and its JSON count.
    Utf32,
}

impl Encoding {
    /// The length of `text` in this unit.
    pub fn len(self, text: &str) -> u32 {
        match self {
            Encoding::Utf8 => text.len() as u32,
            _ if text.is_ascii() => text.len() as u32,
            Encoding::Utf16 => text.chars().map(|c| c.len_utf16() as u32).sum(),
            Encoding::Utf32 => text.chars().count() as u32,
        }
    }

    /// The byte offset in `text` that lies `units` from its start. A place inside a character is
    /// moved back to the character's first byte, one past the end to the end.
    pub fn bytes(self, text: &str, units: u32) -> u32 {
        let mut left = units;
        for (offset, c) in text.char_indices() {
            let width = match self {
                Encoding::Utf8 => c.len_utf8() as u32,
                Encoding::Utf16 => c.len_utf16() as u32,
                Encoding::Utf32 => 1,
            };
            if left < width {
                return offset as u32;
            }
            left -= width;
        }
        text.len() as u32
    }
}

/// A place in a text: line and column, both 0-based, the column in some [`Encoding`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// From 0.
    pub line: u32,
    /// From 0, in units of the encoding.
    pub character: u32,
}

/// Two places in a text, the end excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PositionRange {
    /// Where it begins.
    pub start: Position,
    /// The first place behind it.
    pub end: Position,
}

/// Where the lines of one text start, by one of the two notions of a line.
#[derive(Clone, Debug)]
pub struct LineTable {
    starts: Vec<u32>,
}

impl LineTable {
    /// Lines as the LSP has them: ended by `\n`, `\r\n` or a lone `\r`.
    pub fn lsp(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// Lines as BuildKit has them: ended by `\n` alone.
    pub fn physical(text: &str) -> Self {
        // Room for lines of 32 bytes, which a Dockerfile's seldom fall below.
        let mut starts = Vec::with_capacity(text.len() / 32 + 2);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { starts }
    }

    /// How many lines there are; a text that ends in a line break has an empty last line.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The 0-based line in which `offset` stands.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32 - 1
    }

    /// The same, quickest where it is `line` or one of the next.
    fn line_near(&self, offset: u32, line: u32) -> u32 {
        const NEAR: usize = 4;
        let next = |at: usize| self.starts.get(at + 1).is_none_or(|start| offset < *start);
        let first = line as usize;
        if self.starts.get(first).is_none_or(|start| offset < *start) {
            return self.line(offset);
        }
        (first..first + NEAR).find(|at| next(*at)).map_or_else(|| self.line(offset), |line| line as u32)
    }

    /// The byte at which the 0-based `line` starts; the start of the last line where there is no such line.
    pub fn start(&self, line: u32) -> u32 {
        let last = self.starts.len() - 1;
        self.starts[(line as usize).min(last)]
    }

    /// The 0-based `line` with its line break; None where there is no such line. `text` is the text that the
    /// table was made of.
    pub fn full_span(&self, line: u32, text: &str) -> Option<Span> {
        let start = *self.starts.get(line as usize)?;
        Some(Span::new(start, self.starts.get(line as usize + 1).map_or(text.len() as u32, |next| *next)))
    }

    /// The 0-based `line` without its line break. `text` is the text that the table was made of.
    pub fn span(&self, line: u32, text: &str) -> Span {
        let start = self.start(line);
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(text.len() as u32);
        let content = Span::new(start, end).of(text);
        let content = content.strip_suffix('\n').unwrap_or(content);
        let content = content.strip_suffix('\r').unwrap_or(content);
        Span::new(start, start + content.len() as u32)
    }

    /// The position of a byte. An offset inside a character counts as that character's start, one inside a line
    /// break as its line's end.
    pub fn position(&self, offset: u32, text: &str, encoding: Encoding) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset as u32);
        let content = self.span(line, text);
        let before = &text[content.start as usize..offset.min(content.end as usize)];
        Position { line, character: encoding.len(before) }
    }

    /// The byte of a position, clamped as the LSP says: a column past the line's end means its end
    /// (before the line break), a line past the last one means the end of the text.
    pub fn offset(&self, position: Position, text: &str, encoding: Encoding) -> u32 {
        if position.line >= self.count() {
            return text.len() as u32;
        }
        let line = self.span(position.line, text);
        line.start + encoding.bytes(line.of(text), position.character)
    }

    /// A span as two places, by this table's notion of a line.
    pub fn range(&self, span: Span, text: &str, encoding: Encoding) -> PositionRange {
        PositionRange {
            start: self.position(span.start, text, encoding),
            end: self.position(span.end, text, encoding),
        }
    }
}

/// Turns many places of one text into positions. What follows the place before it on a line is counted from there,
/// so that places in the order of the text cost time in proportion to the text, however long its lines are.
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    lines: &'a LineTable,
    text: &'a str,
    encoding: Encoding,
    /// The place before, and its position.
    last: (u32, Position),
}

impl<'a> Positions<'a> {
    /// `lines` are those of `text`.
    pub fn new(lines: &'a LineTable, text: &'a str, encoding: Encoding) -> Self {
        Self { lines, text, encoding, last: (0, Position::default()) }
    }

    /// As [`LineTable::position`].
    pub fn position(&mut self, offset: u32) -> Position {
        let (before, known) = self.last;
        let line = self.lines.line_near(offset, known.line);
        let content = self.lines.span(line, self.text);
        // No place lies within a line break, nor within a character.
        let offset = self.text.floor_char_boundary(offset.min(content.end) as usize) as u32;
        let (from, characters) = match line == known.line && before <= offset {
            true => (before, known.character),
            false => (content.start, 0),
        };
        let between = Span::new(from, offset).of(self.text);
        let position = Position { line, character: characters + self.encoding.len(between) };
        self.last = (offset, position);
        position
    }

    /// As [`LineTable::range`].
    pub fn range(&mut self, span: Span) -> PositionRange {
        PositionRange { start: self.position(span.start), end: self.position(span.end) }
    }
}

/// The line break that a text uses: that of its first line, `\n` where it has only one.
pub fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_notions_of_a_line_differ_at_a_lone_carriage_return() {
        let text = "a\rb\r\nc\n";
        assert_eq!(LineTable::lsp(text).count(), 4);
        assert_eq!(LineTable::physical(text).count(), 3);
        assert_eq!(LineTable::lsp(text).span(1, text).of(text), "b");
        assert_eq!(LineTable::physical(text).span(0, text).of(text), "a\rb");
    }

    #[test]
    fn the_first_line_tells_the_line_break() {
        let told = ["", "a", "\na\r\n", "a\r\nb\n", "\r\n", "a\rb\n"].map(newline);
        assert_eq!(told, ["\n", "\n", "\n", "\r\n", "\r\n", "\n"]);
    }

    #[test]
    fn columns_after_an_astral_character_depend_on_the_encoding() {
        let text = "x😀y";
        let table = LineTable::lsp(text);
        let y = text.find('y').unwrap() as u32;
        assert_eq!(table.position(y, text, Encoding::Utf8).character, 5);
        assert_eq!(table.position(y, text, Encoding::Utf16).character, 3);
        assert_eq!(table.position(y, text, Encoding::Utf32).character, 2);
        let inside_the_pair = Position { line: 0, character: 2 };
        assert_eq!(table.offset(inside_the_pair, text, Encoding::Utf16), 1);
    }

    #[test]
    fn positions_past_the_end_are_clamped() {
        let text = "ab\r\nc";
        let table = LineTable::lsp(text);
        assert_eq!(table.offset(Position { line: 0, character: 99 }, text, Encoding::Utf16), 2);
        assert_eq!(table.offset(Position { line: 9, character: 0 }, text, Encoding::Utf16), 5);
        assert_eq!(table.position(3, text, Encoding::Utf16), Position { line: 0, character: 2 });
        assert_eq!(table.position(99, text, Encoding::Utf16), Position { line: 1, character: 1 });
    }
}
