//! Names in arithmetic, where a variable needs no `$`.

use super::{Part, PartKind, Text};
use std::ops::Range;

/// A name in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// In bytes of the text that was read.
    pub at: Range<usize>,
    /// The expression gives it a value: `=`, `+=`, `++` and their like stand beside it.
    pub set: bool,
}

/// The names in the text of an expression, one after another. What begins with a digit is a number: `0xff`, `16#ff`.
pub(super) fn names(text: &str) -> Vec<Named> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
        if run == 0 {
            at += 1;
        } else if bytes[at].is_ascii_digit() {
            at += bytes[at..].iter().take_while(|byte| is_part(byte) || matches!(byte, b'#' | b'@')).count();
        } else {
            let set = is_set(text[..at].trim_end(), text[at + run..].trim_start());
            found.push(Named { at: at..at + run, set });
            at += run;
        }
    }
    found
}

/// Whether what stands before or behind a name gives it a value.
fn is_set(before: &str, behind: &str) -> bool {
    let steps = |text: &str| text.starts_with("++") || text.starts_with("--");
    // Behind `a` in `a ++b` the signs are b's, and `a+ +b` has none.
    let own = before.ends_with("++") || before.ends_with("--");
    if own || steps(behind) {
        return true;
    }
    let operator: &str = &behind[..behind.bytes().take_while(|byte| b"*/%+-<>&^|".contains(byte)).count()];
    let is_operator = matches!(operator, "" | "*" | "/" | "%" | "+" | "-" | "<<" | ">>" | "&" | "^" | "|");
    let rest = &behind[operator.len()..];
    is_operator && rest.starts_with('=') && !rest.starts_with("==")
}

/// Whether the text of this part makes one word with what stands beside it: `a$b` is a name that only the shell knows.
pub(super) fn joins(part: &Part, text: &Text) -> bool {
    match part.kind {
        PartKind::Literal | PartKind::Glob | PartKind::Single | PartKind::AnsiC | PartKind::Double(_) => {
            false
        }
        // A continuation within a name.
        PartKind::Escaped => part.at.of(text.as_str()).contains('\n'),
        _ => true,
    }
}

/// Whether this is an operator of `[[ … ]]` that compares numbers.
pub(super) fn compares(operator: &str) -> bool {
    matches!(operator, "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge")
}

/// Whether arrays of this script may have words as their keys, which are no names.
pub(super) fn has_maps(script: &str) -> bool {
    let declares = ["declare", "typeset", "local"].iter().any(|program| script.contains(program));
    let is_map = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('A');
    declares && script.split_whitespace().any(is_map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_numbers_and_what_is_set_from_what_is_read() {
        let shown = |text: &str| -> Vec<String> {
            let shown = |it: Named| format!("{}{}", &text[it.at], if it.set { "=" } else { "" });
            names(text).into_iter().map(shown).collect()
        };
        assert_eq!(shown("a_1 + 0xff*16#ab - 1e"), ["a_1"]);
        assert_eq!(shown("a = b == c, d+=e<=f"), ["a=", "b", "c", "d=", "e", "f"]);
        assert_eq!(shown("a++ + --b"), ["a=", "b="]);
        assert_eq!(shown("a<<=b ? c : d>=e"), ["a=", "b", "c", "d", "e"]);
        assert_eq!(shown("a[i]!=b"), ["a", "i", "b"]);
    }
}
