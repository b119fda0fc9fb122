//! Reads the part of YAML that package managers write: keys by indentation, one a line.

/// One line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// How many blanks stand before it.
    pub indent: usize,
    /// Without quotes; `-` for an item of a list.
    pub key: &'t str,
    /// Without quotes; empty where the value stands on the lines below.
    pub value: &'t str,
}

/// The lines of a text; blank ones, comments and markers of documents left out. `key value` is read as
/// `key: value`, which yarn's classic lockfile writes.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().filter_map(|line| {
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        let body = body.trim_end();
        if body.is_empty() || body.starts_with('#') || body == "---" {
            return None;
        }
        // A key too long for one line stands apart from its value: `? key`, then `: value`.
        if let Some(key) = body.strip_prefix("? ") {
            return Some(Line { indent, key: unquoted(key), value: "" });
        }
        if let Some(rest) = body.strip_prefix(": ") {
            let (key, value) = split(rest.trim_start());
            return Some(Line { indent: indent + 2, key, value });
        }
        if let Some(item) = body.strip_prefix("- ") {
            return Some(Line { indent, key: "-", value: unquoted(item) });
        }
        let (key, value) = split(body);
        Some(Line { indent, key, value })
    })
}

fn split(body: &str) -> (&str, &str) {
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote
        && let Some(end) = body[1..].find(quote)
    {
        let rest = &body[end + 2..];
        // `"a@^1", b@^2:` is one key of several.
        if rest.starts_with(',') {
            return (body.strip_suffix(':').unwrap_or(body), "");
        }
        return (&body[1..=end], unquoted(rest.trim_start_matches(':').trim()));
    }
    if let Some(key) = body.strip_suffix(':') {
        return (key, "");
    }
    let colon = body.find(": ");
    let blank = body.find(' ').filter(|blank| colon.is_none_or(|colon| *blank < colon));
    match (blank, colon) {
        (Some(blank), _) => (&body[..blank], unquoted(body[blank..].trim())),
        (None, Some(colon)) => (&body[..colon], unquoted(body[colon + 2..].trim())),
        (None, None) => (body, ""),
    }
}

pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

/// The items of `[a, 'b']`.
pub(super) fn items(value: &str) -> Vec<Box<str>> {
    let inner = value.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split(',').map(unquoted).filter(|item| !item.is_empty()).map(Box::from).collect()
}
