//! How BuildKit splits the text behind a keyword: flags, words, names and values.
//!
//! Source: BuildKit `frontend/dockerfile/parser/split_command.go` and `line_parsers.go`. All offsets
//! count bytes of the text given.

use std::borrow::Cow;

/// A blank between a keyword and its arguments, or between words: Go's `[\t\v\f\r ]`.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0b | 0x0c | b'\r' | b' ')
}

/// A flag as it stands in the text: its range, and its value with quotes and escapes taken out.
pub(super) struct RawFlag<'a> {
    pub start: usize,
    pub end: usize,
    pub text: Cow<'a, str>,
}

/// Takes the flags off the front of `text`. Returns them and where the rest begins.
pub(super) fn flags(text: &str) -> (Vec<RawFlag<'_>>, usize) {
    let bytes = text.as_bytes();
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        while at < bytes.len() && is_go_space_byte(bytes[at]) {
            at += 1;
        }
        if !bytes[at..].starts_with(b"--") {
            return (flags, at);
        }
        let start = at;
        let (word, end) = flag_word(text, at);
        at = end;
        if word == "--" {
            // A lone `--` ends the flags. BuildKit keeps what follows as it is.
            return (flags, at);
        }
        flags.push(RawFlag { start, end, text: word });
    }
}

/// One word from `start` to the next blank outside of quotes, without its quotes and escapes, and its end.
fn flag_word(text: &str, start: usize) -> (Cow<'_, str>, usize) {
    let rest = &text[start..];
    let special = |byte: u8| is_go_space_byte(byte) || matches!(byte, b'\'' | b'"' | b'\\');
    let plain = rest.bytes().position(special).unwrap_or(rest.len());
    if plain == rest.len() || is_go_space_byte(rest.as_bytes()[plain]) {
        return (Cow::Borrowed(&rest[..plain]), start + plain);
    }
    let mut word = rest[..plain].to_owned();
    let mut quote = None;
    let mut chars = rest[plain..].char_indices();
    while let Some((offset, c)) = chars.next() {
        match quote {
            None if c.is_ascii() && is_go_space_byte(c as u8) => {
                return (Cow::Owned(word), start + plain + offset);
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(q) if c == q => quote = None,
            _ if c == '\\' => match chars.next() {
                Some((_, escaped)) => word.push(escaped),
                None => quote = None,
            },
            _ => word.push(c),
        }
    }
    (Cow::Owned(word), text.len())
}

/// Go's `unicode.IsSpace` of a byte taken as a rune, ASCII part.
fn is_go_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | b' ')
}

/// How many bytes the character at byte `at` of `text` has, and whether it is a blank (in Unicode's sense).
/// `at` is a character's first byte.
pub(super) fn step(text: &str, at: usize) -> (usize, bool) {
    match text.as_bytes()[at] {
        byte if byte.is_ascii() => (1, is_go_space_byte(byte)),
        _ => text[at..].chars().next().map_or((1, false), |c| (c.len_utf8(), c.is_whitespace())),
    }
}

/// The ranges of the words of ENV, LABEL and ARG: blanks outside of quotes separate, quotes and escapes
/// stay in the word. An escape character that ends the text is left out of the word.
pub(super) fn quoted_words(text: &str, escape: char) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || quoted_word(text, &mut at, escape))
}

/// The next word from byte `at` on, which is moved behind it.
fn quoted_word(text: &str, at: &mut usize, escape: char) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    while *at < bytes.len() {
        let (width, blank) = step(text, *at);
        if !blank {
            break;
        }
        *at += width;
    }
    let start = *at;
    let mut quote = None;
    while let Some(&byte) = bytes.get(*at) {
        let (width, blank) = step(text, *at);
        match quote {
            None if blank => return Some((start, *at)),
            None if matches!(byte, b'\'' | b'"') => quote = Some(byte),
            Some(open) if byte == open => quote = None,
            _ if char::from(byte) == escape && quote != Some(b'\'') => {
                if *at + 1 == bytes.len() {
                    let end = std::mem::replace(at, bytes.len());
                    return (start < end).then_some((start, end));
                }
                *at += step(text, *at + 1).0;
            }
            _ => {}
        }
        *at += width;
    }
    (start < bytes.len()).then_some((start, bytes.len()))
}

