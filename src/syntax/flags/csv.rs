//! One record of comma-separated fields, the value of `--mount` and `--device`.
//!
//! Source: BuildKit reads it with tonistiigi/go-csvvalue, which splits one line as Go's `encoding/csv` does.

use crate::text::Span;

/// What a quote does that breaks the record.
pub(super) const BROKEN: &str = "this quote breaks the list: a quote may only enclose a whole field, as in \
                                 `\"source=a,b\"`, and is closed";

/// The fields as they are written.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub fields: Vec<Written>,
    /// Where a quote breaks the record; the fields before it are there all the same.
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
    pub fn unquote(&self, part: &str) -> String {
        if self.quoted { part.replace("\"\"", "\"") } else { part.to_owned() }
    }

    /// The whole field as a value.
    pub fn value(&self, record: &str) -> String {
        self.unquote(self.inner().of(record))
    }
}

/// Splits a record.
pub(super) fn split(text: &str) -> Record {
    let mut record = Record::default();
    let mut start = 0;
    loop {
        let rest = text.get(start..).unwrap_or("");
        let quoted = rest.starts_with('"');
        let end = if quoted {
            let Some(length) = quoted_length(rest) else {
                record.broken = Some(Span::from(start..text.len()));
                return record;
            };
            start + length
        } else {
            let length = rest.find(',').unwrap_or(rest.len());
            if let Some(quote) = rest.get(..length).unwrap_or("").find('"') {
                record.broken = Some(Span::from(start + quote..start + length));
                return record;
            }
            start + length
        };
        record.fields.push(Written { span: Span::from(start..end), quoted });
        if end >= text.len() {
            return record;
        }
        start = end + 1;
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
