//! Where `output: "standalone"` goes in an object literal, in the file's own manner.

use crate::text::{Edit, Span, newline};

/// What the edit needs to know of the object literal. All in bytes of the file.
pub(super) struct ObjectShape {
    /// From `{` to behind `}`.
    pub span: Span,
    pub properties: Vec<Span>,
    /// All comments of the file, in their order.
    pub comments: Vec<Span>,
    /// `output` must come last, since something unknown is spread into the object.
    pub last: bool,
    pub quote: Quote,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

/// The edits that add the property, as the object's first, or its last where it must be.
pub(super) fn insert_output(text: &str, object: &ObjectShape) -> Vec<Edit> {
    let property = match object.quote {
        Quote::Single => "output: 'standalone'",
        Quote::Double => "output: \"standalone\"",
    };
    match object.properties.last() {
        Some(&last) if object.last => as_last(text, object, last, property),
        _ => as_first(text, object, property),
    }
}

fn as_first(text: &str, object: &ObjectShape, property: &str) -> Vec<Edit> {
    let open = object.span.start + 1;
    let close = object.span.end - 1;
    let inside = Span::new(open, close);
    if !inside.of(text).contains('\n') {
        // `{}`, `{ a: 1 }`, `{a: 1}`, `{ /* … */ }`
        let rest = inside.of(text);
        let new = match (rest.is_empty(), object.properties.is_empty(), rest.starts_with([' ', '\t'])) {
            (true, ..) => format!(" {property} "),
            (false, true, _) if rest.trim().is_empty() => {
                return vec![Edit::replace(inside, format!(" {property} "))];
            }
            (false, true, true) => format!(" {property},"),
            (false, true, false) => format!("{property}, "),
            (false, false, true) => format!(" {property},"),
            (false, false, false) => format!("{property}, "),
        };
        return vec![Edit::insert(open, new)];
    }
    let newline = newline(text);
    let indent = indent(text, object);
    match line_end(text, object, open) {
        // What follows `{` on its line is at most a comment to it.
        Some(end) if end < close => vec![Edit::insert(end + 1, format!("{indent}{property},{newline}"))],
        _ => vec![Edit::insert(open, format!("{newline}{indent}{property},"))],
    }
}

fn as_last(text: &str, object: &ObjectShape, last: Span, property: &str) -> Vec<Edit> {
    let close = object.span.end - 1;
    let comma = comma_after(text, object, last.end, close);
    let behind = comma.map_or(last.end, |comma| comma + 1);
    let one_line = !Span::new(object.span.start, close).of(text).contains('\n');
    if one_line {
        let new = if comma.is_some() { format!(" {property},") } else { format!(", {property}") };
        return vec![Edit::insert(behind, new)];
    }
    let newline = newline(text);
    let indent = indent(text, object);
    let trailing = if comma.is_some() { "," } else { "" };
    let lead = if comma.is_some() { "" } else { "," };
    match line_end(text, object, behind) {
        Some(end) if end < close => {
            // Before the line break, whichever it is, and behind a comment to the last property.
            let end = if text.as_bytes().get(end as usize - 1) == Some(&b'\r') { end - 1 } else { end };
            let new = format!("{newline}{indent}{property}{trailing}");
            if end == behind || lead.is_empty() {
                vec![Edit::insert(end, format!("{lead}{new}"))]
            } else {
                vec![Edit::insert(behind, lead), Edit::insert(end, new)]
            }
        }
        _ => vec![Edit::insert(behind, format!("{lead}{newline}{indent}{property}{trailing}"))],
    }
}

/// The offset of the `\n` that ends the line of `at`, where nothing but blanks and comments that end on
/// this line come before it.
fn line_end(text: &str, object: &ObjectShape, mut at: u32) -> Option<u32> {
    let bytes = text.as_bytes();
    loop {
        if let Some(comment) = object.comments.iter().find(|comment| comment.start == at) {
            if comment.of(text).contains('\n') {
                return None;
            }
            at = comment.end;
            continue;
        }
        match bytes.get(at as usize)? {
            b'\n' => return Some(at),
            b' ' | b'\t' | b'\r' => at += 1,
            _ => return None,
        }
    }
}

/// The offset of the comma behind the last property.
fn comma_after(text: &str, object: &ObjectShape, mut at: u32, close: u32) -> Option<u32> {
    while at < close {
        if let Some(comment) = object.comments.iter().find(|comment| comment.start == at) {
            at = comment.end;
            continue;
        }
        if text.as_bytes().get(at as usize) == Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The indentation of the object's properties.
fn indent(text: &str, object: &ObjectShape) -> String {
    let comments = object.comments.iter().filter(|comment| object.span.encloses(**comment));
    let mut starts: Vec<u32> = object.properties.iter().chain(comments).map(|span| span.start).collect();
    starts.sort_unstable();
    let own = starts.into_iter().find_map(|start| {
        let before = &text[..start as usize];
        let line = &before[before.rfind('\n')? + 1..];
        // Something that stands first on its line, below the `{`.
        let is_below = start as usize - line.len() > object.span.start as usize;
        (line.trim().is_empty() && is_below).then(|| line.to_string())
    });
    own.unwrap_or_else(|| {
        let before = &text[..object.span.start as usize];
        let line = &text[before.rfind('\n').map_or(0, |at| at + 1)..];
        let outer: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        outer + unit(text)
    })
}

/// One step of indentation in this file.
fn unit(text: &str) -> &'static str {
    let first =
        text.lines().find(|line| line.starts_with([' ', '\t']) && !line.trim_start().starts_with('*'));
    match first {
        Some(line) if line.starts_with('\t') => "\t",
        Some(line) if line.starts_with("    ") => "    ",
        _ => "  ",
    }
}
