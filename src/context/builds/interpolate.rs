//! `$VAR` and `${VAR…}` in Compose files. Source: compose-go, `template/template.go`.

use super::Given;

/// How deep defaults may stand in defaults.
const DEEPEST: usize = 16;

/// `text` with its variables replaced by what `value` knows of them; None where one isn't known.
pub(super) fn interpolate(text: &str, value: &dyn Fn(&str) -> Option<Given>) -> Given {
    within(text, value, 0)
}

fn within(text: &str, value: &dyn Fn(&str) -> Option<Given>, depth: usize) -> Given {
    if depth > DEEPEST {
        return None;
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let end = closing(after)?;
            out.push_str(&braced(&after[..end], value, depth)?);
            rest = &after[end + 1..];
        } else {
            let name = name(rest);
            // Compose refuses what is no name.
            if name.is_empty() {
                return None;
            }
            out.push_str(&value(name)??);
            rest = &rest[name.len()..];
        }
    }
    out.push_str(rest);
    Some(out)
}

/// The place of the brace that ends what begins after `${`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '{' if before == '$' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// The value of `NAME`, `NAME:-word`, `NAME-word`, `NAME:+word`, `NAME+word`, `NAME:?word` or `NAME?word`.
/// What isn't set here may be set in the shell of whoever builds: only a default can stand for it.
fn braced(inner: &str, value: &dyn Fn(&str) -> Option<Given>, depth: usize) -> Given {
    let name = name(inner);
    let rest = &inner[name.len()..];
    let word = |word: &str| within(word, value, depth + 1);
    let known = value(name);
    let filled = || known.clone().map(|known| known.filter(|text| !text.is_empty()));
    if name.is_empty() {
        return None;
    }
    if rest.is_empty() {
        return known?;
    }
    for (operator, of) in [(":-", 0), ("-", 1), (":+", 2), ("+", 3), (":?", 4), ("?", 5)] {
        let Some(given) = rest.strip_prefix(operator) else { continue };
        return match (of, known.clone()) {
            // Set to something that isn't known here.
            (_, Some(None)) => None,
            (0, _) => filled().flatten().or_else(|| word(given)),
            (1, Some(known)) => known,
            (1, None) => word(given),
            (2, Some(Some(text))) if !text.is_empty() => word(given),
            (3, Some(_)) => word(given),
            (2 | 3, _) => Some(String::new()),
            (4, _) => filled().flatten(),
            _ => known.flatten(),
        };
    }
    None
}

fn name(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(at, c)| !(*c == '_' || c.is_ascii_alphabetic() || (*at > 0 && c.is_ascii_digit())))
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_compose_does() {
        let value = |name: &str| match name {
            "A" => Some(Some("a".to_owned())),
            "EMPTY" => Some(Some(String::new())),
            "HIDDEN" => Some(None),
            _ => None,
        };
        for (text, expected) in [
            ("plain", Some("plain")),
            ("$A-${A}", Some("a-a")),
            ("cost $$5 $${A}", Some("cost $5 ${A}")),
            ("${NO:-22}", Some("22")),
            ("${NO-22}", Some("22")),
            ("${A:-22}", Some("a")),
            ("${EMPTY:-22}", Some("22")),
            ("${EMPTY-22}", Some("")),
            ("${NO:-${ALSO_NO:-x}y}", Some("xy")),
            ("${NO:-${A}}z", Some("az")),
            ("${A:+yes}${NO:+no}${EMPTY:+no}${EMPTY+yes}", Some("yesyes")),
            ("${A:?must}", Some("a")),
            ("${EMPTY?must}", Some("")),
            // What isn't set here may be set where it is built.
            ("${NO}", None),
            ("$NO", None),
            ("${NO:?must be set}", None),
            ("${HIDDEN:-x}", None),
            ("${A", None),
            ("$", None),
            ("${}", None),
            ("${A!x}", None),
        ] {
            assert_eq!(interpolate(text, &value).as_deref(), expected, "{text}");
        }
        let deep = "${N:-".repeat(5_000) + &"}".repeat(5_000);
        assert_eq!(interpolate(&deep, &value), None);
    }
}
