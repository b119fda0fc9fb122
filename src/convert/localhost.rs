//! The name `localhost`, which a container may take for ::1.

/// `text` with 127.0.0.1 for `localhost` where that is a host to connect to; None where it is nowhere.
pub(super) fn without_localhost(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = 0;
    for (at, word) in text.match_indices("localhost") {
        let before = &text[..at];
        let after = text[at + word.len()..].chars().next();
        let joins = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        let header = before.trim_end().to_ascii_lowercase().ends_with("host:");
        if before.ends_with(joins) || after.is_some_and(joins) || header {
            continue;
        }
        out.push_str(&text[rest..at]);
        out.push_str("127.0.0.1");
        rest = at + word.len();
    }
    if rest == 0 {
        return None;
    }
    out.push_str(&text[rest..]);
    Some(out)
}
