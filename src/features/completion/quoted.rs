use super::paths::{self, Written};
use super::place::Place;
use super::{Completions, scripts};
use crate::features::quotes;
use crate::syntax::Keyword;
use crate::text::Span;

/// The string at the caret of an array in JSON.
pub(super) struct Array {
    /// The strings before it, as they are read.
    pub before: Vec<String>,
    pub string: JsonString,
}

/// A string that the caret stands in, or where one may begin.
pub(super) struct JsonString {
    /// What is typed of it, without its quote; nothing is escaped in it.
    pub typed: String,
    /// Whether its quote is still to be written.
    pub is_new: bool,
    /// Whether the quote that ends it is there.
    pub is_closed: bool,
    /// Where its text ends.
    pub end: u32,
}

impl JsonString {
    /// `text` as what ends the string, with the quotes that are missing.
    pub fn ended(&self, text: &str) -> String {
        let text = serde_json::to_string(text).unwrap_or_default();
        let text = if self.is_new { &text } else { &text[1..] };
        match self.is_closed {
            true => text.strip_suffix('"').unwrap_or(text).to_owned(),
            false => text.to_owned(),
        }
    }
}

/// What stands in double quotes: in the JSON form, and as a word of COPY and ADD. True where the caret stands in
/// it.
pub(super) fn complete(place: &Place<'_>, list: &mut Completions) -> bool {
    let copies = matches!(place.keyword, Keyword::Copy | Keyword::Add);
    if !copies
        && !matches!(place.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck)
    {
        return false;
    }
    let text = arguments(place);
    match text.strip_prefix('[').and_then(|inside| read(place, inside)) {
        Some(Some(array)) if copies => {
            if !array.string.typed.contains(['$', '\'']) {
                paths::of_source(place, &array.string.typed, &Written::Json(&array.string), list);
            }
            true
        }
        Some(Some(array)) => {
            scripts::of_array(place, &array, list);
            true
        }
        Some(None) => true,
        None => copies && word(place, text, list),
    }
}

/// What is typed behind the flags, and behind the CMD of a HEALTHCHECK.
fn arguments<'p>(place: &'p Place<'_>) -> &'p str {
    let skip = |text: &'p str| text.find(char::is_whitespace).map_or("", |end| text[end..].trim_start());
    let mut text = place.before.trim_start();
    while text.starts_with("--") {
        text = skip(text);
    }
    match place.keyword {
        Keyword::Healthcheck if text.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("cmd")) => {
            text[3..].trim_start()
        }
        Keyword::Healthcheck => "",
        _ => text,
    }
}

/// Reads an array behind its `[`, as far as it is typed. None where it is no array of strings (the `[` of a shell
/// begins otherwise), Some(None) where nothing can be written at the caret.
fn read(place: &Place<'_>, inside: &str) -> Option<Option<Array>> {
    let source = &**place.snapshot.source();
    let rest = source.get(place.offset as usize..)?;
    let (mut before, mut left) = (Vec::new(), inside.trim_start());
    loop {
        let Some(string) = left.strip_prefix('"') else {
            // A string may begin, unless the next one follows already.
            let is_free = left.is_empty() && !rest.trim_start_matches([' ', '\t']).starts_with('"');
            let string =
                JsonString { typed: String::new(), is_new: true, is_closed: false, end: place.offset };
            return left.is_empty().then(|| is_free.then_some(Array { before, string }));
        };
        let Some(length) = string_end(string) else {
            // An edit goes for what stands in the file as it is, on one line.
            let start = (place.offset as usize).checked_sub(string.len())?;
            if source.get(start..place.offset as usize) != Some(string) || string.contains('\\') {
                return Some(None);
            }
            let typed = string.to_owned();
            let (end, is_closed) = end_of(rest, place.instruction.is_exec());
            let end = place.offset + end as u32;
            return Some(Some(Array { before, string: JsonString { typed, is_new: false, is_closed, end } }));
        };
        before.push(decoded(&string[..length])?);
        left = string[length + 1..].trim_start();
        if left.is_empty() {
            return Some(None);
        }
        left = left.strip_prefix(',')?.trim_start();
    }
}

/// Where the string that begins before `text` ends; None where it doesn't.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

fn decoded(string: &str) -> Option<String> {
    serde_json::from_str(&format!("\"{string}\"")).ok()
}

/// Where the string ends that goes on with `rest`, and whether a quote ends it. `is_whole` says that the array is
/// in order, so that it does.
fn end_of(rest: &str, is_whole: bool) -> (usize, bool) {
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    // In an array that is half typed the next quote may be that of the next string.
    let stop = if is_whole { None } else { line.find([',', ']']) };
    match string_end(line).filter(|at| stop.is_none_or(|stop| *at < stop)) {
        Some(at) => (at, true),
        None => (line.find([',', ']', ' ', '\t']).unwrap_or(line.len()), false),
    }
}

/// A path of COPY or ADD that begins with a quote. Such a word ends at a blank whatever its quotes say: names with
/// blanks can be written in the JSON form alone.
fn word(place: &Place<'_>, text: &str, list: &mut Completions) -> bool {
    let source = &**place.snapshot.source();
    let rest = source.get(place.offset as usize..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let special = |text: &str| text.contains(['$', '"', '\'', '\\', '[', '`', '*', '?']);
    if let Some(quote) = place.word.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let typed = &place.word[1..];
        if special(typed) {
            return true;
        }
        let end = line.find([quote, ' ', '\t']).unwrap_or(line.len());
        let close = (!line[end..].starts_with(quote)).then_some(quote);
        let written = Written::Word { end: place.offset + end as u32, close };
        paths::of_source(place, typed, &written, list);
    }
    let Some(typed) = text.strip_prefix('"').filter(|typed| !special(typed)) else {
        // Nor does a path belong into a quote that stays open.
        return place.word.starts_with(['"', '\'']) || quotes::are_open(text, place.snapshot.tree().escape());
    };
    let Some(start) = (place.offset as usize).checked_sub(text.len()) else { return true };
    let behind = line.split_once('"').map_or(line, |(_, behind)| behind).trim();
    let ends = line.split_once('"').map_or(line, |(part, _)| part).trim().is_empty();
    if ends
        && !special(behind)
        && !behind.contains('<')
        && source.get(start..place.offset as usize) == Some(text)
    {
        let mut others: Vec<&str> = behind.split_whitespace().collect();
        if others.is_empty() {
            others.push("./");
        }
        let span = Span::new(start as u32, place.offset + line.trim_end().len() as u32);
        paths::of_source(place, typed, &Written::Array { span, others: &others }, list);
    }
    true
}
