//! Word expansion as the Dockerfile frontend does it: quotes, the file's escape character, `$x`,
//! `${x…}` with every modifier, and the splitting into words that follows substitution.
//!
//! Source of the facts: BuildKit, `frontend/dockerfile/shell/lex.go`. Spans count bytes of the text
//! given; the caller maps them to the file.

mod error;
mod pattern;
mod references;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::text::Span;

pub use error::{ExpandError, ExpandErrorKind};
pub use references::{Operator, Reference, references};

/// How deep `${a:-${b:-…}}` may nest before it is refused.
pub const MAX_DEPTH: usize = 128;

/// How many bytes a value may have beyond twice the text that it is made of: as many as Linux lets an
/// environment variable have. Modifiers within one another multiply (`${a//?/${a//?/…}}`), and so do
/// variables made of variables; BuildKit goes on until memory ends.
pub const MAX_GROWTH: usize = 1 << 17;

/// What a name stands for; `None` where the variable is unset.
pub type Env<'e, 'v> = &'e (dyn Fn(&str) -> Option<Cow<'v, str>> + 'e);

/// How words are read. [`Lex::new`] is the manner of instruction arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lex {
    /// The escape character, `\` or what the file's `escape` directive says.
    pub escape: char,
    /// Quotes stay in the value.
    pub raw_quotes: bool,
    /// Escape characters stay in the value.
    pub raw_escapes: bool,
    /// A reference to an unset variable stays as written.
    pub skip_unset: bool,
    /// Quotes are ordinary characters, as in a heredoc's text.
    pub skip_quotes: bool,
}

/// What a word became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    pub value: String,
    /// Names that were looked up and found, each once, in order.
    pub used: Vec<String>,
    /// Names that were looked up and are unset, each once, in order; special parameters included.
    pub unset: Vec<String>,
}

/// One word after splitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub value: String,
    /// The bytes of the text that the word was made of, quotes and escapes included. Words that one
    /// variable's value was split into share the variable's bytes.
    pub span: Span,
}

impl Lex {
    pub const fn new(escape: char) -> Self {
        Self { escape, raw_quotes: false, raw_escapes: false, skip_unset: false, skip_quotes: false }
    }

    /// The manner in which a line is searched for heredocs: everything stays as written, only the
    /// word boundaries are wanted.
    pub const fn verbatim(escape: char) -> Self {
        Self { escape, raw_quotes: true, raw_escapes: true, skip_unset: true, skip_quotes: false }
    }

    /// Expands `text` as one word; blanks stay.
    pub fn word(&self, text: &str, env: Env<'_, '_>) -> Result<Expansion, ExpandError> {
        let mut scan = Scan::new(*self, text, env);
        scan.tells_names = true;
        let (value, _) = scan.until(None, self.raw_escapes, 0)?;
        Ok(Expansion { value, used: scan.used.list, unset: scan.unset.list })
    }

    /// Expands `text`, then splits it at blanks that no quote or escape protects.
    pub fn words(&self, text: &str, env: Env<'_, '_>) -> Result<Vec<String>, ExpandError> {
        Ok(self.words_with_spans(text, env)?.into_iter().map(|word| word.value).collect())
    }

    /// As [`Lex::words`], each word with the bytes it came from.
    pub fn words_with_spans(&self, text: &str, env: Env<'_, '_>) -> Result<Vec<Word>, ExpandError> {
        Scan::new(*self, text, env).until(None, self.raw_escapes, 0).map(|(_, words)| words)
    }
}

struct Scan<'a, 'v> {
    lex: Lex,
    text: &'a str,
    /// Byte offset of the next character.
    pos: usize,
    env: Env<'a, 'v>,
    raw_escapes: bool,
    /// Whether anyone asks for `used` and `unset`.
    tells_names: bool,
    used: Names,
    unset: Names,
}

/// Names, each once, in the order in which they come.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    /// What `list` holds, where that is more than [`Names::FEW`].
    known: HashSet<String>,
}

impl Names {
    /// So many are found faster one by one.
    const FEW: usize = 32;

