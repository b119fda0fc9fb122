//! Long texts, shown on one line.

/// `text` on one line, cut behind so many characters.
pub(super) fn short(text: &str, longest: usize) -> String {
    // No more of a long text is looked at than may be shown.
    let shown = &text[..text.floor_char_boundary(longest * 4)];
    let mut short = String::with_capacity(shown.len().min(longest + 4));
    for word in shown.split_whitespace() {
        short.push_str(if short.is_empty() { "" } else { " " });
        short.push_str(word);
        if short.len() > longest * 4 {
            break;
        }
    }
    let cut = if short.len() > longest { short.char_indices().nth(longest) } else { None };
    if let Some((end, _)) = cut {
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
