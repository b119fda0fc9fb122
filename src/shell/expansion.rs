//! What a `$` or a backquote begins.

use super::lexer::Parser;
use super::word::Place;
use super::{Expansion, Operator, Part, PartKind};
use crate::text::Span;

impl<'t> Parser<'t> {
    /// The expansion that the `$` here begins; `None` where it stands for itself.
    pub fn dollar(&mut self, place: Place) -> Option<Part> {
        let start = self.pos;
        match self.peek_at(1) {
            b'(' => Some(self.dollar_paren()),
            b'{' => Some(self.braced(place)),
            b'[' => {
                self.pos += 2;
                let parts = if self.enter() {
                    let parts = self.parts(Place::Bracket);
                    self.leave();
                    parts
                } else {
                    self.pos -= 1;
                    self.skip_bracket(b'[', b']');
                    return Some(self.part(start, PartKind::Opaque));
                };
                if !self.eat("]") {
                    self.error(start, start + 2, "`$[` isn't closed by `]`");
                }
                Some(self.part(start, PartKind::Arithmetic(parts)))
            }
            b'\'' if matches!(place, Place::Command | Place::Brace | Place::Regex) => {
                Some(self.single_quoted(2))
            }
            b'"' if matches!(place, Place::Command | Place::Brace | Place::Regex) => {
                Some(self.double_quoted(1))
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.pos += 1;
                let name = self.name();
                Some(self.plain_variable(start, name))
            }
            b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => {
                self.pos += 2;
                let name = &self.str[start + 1..self.pos];
                Some(self.plain_variable(start, name))
            }
            _ => {
                self.pos += 1;
                None
            }
        }
    }

    fn plain_variable(&self, start: usize, name: &str) -> Part {
        let expansion = Expansion {
            name: name.into(),
            braced: false,
            indirect: false,
            subscript: [].into(),
            operator: None,
            operand: [].into(),
        };
        self.part(start, PartKind::Variable(Box::new(expansion)))
    }

