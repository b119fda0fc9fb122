use super::{Lex, MAX_DEPTH, name_length};
use crate::text::Span;

/// A variable named in a text: `$name` or `${name…}`, even one that is still being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The whole of it, from `$` to the last byte that belongs to it.
    pub span: Span,
    /// The name's bytes; empty right after `${` where there is none yet.
    pub name_span: Span,
    pub name: &'a str,
    /// What is done with the value; `None` for `$name` and `${name}`.
    pub operator: Option<Operator>,
    /// What stands between operator and `}`; for a replacement the pattern, its `/` and what replaces it.
    pub word_span: Option<Span>,
    /// Whether it stands in braces.
    pub braced: bool,
    /// Whether it is complete: `${name` without `}` and `${name!…` aren't.
    pub closed: bool,
    /// How many other references it stands in.
    pub depth: usize,
}

/// What a reference does with the variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `-`, or `:-` where an empty value counts as unset: the word where the variable is unset.
    Default { colon: bool },
    /// `+` or `:+`: the word where the variable is set, else nothing.
    Alternative { colon: bool },
    /// `?` or `:?`: an error where the variable is unset.
    Required { colon: bool },
    /// `#` or `##`: the value without the start that the pattern matches.
    TrimPrefix { longest: bool },
    /// `%` or `%%`: the value without the end that the pattern matches.
    TrimSuffix { longest: bool },
    /// `/` or `//`: the value with the first or every match replaced.
    Replace { all: bool },
    /// None that a Dockerfile knows.
    Unknown,
}

impl Reference<'_> {
    /// Whether an unset variable is provided for, so that the reference isn't a mistake by itself.
    pub fn handles_unset(&self) -> bool {
        matches!(self.operator, Some(Operator::Default { .. } | Operator::Alternative { .. }))
    }

    /// `$@`, `$1` and their like: parameters of a shell, never variables of a Dockerfile.
    pub fn is_special(&self) -> bool {
        self.name.starts_with(|c: char| !c.is_alphabetic() && c != '_')
    }
}

/// The variables named in `text`, in order of their first byte, those within others' words included.
/// Never fails: what is half-typed is reported as far as it goes.
pub fn references(text: &str, escape: char) -> Vec<Reference<'_>> {
    Lex::new(escape).references(text)
}

impl Lex {
    /// As [`references`], in this manner of reading quotes.
    pub fn references<'a>(&self, text: &'a str) -> Vec<Reference<'a>> {
        let mut walk = Walk { lex: self, text, pos: 0, found: Vec::new() };
        walk.until(None, 0);
        walk.found
    }
}

struct Walk<'l, 'a> {
    lex: &'l Lex,
    text: &'a str,
    pos: usize,
    found: Vec<Reference<'a>>,
}

impl<'a> Walk<'_, 'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or("")
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let eaten = self.rest().starts_with(c);
        if eaten {
            self.pos += c.len_utf8();
        }
        eaten
    }

    /// Whether `stop` was found; it is consumed.
    fn until(&mut self, stop: Option<char>, depth: usize) -> bool {
        while let Some(c) = self.rest().chars().next() {
            if c == '$' {
                self.dollar(depth);
                continue;
            }
            self.next();
            match c {
                _ if stop == Some(c) => return true,
                '\'' if !self.lex.skip_quotes => while self.next().is_some_and(|c| c != '\'') {},
                '"' if !self.lex.skip_quotes => self.double_quoted(depth),
                _ if c == self.lex.escape => {
                    self.next();
                }
                _ => {}
            }
        }
        false
    }

    fn double_quoted(&mut self, depth: usize) {
        while let Some(c) = self.rest().chars().next() {
            if c == '$' {
                self.dollar(depth);
                continue;
            }
            self.next();
            if c == '"' {
                return;
            }
            if c == self.lex.escape && self.rest().starts_with(['"', '$', self.lex.escape]) {
                self.next();
            }
        }
    }

    fn name(&mut self) -> (Span, &'a str) {
        let rest = self.rest();
        let start = self.pos;
        let length = name_length(rest);
        self.pos += length;
        (Span::from(start..self.pos), rest.get(..length).unwrap_or(""))
    }

    fn dollar(&mut self, depth: usize) {
        let start = self.pos;
        self.next();
        let braced = self.eat('{');
        let (name_span, name) = self.name();
        if !braced && name.is_empty() {
            return;
        }
        // Reserved now, so that outer references stand before those in their words.
        let index = self.found.len();
        let mut found = Reference {
            span: Span::from(start..self.pos),
            name_span,
            name,
            operator: None,
            word_span: None,
            braced,
            closed: !braced,
            depth,
        };
        self.found.push(found);
        if braced {
            if self.eat('}') {
                found.closed = !name.is_empty();
            } else if !name.is_empty() {
                self.operator(&mut found);
            }
            found.span = Span::from(start..self.pos);
        }
        if let Some(slot) = self.found.get_mut(index) {
            *slot = found;
        }
    }

    fn operator(&mut self, found: &mut Reference<'a>) {
        let begin = self.pos;
        let colon = self.eat(':');
        let operator = match self.rest().chars().next() {
            Some('-') => Operator::Default { colon },
            Some('+') => Operator::Alternative { colon },
            Some('?') => Operator::Required { colon },
            Some('#') if !colon => Operator::TrimPrefix { longest: self.rest().starts_with("##") },
            Some('%') if !colon => Operator::TrimSuffix { longest: self.rest().starts_with("%%") },
            Some('/') if !colon => Operator::Replace { all: self.rest().starts_with("//") },
            // Where nothing that could be an operator follows the name, the reference ends with it.
            Some(c) if colon || (!c.is_whitespace() && !matches!(c, '"' | '\'' | '$')) => Operator::Unknown,
            _ => {
                self.pos = begin;
                return;
            }
        };
        found.operator = Some(operator);
        if operator == Operator::Unknown {
            // Up to the closing brace, if this word has one.
            let rest = self.rest();
            let end =
                rest.find(|c: char| c.is_whitespace() || matches!(c, '}' | '"' | '\'')).unwrap_or(rest.len());
            self.pos += end;
            self.eat('}');
            return;
        }
        self.next();
        if matches!(
            operator,
            Operator::TrimPrefix { longest: true }
                | Operator::TrimSuffix { longest: true }
                | Operator::Replace { all: true }
        ) {
            self.next();
        }
        let word = self.pos;
        if found.depth >= MAX_DEPTH {
            self.pos = self.text.len();
            return;
        }
        let mut closed = true;
        if matches!(operator, Operator::Replace { .. }) {
            closed = self.until(Some('/'), found.depth + 1);
        }
        closed = closed && self.until(Some('}'), found.depth + 1);
        found.closed = closed;
        found.word_span = Some(Span::from(word..if closed { self.pos - 1 } else { self.pos }));
    }
}
