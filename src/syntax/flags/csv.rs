//! One record of comma-separated fields, the value of `--mount` and `--device`.
//!
//! Source: BuildKit reads it with tonistiigi/go-csvvalue, which splits one line as Go's `encoding/csv` does.

use crate::text::Span;
use std::borrow::Cow;

/// What a quote does that breaks the record.
pub(super) const BROKEN: &str = "this quote breaks the list: a quote may only enclose a whole field, as in \
                                 `\"source=a,b\"`, and is closed";

/// The fields of a record as they are written, one by one.
pub(super) struct Fields<'a> {
    text: &'a str,
    /// Where the next field starts; `None` behind the last one.
    start: Option<usize>,
    /// Where a quote breaks the record, once the fields before it are read.
    pub broken: Option<Span>,
}

/// One field; spans count bytes of the record.
#[derive(Debug)]
pub(super) struct Written {
    pub span: Span,
    quoted: bool,
}

impl Written {
    /// The bytes between the quotes, where there are some.
    fn inner(&self) -> Span {
        if self.quoted { Span::new(self.span.start + 1, self.span.end - 1) } else { self.span }
    }

    /// What stands before the first `=`, and what behind it where there is one.
    pub fn around_equals(&self, record: &str) -> (Span, Option<Span>) {
        let inner = self.inner();
        match inner.of(record).find('=') {
            Some(at) => {
                let equals = inner.start + at as u32;
                (Span::new(inner.start, equals), Some(Span::new(equals + 1, inner.end)))
            }
            None => (inner, None),
        }
    }

    /// A part of the field without its doubled quotes.
    pub fn unquote<'p>(&self, part: &'p str) -> Cow<'p, str> {
        if self.quoted { part.replace("\"\"", "\"").into() } else { part.into() }
    }

    /// The whole field as a value.
    pub fn value(&self, record: &str) -> String {
        self.unquote(self.inner().of(record)).into_owned()
    }
}

/// Splits a record.
pub(super) fn split(text: &str) -> Fields<'_> {
    Fields { text, start: Some(0), broken: None }
}

impl Iterator for Fields<'_> {
    type Item = Written;

    fn next(&mut self) -> Option<Written> {
        let start = self.start.take()?;
        let rest = self.text.get(start..).unwrap_or("");
        let quoted = rest.starts_with('"');
        let length = if quoted {
            let length = quoted_length(rest);
            if length.is_none() {
                self.broken = Some(Span::from(start..self.text.len()));
            }
            length?
        } else {
            let length = rest.find(',').unwrap_or(rest.len());
            if let Some(quote) = rest.get(..length).unwrap_or("").find('"') {
                self.broken = Some(Span::from(start + quote..start + length));
                return None;
            }
            length
        };
        let end = start + length;
        self.start = (end < self.text.len()).then_some(end + 1);
        Some(Written { span: Span::from(start..end), quoted })
    }
}

/// How long the quoted field is that `rest` begins with; `None` where its quote isn't closed, or where
/// something else than a comma follows it.
fn quoted_length(rest: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest.get(at..)?.find('"')? + 1;
        match rest.as_bytes().get(at) {
            Some(b'"') => at += 1,
            None | Some(b',') => return Some(at),
            Some(_) => return None,
        }
    }
}
