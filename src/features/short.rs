//! Long texts, shown on one line.

/// `text` on one line, cut behind so many characters.
pub(super) fn short(text: &str, longest: usize) -> String {
    // No more of a long text is looked at than may be shown.
    let shown = text.char_indices().nth(longest * 4).map_or(text, |(end, _)| &text[..end]);
    let mut short = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = short.char_indices().nth(longest) {
        short.truncate(end);
        short.push('…');
    } else if shown.len() < text.len() && !text[shown.len()..].trim().is_empty() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(short(" a \n b ", 3), "a b");
        assert_eq!(short("a b 😀", 4), "a b …");
        assert_eq!(short(&format!("a{}b", " ".repeat(50)), 4), "a…");
    }
}
