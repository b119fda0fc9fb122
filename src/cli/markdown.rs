//! Markdown on a terminal: the little that hovers and rule pages use.

use super::print::{BOLD, CYAN, DIM, tame};
use anstyle::Style;

/// The text in ANSI colours, paragraphs wrapped to `width` columns, fenced code indented and not wrapped.
pub fn render(markdown: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => out.push_str(&format!("    {CYAN}{}{CYAN:#}\n", tame(line))),
            (None, Some(mark)) => {
                flush(&mut paragraph, width, &mut out);
                fence = Some(mark);
            }
            (None, None) => {
                let starts =
                    trimmed.starts_with("- ") || trimmed.starts_with("* ") || trimmed.starts_with('#');
                if trimmed.is_empty() || starts {
                    flush(&mut paragraph, width, &mut out);
                }
                if trimmed.is_empty() {
                    out.push('\n');
                } else if trimmed.starts_with('#') {
                    let title = trimmed.trim_start_matches('#').trim();
                    out.push_str(&format!("{BOLD}{}{BOLD:#}\n", tame(title)));
                } else {
                    if !paragraph.is_empty() {
                        paragraph.push(' ');
                    } else if starts {
                        // A list in a list.
                        paragraph.push_str(&line[..line.len() - trimmed.len()]);
                    }
                    paragraph.push_str(trimmed.trim_end());
                    // Two blanks at the end break the line.
                    if line.ends_with("  ") {
                        flush(&mut paragraph, width, &mut out);
                    }
                }
            }
        }
    }
    flush(&mut paragraph, width, &mut out);
    let mut text = String::new();
    let mut blank = true;
    for line in out.lines() {
        // No more than one blank line, and none at the start.
        if !(line.is_empty() && blank) {
            text.push_str(line);
            text.push('\n');
        }
        blank = line.is_empty();
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}

/// A line of Markdown without its marks.
pub fn bare(markdown: &str) -> String {
    pieces(&tame(markdown)).into_iter().map(|piece| piece.text).collect()
}

fn flush(paragraph: &mut String, width: usize, out: &mut String) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    let (lead, text) = text.split_at(text.len() - text.trim_start().len());
    let indent = if text.starts_with("- ") || text.starts_with("* ") { "  " } else { "" };
    let mut column = 0;
    out.push_str(lead);
    for word in words(&tame(text)) {
        let length: usize = word.iter().map(|piece| piece.text.chars().count()).sum();
        if column > 0 && lead.len() + column + 1 + length > width {
            out.push('\n');
            out.push_str(lead);
            out.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        for Piece { text, style } in &word {
            out.push_str(&format!("{style}{text}{style:#}"));
        }
        column += length;
    }
    out.push('\n');
}

/// The text's words, each in pieces of one style.
fn words(text: &str) -> Vec<Vec<Piece>> {
    let mut words = vec![Vec::new()];
    for Piece { text, style } in pieces(text) {
        for (at, part) in text.split(' ').enumerate() {
            if at > 0 {
                words.push(Vec::new());
            }
            if let Some(word) = words.last_mut()
                && !part.is_empty()
            {
                word.push(Piece { text: part.to_string(), style });
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

struct Piece {
    text: String,
    style: Style,
}

/// The text in pieces of one style each, the marks taken out. A mark without its partner stays.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (found, style) = match first {
            '`' => (code(rest), CYAN),
            '*' => (between(rest, "**"), BOLD),
            '[' => (link(rest), Style::new().underline()),
            _ => (None, DIM),
        };
        match found {
            Some((inner, length)) => {
                pieces.push(Piece { text: std::mem::take(&mut plain), style: Style::new() });
                pieces.push(Piece { text: inner, style });
                rest = &rest[length..];
            }
            None => {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    pieces.push(Piece { text: plain, style: Style::new() });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// What stands between two marks at the start of `text`, and how many bytes all of it takes.
fn between(text: &str, mark: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix(mark)?;
    let end = inner.find(mark).filter(|end| *end > 0)?;
    Some((inner[..end].to_string(), mark.len() * 2 + end))
}

/// Code between as many backquotes as it starts with.
fn code(text: &str) -> Option<(String, usize)> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let (inner, length) = between(text, &text[..ticks])?;
    let bare = inner.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' '));
    Some((bare.filter(|bare| !bare.trim().is_empty()).unwrap_or(&inner).to_string(), length))
}

/// `[text](address)` as the text and, where it tells more, the address.
fn link(text: &str) -> Option<(String, usize)> {
    let (label, after) = text.strip_prefix('[')?.split_once("](")?;
    let (address, _) = after.split_once(')')?;
    let length = 1 + label.len() + 2 + address.len() + 1;
    let shown = if label == address { label.to_string() } else { format!("{label} {address}") };
    (!label.contains('[')).then_some((shown, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&render(markdown, width)).to_string()
    }

    #[test]
    fn marks_become_style() {
        assert_eq!(plain("**RUN** · step 4, `npm ci`, `` a`b ``", 80), "RUN · step 4, npm ci, a`b");
        assert_eq!(plain("a * b ** c ` d [x] e", 80), "a * b ** c ` d [x] e");
        assert_eq!(plain("[a](b)", 80), "a b");
        assert!(render("`x`", 80).contains("\u{1b}["));
    }

    #[test]
    fn paragraphs_are_wrapped_and_code_is_not() {
        assert_eq!(plain("one two\nthree\n\n\nfour  \nfive", 9), "one two\nthree\n\nfour\nfive");
        assert_eq!(plain("- one two three", 9), "- one two\n  three");
        assert_eq!(plain("```sh\nlong long line\n```\nafter", 6), "    long long line\nafter");
        assert_eq!(plain("# Title\n\ntext", 80), "Title\n\ntext");
    }
}