    fn add(&mut self, name: &str) {
        if self.list.len() <= Self::FEW {
            if self.list.iter().any(|other| other == name) {
                return;
            }
        } else {
            if self.known.is_empty() {
                self.known.extend(self.list.iter().cloned());
            }
            if !self.known.insert(name.to_owned()) {
                return;
            }
        }
        self.list.push(name.to_owned());
    }
}

impl<'a, 'v> Scan<'a, 'v> {
    fn new(lex: Lex, text: &'a str, env: Env<'a, 'v>) -> Self {
        // Go's text scanner, which BuildKit reads with, drops a byte order mark.
        let pos = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (used, unset) = Default::default();
        Self { lex, text, pos, env, raw_escapes: lex.raw_escapes, tells_names: false, used, unset }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.pos..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    /// How long a value may become, in bytes.
    fn limit(&self) -> usize {
        MAX_GROWTH + 2 * self.text.len()
    }

    /// Adds `part`, of the text from `start` on, to a value.
    fn push(&self, value: &mut String, part: &str, start: usize) -> Result<(), ExpandError> {
        if value.len() + part.len() > self.limit() {
            return Err(self.error(start, ExpandErrorKind::TooLong));
        }
        value.push_str(part);
        Ok(())
    }

    fn error(&self, start: usize, kind: ExpandErrorKind) -> ExpandError {
        ExpandError { span: Span::from(start..self.pos.max(start)), kind }
    }

    /// Reads up to `stop`, which is consumed, or to the end where there is none.
    fn until(
        &mut self,
        stop: Option<char>,
        raw_escapes: bool,
        depth: usize,
    ) -> Result<(String, Vec<Word>), ExpandError> {
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        let result = self.until_inner(stop, depth);
        self.raw_escapes = outer;
        result
    }

    fn until_inner(&mut self, stop: Option<char>, depth: usize) -> Result<(String, Vec<Word>), ExpandError> {
        let begin = self.pos;
        let mut value = String::new();
        let mut words = Words::default();
        while let Some(c) = self.peek() {
            let start = self.pos;
            match c {
                _ if stop == Some(c) => {
                    self.next();
                    return Ok((value, words.finish()));
                }
                '$' => {
                    let part = self.dollar(depth)?;
                    self.push(&mut value, &part, start)?;
                    words.split(&part, start..self.pos);
                }
                '\'' | '"' if !self.lex.skip_quotes => {
                    let part = if c == '"' { self.double_quoted(depth)? } else { self.single_quoted()? };
                    self.push(&mut value, &part, start)?;
                    words.keep(&part, start..self.pos);
                }
                _ if c == self.lex.escape => {
                    self.next();
                    if self.raw_escapes {
                        words.keep(c.encode_utf8(&mut [0; 4]), start..self.pos);
                        value.push(c);
                    }
                    // An escape at the end of the text escapes nothing.
                    let Some(escaped) = self.next() else { break };
                    words.keep(escaped.encode_utf8(&mut [0; 4]), start..self.pos);
                    value.push(escaped);
                }
                _ => {
                    self.next();
                    words.split(c.encode_utf8(&mut [0; 4]), start..self.pos);
                    value.push(c);
                }
            }
        }
        match stop {
            Some(_) => Err(self.error(begin, ExpandErrorKind::MissingBrace)),
            None => Ok((value, words.finish())),
        }
    }

    fn single_quoted(&mut self) -> Result<String, ExpandError> {
        let start = self.pos;
        self.next();
        let mut value = String::new();
        while let Some(c) = self.next() {
            if c == '\'' {
                return Ok(if self.lex.raw_quotes { format!("'{value}'") } else { value });
            }
            value.push(c);
        }
        Err(self.error(start, ExpandErrorKind::UnclosedQuote('\'')))
    }

    fn double_quoted(&mut self, depth: usize) -> Result<String, ExpandError> {
        let start = self.pos;
        self.next();
        let mut value = String::new();
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.next();
                    return Ok(if self.lex.raw_quotes { format!("\"{value}\"") } else { value });
                }
                '$' => {
                    let part = self.dollar(depth)?;
                    self.push(&mut value, &part, start)?;
                }
                _ if c == self.lex.escape => {
                    self.next();
                    if self.raw_escapes {
                        value.push(c);
                    }
                    match self.peek() {
                        None => {}
                        // Only these are escaped between double quotes; before any other the escape stays.
                        Some(escaped) if matches!(escaped, '"' | '$') || escaped == self.lex.escape => {
                            self.next();
                            value.push(escaped);
                        }
                        Some(_) => value.push(c),
                    }
                }
                _ => {
                    self.next();
                    value.push(c);
                }
            }
        }
        Err(self.error(start, ExpandErrorKind::UnclosedQuote('"')))
    }

    fn dollar(&mut self, depth: usize) -> Result<String, ExpandError> {
        let start = self.pos;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".to_owned());
            }
            return Ok(match self.look_up(name) {
                Some(value) => value.into_owned(),
                None if self.lex.skip_unset => format!("${name}"),
                None => String::new(),
            });
        }
        self.next();
        if depth >= MAX_DEPTH {
            return Err(self.error(start, ExpandErrorKind::TooDeep));
        }
        match self.peek() {
            None => return Err(self.error(start, ExpandErrorKind::MissingBrace)),
            Some('{' | '}' | ':') => {
                self.next();
                return Err(self.error(start, ExpandErrorKind::BadSubstitution));
            }
            Some(_) => {}
        }
        let name = self.name();
        let operator = self.pos;
        match self.next() {
            None => Err(self.error(start, ExpandErrorKind::MissingBrace)),
            Some('}') => Ok(match self.look_up(name) {
                Some(value) => value.into_owned(),
                None if self.lex.skip_unset => format!("${{{name}}}"),
                None => String::new(),
            }),
            Some('/') => self.replace(start, name, depth),
            Some(c @ ('+' | '-' | '?' | '#' | '%')) => self.modify(start, name, operator, c, false, depth),
            Some(':') => match self.next() {
                None => Err(self.error(start, ExpandErrorKind::MissingBrace)),
                Some(c) => self.modify(start, name, operator, c, true, depth),
            },
            Some(_) => Err(self.unsupported(operator)),
        }
    }

    fn unsupported(&self, operator: usize) -> ExpandError {
        let written = self.text.get(operator..self.pos).unwrap_or("").to_owned();
        self.error(operator, ExpandErrorKind::UnsupportedModifier(written))
    }

    /// The modifiers that take one word: `${name[:]op word}`, read up to and with `op`.
    fn modify(
        &mut self,
        start: usize,
        name: &'a str,
        operator: usize,
        op: char,
        colon: bool,
        depth: usize,
    ) -> Result<String, ExpandError> {
        let after = self.pos;
        let word = self.until(Some('}'), matches!(op, '#' | '%'), depth + 1);
        let (word, _) = word.map_err(|error| self.at_end(start, error, ExpandErrorKind::MissingBrace))?;
        let value = self.look_up(name);
        if self.lex.skip_unset && value.is_none() {
            let written = self.text.get(operator..after).unwrap_or("");
            return Ok(format!("${{{name}{written}{word}}}"));
        }
        let given = value.as_deref().filter(|value| !(colon && value.is_empty()));
        match op {
            '-' => Ok(given.map_or(word, str::to_owned)),
            '+' => Ok(given.map_or_else(String::new, |_| word)),
            '?' => match given {
                Some(given) => Ok(given.to_owned()),
                None => Err(self.error(
                    start,
                    ExpandErrorKind::Required { name: name.to_owned(), reason: word, empty: value.is_some() },
                )),
            },
            // A colon before these is no modifier.
            '#' | '%' if !colon => {
                let (pattern, longest) = match word.strip_prefix(op) {
                    Some(rest) => (rest, true),
                    None => (word.as_str(), false),
                };
                pattern::trim(pattern, value.as_deref().unwrap_or(""), op == '%', longest)
                    .map_err(|problem| self.bad_pattern(start, pattern, problem))
            }
            _ => Err(ExpandError {
                span: Span::from(operator..after),
                kind: ExpandErrorKind::UnsupportedModifier(
                    self.text.get(operator..after).unwrap_or("").to_owned(),
                ),
            }),
        }
    }

    /// `${name/pattern/replacement}` and `${name//pattern/replacement}`, read up to the first slash.
    fn replace(&mut self, start: usize, name: &'a str, depth: usize) -> Result<String, ExpandError> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.until(Some('/'), true, depth + 1);
        let (pattern, _) =
            pattern.map_err(|error| self.at_end(start, error, ExpandErrorKind::MissingSlash))?;
        let replacement = self.until(Some('}'), true, depth + 1);
        let (replacement, _) =
            replacement.map_err(|error| self.at_end(start, error, ExpandErrorKind::MissingBrace))?;
        let value = self.look_up(name);
        if self.lex.skip_unset && value.is_none() {
            // As BuildKit writes it back: with one slash, whichever form was read.
            return Ok(format!("${{{name}/{pattern}/{replacement}}}"));
        }
        let limit = self.limit();
        pattern::replace(&pattern, value.as_deref().unwrap_or(""), &replacement, all, limit)
            .map_err(|problem| self.bad_pattern(start, &pattern, problem))
    }

    /// An error met at the very end of the text is the missing end of this substitution.
    fn at_end(&self, start: usize, error: ExpandError, kind: ExpandErrorKind) -> ExpandError {
        let own = !matches!(
            error.kind,
            ExpandErrorKind::TooDeep | ExpandErrorKind::TooLong | ExpandErrorKind::Required { .. }
        );
        if own && self.peek().is_none() { self.error(start, kind) } else { error }
    }

    fn bad_pattern(&self, start: usize, pattern: &str, problem: pattern::Problem) -> ExpandError {
        if problem == pattern::Problem::Grows {
            return self.error(start, ExpandErrorKind::TooLong);
        }
        self.error(start, ExpandErrorKind::InvalidPattern { pattern: pattern.to_owned(), problem })
    }

    fn name(&mut self) -> &'a str {
        let rest = self.text.get(self.pos..).unwrap_or("");
        let length = name_length(rest);
        self.pos += length;
        rest.get(..length).unwrap_or("")
    }

    fn look_up(&mut self, name: &str) -> Option<Cow<'v, str>> {
        let value = (self.env)(name);
        if !self.tells_names {
            return value;
        }
        let seen = if value.is_some() { &mut self.used } else { &mut self.unset };
        seen.add(name);
        value
    }
}

