//! Small pieces of English.

use crate::layers::Subject;
use crate::model::Stage;

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Lines of a file: `line 4`, `lines 4 and 6`, `lines 4–6` for three or more that follow each other.
pub(super) fn lines(lines: &[u32]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let mut end = at;
        while end + 1 < lines.len() && lines[end + 1] == lines[end] + 1 {
            end += 1;
        }
        if end - at >= 2 {
            parts.push(format!("{}–{}", lines[at], lines[end]));
        } else {
            parts.extend(lines[at..=end].iter().map(u32::to_string));
        }
        at = end + 1;
    }
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", and(&parts))
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn or(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The stage with this number, its name or number as code.
pub(super) fn stage(subject: &Subject<'_>, index: usize) -> String {
    let label = subject.model.stages().get(index).map_or_else(Default::default, Stage::label);
    format!("stage `{label}`")
}

/// The most characters of a value or a path that are shown.
const LONGEST: usize = 120;

/// `text` as inline code, cut where it is very long, whatever backquotes it holds.
pub(in crate::features) fn code(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(cut);
        text.push('…');
    }
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_as_people_say_them() {
        assert_eq!(lines(&[4]), "line 4");
        assert_eq!(lines(&[4, 5]), "lines 4 and 5");
        assert_eq!(lines(&[4, 5, 6, 9]), "lines 4–6 and 9");
    }
}