    /// A name of letters, digits and `_`, perhaps empty.
    pub fn name(&mut self) -> &'t str {
        let start = self.pos;
        while self.peek() == b'_' || self.peek().is_ascii_alphanumeric() {
            self.pos += 1;
        }
        &self.str[start..self.pos]
    }

    /// `$(…)` or `$((…))`.
    fn dollar_paren(&mut self) -> Part {
        let start = self.pos;
        self.pos += 1;
        if !self.enter() {
            self.skip_bracket(b'(', b')');
            return self.part(start, PartKind::Opaque);
        }
        let kind = if self.peek_at(1) == b'(' && self.is_arithmetic() {
            PartKind::Arithmetic(self.arithmetic())
        } else {
            PartKind::Command(self.parenthesised(start))
        };
        self.leave();
        self.part(start, kind)
    }

    /// Whether the `((` here is closed by two parentheses side by side, as arithmetic is.
    pub fn is_arithmetic(&mut self) -> bool {
        let (start, fuel) = (self.pos, self.fuel);
        let outer = self.matching(b'(', b')');
        // Without fuel, or unclosed: what is written most often.
        let Some(outer) = outer else { return fuel > 0 };
        if outer < start + 4 || self.bytes[outer - 2] != b')' {
            return false;
        }
        self.pos += 1;
        let inner = self.matching(b'(', b')');
        self.pos = start;
        inner.is_none_or(|inner| inner == outer - 1)
    }

    /// From the `((` here to its `))`.
    pub fn arithmetic(&mut self) -> Box<[Part]> {
        let start = self.pos;
        self.pos += 2;
        let parts = self.parts(Place::Arithmetic);
        if !self.eat("))") {
            self.eat(")");
            self.error(start, start + 2, "`((` isn't closed by `))`");
        }
        parts
    }

    /// From the `(` here to its `)`, a list of commands. `start` is where an error points.
    pub fn parenthesised(&mut self, start: usize) -> super::List {
        self.pos += 1;
        let open = self.pos;
        self.closers.push(")");
        let list = self.list();
        self.closers.pop();
        if !self.eat(")") {
            self.error(start, open, "this parenthesis isn't closed");
        }
        list
    }

    /// `<(…)` and `>(…)`.
    pub fn process(&mut self) -> Part {
        let start = self.pos;
        self.pos += 1;
        if !self.enter() {
            self.skip_bracket(b'(', b')');
            return self.part(start, PartKind::Opaque);
        }
        let list = self.parenthesised(start);
        self.leave();
        self.part(start, PartKind::Process(list))
    }

    /// `` `…` ``, whose text is read after its backslashes are taken out; where it has none, in its place.
    pub fn backquoted(&mut self, place: Place) -> Part {
        let start = self.pos;
        self.pos += 1;
        let mut slices = Vec::new();
        let mut from = self.pos;
        let quoted = matches!(place, Place::Double | Place::DoubleBrace);
        let closed = loop {
            match self.peek() {
                _ if self.at_end() => break false,
                b'`' => break true,
                b'\\' => {
                    let next = self.peek_at(1);
                    if matches!(next, b'$' | b'`' | b'\\') || (quoted && next == b'"') {
                        slices.push(Span::new(from as u32, self.pos as u32));
                        from = self.pos + 1;
                    }
                    self.pos += 1;
                    self.bump();
                }
                _ => self.pos += 1,
            }
        };
        let end = self.pos;
        if closed {
            self.pos += 1;
        } else {
            self.error(start, start + 1, "this backquote isn't closed");
        }
        if !self.enter() {
            return self.part(start, PartKind::Opaque);
        }
        let kind = if slices.is_empty() {
            let after = std::mem::replace(&mut self.pos, start + 1);
            let list = self.apart(after - usize::from(closed), Self::list);
            self.pos = after;
            PartKind::Command(list)
        } else {
            slices.push(Span::new(from.min(end) as u32, end as u32));
            slices.retain(|slice| !slice.is_empty());
            let mut script = self.within(self.text.cut(&slices), self.depth, self.reparsed);
            self.truncated |= script.truncated;
            for error in std::mem::take(&mut script.errors) {
                self.error_at(error.span, error.message);
            }
            PartKind::Backquoted(Box::new(script))
        };
        self.leave();
        self.part(start, kind)
    }

    /// `${…}`
    fn braced(&mut self, place: Place) -> Part {
        let start = self.pos;
        self.pos += 1;
        if !self.enter() {
            self.skip_bracket(b'{', b'}');
            return self.part(start, PartKind::Opaque);
        }
        self.pos += 1;
        let length =
            self.peek() == b'#' && !matches!(self.peek_at(1), b'}' | b':' | b'-' | b'=' | b'+' | b'%' | b'#');
        let indirect = self.peek() == b'!' && !matches!(self.peek_at(1), b'}' | b':' | b'-' | b'=' | b'+');
        if length || indirect {
            self.pos += 1;
        }
        let from = self.pos;
        if self.name().is_empty() && matches!(self.peek(), b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') {
            self.pos += 1;
        }
        let name = &self.str[from..self.pos];
        let mut subscript = Box::default();
        if self.peek() == b'[' {
            self.pos += 1;
            subscript = self.parts(Place::Bracket);
            self.eat("]");
        }
        let operator = if length { Some(Operator::Length) } else { self.operator() };
        let inside = match place {
            Place::Double | Place::DoubleBrace | Place::HereDoc => Place::DoubleBrace,
            _ => Place::Brace,
        };
        let operand = self.parts(inside);
        if !self.eat("}") {
            self.error(start, start + 2, "`${` isn't closed by `}`");
        } else if name.is_empty() {
            self.error(start, self.pos, "this expansion names no variable");
        }
        self.leave();
        let name = name.into();
        let expansion = Expansion { name, braced: true, indirect, subscript, operator, operand };
        self.part(start, PartKind::Variable(Box::new(expansion)))
    }

    fn operator(&mut self) -> Option<Operator> {
        let colon = self.peek() == b':' && matches!(self.peek_at(1), b'-' | b'=' | b'?' | b'+');
        let (skip, operator) = match self.peek_at(colon as usize) {
            b'}' | 0 => return None,
            b'-' => (1, Operator::Default { colon }),
            b'=' => (1, Operator::Assign { colon }),
            b'?' => (1, Operator::Error { colon }),
            b'+' => (1, Operator::Alternative { colon }),
            b'#' if self.peek_at(1) == b'#' => (2, Operator::RemovePrefix { longest: true }),
            b'#' => (1, Operator::RemovePrefix { longest: false }),
            b'%' if self.peek_at(1) == b'%' => (2, Operator::RemoveSuffix { longest: true }),
            b'%' => (1, Operator::RemoveSuffix { longest: false }),
            b'/' if matches!(self.peek_at(1), b'/' | b'#' | b'%') => (2, Operator::Replace),
            b'/' => (1, Operator::Replace),
            b':' => (1, Operator::Substring),
            b'^' if self.peek_at(1) == b'^' => (2, Operator::Case),
            b',' if self.peek_at(1) == b',' => (2, Operator::Case),
            b'^' | b',' => (1, Operator::Case),
            b'@' => (1, Operator::Transform),
            _ => (0, Operator::Unknown),
        };
        self.pos += skip + colon as usize;
        Some(operator)
    }
}
