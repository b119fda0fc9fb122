//! Quotes that are still open where something is typed.

/// Whether `text`, the beginning of what an instruction holds, ends within quotes.
pub(super) fn are_open(text: &str, escape: char) -> bool {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (open, char) {
            (Some(quote), _) if char == quote => open = None,
            // Nothing is escaped in single quotes.
            (None | Some('"'), _) if char == escape || char == '\\' => {
                chars.next();
            }
            (None, '"' | '\'') => open = Some(char),
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::are_open;

    #[test]
    fn quotes_are_counted_as_shells_do() {
        for (text, open) in [
            ("a", false),
            ("\"a", true),
            ("\"a\"", false),
            ("\"it's", true),
            ("'a\\'", false),
            ("\"a\\\"", true),
            ("a\\\"", false),
        ] {
            assert_eq!(are_open(text, '\\'), open, "{text}");
        }
    }
}
