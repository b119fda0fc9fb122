//! Takes out of a log's line what terminals and CI services put there.

use std::borrow::Cow;

const ESCAPE: char = '\u{1b}';

/// The line without colours and other control sequences, and without what a carriage return overwrites.
pub fn line(line: &str) -> Cow<'_, str> {
    let line = line.trim_end_matches(['\r', '\n']);
    let plain = if line.contains(ESCAPE) { Cow::Owned(without_sequences(line)) } else { Cow::Borrowed(line) };
    match plain.rfind('\r') {
        Some(at) => Cow::Owned(plain[at + 1..].to_owned()),
        None => plain,
    }
}

/// Drops time stamps, the columns `job`, `step` and the markers of an output stream, which stand before
/// what was printed.
pub fn without_stamp(line: &str) -> &str {
    // What GitHub's client prints has two columns more, with a tab behind each.
    let mut rest = line.rsplit('\t').find(|column| starts_with_stamp(column)).unwrap_or(line);
    loop {
        let trimmed = rest.trim_start();
        let Some((word, behind)) = trimmed.split_once(' ') else { return trimmed };
        if !is_stamp(word) && !is_stream_marker(word) {
            return trimmed;
        }
        rest = behind;
    }
}

fn starts_with_stamp(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').split(' ').next().is_some_and(is_stamp)
}

/// `2026-11-22T19:09:10.201Z`, `2026-11-22`, `19:09:10`, each perhaps in brackets.
fn is_stamp(word: &str) -> bool {
    let word = word.trim_start_matches('\u{feff}');
    let inner = word.strip_prefix('[').map_or(word, |inner| inner.strip_suffix(']').unwrap_or(inner));
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    inner.starts_with(|c: char| c.is_ascii_digit())
        && inner.chars().filter(|c| matches!(c, ':' | '-')).count() >= 2
        && inner.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '.' | ',' | 'T' | 'Z' | '+'))
}

/// GitLab's `00O`, `01E+`: a number of the stream, then output or error.
fn is_stream_marker(word: &str) -> bool {
    let word = word.strip_suffix('+').unwrap_or(word).as_bytes();
    matches!(word, [a, b, b'O' | b'E'] if a.is_ascii_digit() && b.is_ascii_digit())
}

/// Without the control sequences of ECMA-48: `ESC [ … letter`, and strings as `ESC ] … BEL`.
fn without_sequences(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c != ESCAPE {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('[') => {
                // Parameters and intermediate bytes, then one final byte.
                let _ = chars.find(|c| ('\u{40}'..='\u{7e}').contains(c));
            }
            Some(']' | '_' | 'P' | '^' | 'X') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == ESCAPE && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    out
}
