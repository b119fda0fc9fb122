//! Long texts, shown on one line.

use std::borrow::Cow;

/// `text` on one line, cut behind so many characters.
pub(super) fn short(text: &str, longest: usize) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_graphic();
    // Most are short and on one line as they are: graphic characters with one blank between.
    let one_line = bytes.first().is_none_or(plain)
        && bytes.last().is_none_or(plain)
        && bytes.windows(2).all(|pair| plain(&pair[0]) || (pair[0] == b' ' && plain(&pair[1])));
    if text.len() <= longest && one_line { Cow::Borrowed(text) } else { Cow::Owned(shortened(text, longest)) }
}

fn shortened(text: &str, longest: usize) -> String {
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
        assert_eq!(short("", 3), "");
        assert_eq!(short("a b", 3), "a b");
        assert_eq!(short(" a \n b ", 3), "a b");
        assert_eq!(short("a  b", 9), "a b");
        assert_eq!(short("a\tb", 9), "a b");
        assert_eq!(short("a b 😀", 4), "a b …");
        assert_eq!(short(&format!("a{}b", " ".repeat(50)), 4), "a…");
    }
}