/// The ranges between blanks.
pub(super) fn plain_words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|&byte| !is_blank(byte))?;
        at = bytes[start..].iter().position(|&byte| is_blank(byte)).map_or(bytes.len(), |len| start + len);
        Some((start, at))
    })
}

/// A JSON array at the start of `text`: what BuildKit makes of it.
pub(super) enum Json {
    /// Not an array, or broken: the text is taken as it stands.
    No,
    /// An array with something else than strings, which is an error.
    NotStrings(usize, usize),
    /// The strings, each with its range, quotes included.
    Strings(Vec<(usize, usize, String)>),
}

/// Reads the exec form. With anything but blanks behind the array it is no exec form.
pub(super) fn json_strings(text: &str) -> Json {
    let body = text.trim_start();
    if !body.starts_with('[') {
        return Json::No;
    }
    let Ok(values) = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(body) else {
        return Json::No;
    };
    let mut strings = Vec::with_capacity(values.len());
    for value in values {
        let raw = value.get();
        let start = raw.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + raw.len();
        if !raw.starts_with('"') {
            return Json::NotStrings(start, end);
        }
        match serde_json::from_str::<String>(raw) {
            Ok(string) => strings.push((start, end, string)),
            Err(_) => {
                let string = serde_json::from_str(&without_lone_surrogates(raw)).unwrap_or_default();
                strings.push((start, end, string));
            }
        }
    }
    Json::Strings(strings)
}

/// A JSON string with U+FFFD for every half of a surrogate pair that lacks the other half, as Go reads it.
fn without_lone_surrogates(raw: &str) -> String {
    let unit = |at: usize| {
        let digits = raw.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
        let length = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push('\u{fffd}');
                at += 6;
                continue;
            }
            // What is escaped goes with its backslash.
            _ if c == '\\' => 1 + raw[at + 1..].chars().next().map_or(0, char::len_utf8),
            _ => c.len_utf8(),
        };
        out.push_str(raw.get(at..at + length).unwrap_or(""));
        at += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        quoted_words(text, '\\').map(|(a, b)| &text[a..b]).collect()
    }

    #[test]
    fn quotes_and_escapes_keep_a_word_together() {
        assert_eq!(words(r#"a="b c" d=e\ f g='h \' i"#), [r#"a="b c""#, r"d=e\ f", r"g='h \'", "i"]);
        assert_eq!(words("a=1\\"), ["a=1"]);
    }

    #[test]
    fn flags_end_at_the_first_word_without_dashes() {
        let text = r#"--from=a  --chown="b c" x --y"#;
        let (flags, rest) = flags(text);
        assert_eq!(flags.iter().map(|f| &*f.text).collect::<Vec<_>>(), ["--from=a", "--chown=b c"]);
        assert_eq!(&text[rest..], "x --y");
    }

    #[test]
    fn the_exec_form_knows_where_its_strings_stand() {
        let text = r#"["a", "b\n"] "#;
        let Json::Strings(strings) = json_strings(text) else { panic!() };
        assert_eq!(&text[strings[1].0..strings[1].1], r#""b\n""#);
        assert_eq!(strings[1].2, "b\n");
        let halves = r#"["\ud83d\ude00 \ud83d \ude00 \ud83d\ud83d\ude00 \\ud83d é"]"#;
        let Json::Strings(strings) = json_strings(halves) else { panic!() };
        assert_eq!(strings[0].2, "😀 \u{fffd} \u{fffd} \u{fffd}😀 \\ud83d é");
        assert!(matches!(json_strings("[1]"), Json::NotStrings(1, 2)));
        assert!(matches!(json_strings("['a']"), Json::No));
        assert!(matches!(json_strings(r#"["a"] trailing"#), Json::No));
    }
}
