//! Whether what a log shows is an instruction as it is written.

/// Whether `shown`, a step's text in the log, is the instruction `written`, its logical line. BuildKit
/// expands the variables that have a value and takes some of the quotes out, and older versions cut long
/// names; `more` says that something may follow, as it does behind a heredoc's name.
pub fn is_shown_as(shown: &str, written: &str, more: bool) -> bool {
    let (shown, written) = (plain(shown), plain(written));
    let mut pieces = pieces(&written);
    if more {
        pieces.push(String::new());
    }
    if matches(&shown, &pieces) {
        return true;
    }
    let cut = shown.strip_suffix("...").filter(|cut| cut.len() >= SHORTEST_CUT);
    cut.is_some_and(|cut| pieces[0].starts_with(cut) || (pieces.len() > 1 && cut.starts_with(&pieces[0])))
}

/// BuildKit cuts names after 72 bytes, the stage and the number among them.
const SHORTEST_CUT: usize = 24;

/// Without quotes and escapes, each run of blanks one blank, the keyword in upper case.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !matches!(c, '"' | '\'' | '\\' | '`')));
    }
    let keyword = out.find(' ').unwrap_or(out.len());
    out[..keyword].make_ascii_uppercase();
    out
}

/// The text cut at its variables, each of which stands for anything.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('$') {
        piece.push_str(before);
        let length = variable(from);
        if length == 0 {
            piece.push('$');
        } else {
            pieces.push(std::mem::take(&mut piece));
        }
        rest = &from[length..];
    }
    piece.push_str(rest);
    pieces.push(piece);
    pieces
}

/// The length of the variable behind a `$`; 0 where there is none.
fn variable(text: &str) -> usize {
    match text.chars().next() {
        Some('{') => {
            let mut depth = 0_u32;
            for (at, c) in text.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 1 => return at + 1,
                    '}' => depth -= 1,
                    _ => {}
                }
            }
            0
        }
        Some(c) if c.is_ascii_alphabetic() || c == '_' => {
            text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
        }
        // Positions and special parameters: `$1`, `$?`.
        Some('0'..='9' | '@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
        _ => 0,
    }
}

/// Whether `text` is the pieces in their order with anything between them.
fn matches(text: &str, pieces: &[String]) -> bool {
    let [first, between @ .., last] = pieces else { return pieces.first().is_some_and(|only| only == text) };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in between {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}