/// How many bytes of `rest`, what follows `$` or `${`, are the variable's name: digits, one special
/// parameter, or letters, digits and underscores.
fn name_length(rest: &str) -> usize {
    let Some(first) = rest.chars().next() else { return 0 };
    let more: fn(char) -> bool = if is_digit(first) {
        is_digit
    } else if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') {
        return first.len_utf8();
    } else {
        |c| c == '_' || c.is_alphabetic() || is_digit(c)
    };
    rest.find(|c| !more(c)).unwrap_or(rest.len())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && !c.is_alphabetic())
}

/// Words as they grow; kept parts are never split, others are at every blank.
#[derive(Default)]
struct Words {
    done: Vec<Word>,
    value: String,
    span: Option<Span>,
    in_word: bool,
}

impl Words {
    fn keep(&mut self, part: &str, from: std::ops::Range<usize>) {
        let from = Span::from(from);
        self.value.push_str(part);
        self.span = Some(self.span.map_or(from, |span| span.to(from)));
        self.in_word = true;
    }

    fn split(&mut self, part: &str, from: std::ops::Range<usize>) {
        for c in part.chars() {
            if !c.is_whitespace() {
                self.keep(c.encode_utf8(&mut [0; 4]), from.clone());
            } else if self.in_word {
                self.end();
            }
        }
    }

    /// An empty quoted word isn't a word.
    fn end(&mut self) {
        let span = self.span.take();
        if let Some(span) = span.filter(|_| !self.value.is_empty()) {
            self.done.push(Word { value: std::mem::take(&mut self.value), span });
            self.in_word = false;
        }
    }

    fn finish(mut self) -> Vec<Word> {
        self.end();
        self.done
    }
}

#[cfg(test)]
mod tests;
