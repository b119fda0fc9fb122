//! `$VAR` and `${VAR…}` in Compose files. Source: compose-go, `template/template.go`.

use super::Given;
use super::budget::{Budget, DEEPEST, LONGEST};

/// What is known of a variable: None where it isn't set here, Some(None) where it is set to something that isn't
/// known.
pub(super) type Known<'v> = Option<Option<&'v str>>;

/// `text` with its variables replaced by what `value` knows of them; None where one isn't known, or where it
/// gets too long.
pub(super) fn interpolate<'v>(text: &str, value: &dyn Fn(&str) -> Known<'v>, budget: &Budget) -> Given {
    if !budget.take(text.len()) {
        return None;
    }
    if !text.contains('$') {
        return Some(text.to_owned());
    }
    Reader { value, budget }.within(text, 0)
}

struct Reader<'r, 'v> {
    value: &'r dyn Fn(&str) -> Known<'v>,
    budget: &'r Budget,
}

impl Reader<'_, '_> {
    fn within(&self, text: &str, depth: usize) -> Given {
        if depth > DEEPEST {
            return None;
        }
        let mut out = String::new();
        let mut push = |piece: &str| {
            let fits = out.len() + piece.len() <= LONGEST && self.budget.take(piece.len());
            fits.then(|| out.push_str(piece))
        };
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            push(&rest[..at])?;
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                push("$")?;
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let end = closing(after)?;
                push(&self.braced(&after[..end], depth)?)?;
                rest = &after[end + 1..];
            } else {
                let name = name(rest);
                // Compose refuses what is no name.
                if name.is_empty() {
                    return None;
                }
                push((self.value)(name)??)?;
                rest = &rest[name.len()..];
            }
        }
        push(rest)?;
        Some(out)
    }

    /// The value of `NAME`, `NAME:-word`, `NAME-word`, `NAME:+word`, `NAME+word`, `NAME:?word` or `NAME?word`.
    /// What isn't set here may be set in the shell of whoever builds: only a default can stand for it.
    fn braced(&self, inner: &str, depth: usize) -> Given {
        let name = name(inner);
        let rest = &inner[name.len()..];
        if name.is_empty() {
            return None;
        }
        let word = |word: &str| self.within(word, depth + 1);
        let known = (self.value)(name);
        if rest.is_empty() {
            return known?.map(str::to_owned);
        }
        for (operator, of) in [(":-", 0), ("-", 1), (":+", 2), ("+", 3), (":?", 4), ("?", 5)] {
            let Some(given) = rest.strip_prefix(operator) else { continue };
            // Set to something that isn't known here.
            if known == Some(None) {
                return None;
            }
            let set = known.flatten();
            let filled = set.filter(|text| !text.is_empty());
            return match of {
                0 => filled.map(str::to_owned).or_else(|| word(given)),
                1 => set.map(str::to_owned).or_else(|| word(given)),
                2 if filled.is_some() => word(given),
                3 if set.is_some() => word(given),
                2 | 3 => Some(String::new()),
                4 => filled.map(str::to_owned),
                _ => set.map(str::to_owned),
            };
        }
        None
    }
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
            "A" => Some(Some("a")),
            "EMPTY" => Some(Some("")),
            "HIDDEN" => Some(None),
            _ => None,
        };
        let budget = Budget::default();
        let interpolate = |text: &str| interpolate(text, &value, &budget);
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
            assert_eq!(interpolate(text).as_deref(), expected, "{text}");
        }
        let deep = "${N:-".repeat(5_000) + &"}".repeat(5_000);
        assert_eq!(interpolate(&deep), None);
    }
    #[test]
    fn a_value_that_grows_without_bound_is_not_known() {
        let long = "x".repeat(LONGEST / 2);
        let value = |_: &str| Some(Some(&*long));
        let budget = Budget::default();
        assert_eq!(interpolate("$V${V}", &value, &budget).map(|text| text.len()), Some(LONGEST));
        for text in ["$V$V.", "${V}${V:-}.", "${V:+$V$V.}"] {
            assert_eq!(interpolate(text, &value, &budget), None, "{text}");
        }
        // As it stands in the file it may be as long as that.
        assert!(interpolate(&"x".repeat(3 * LONGEST), &value, &budget).is_some());
        // Many values that are each short enough.
        let known = (0..100_000).filter(|_| interpolate("$V", &value, &budget).is_some()).count();
        assert!((10..10_000).contains(&known), "{known}");
        assert!(budget.is_spent() && interpolate("x", &value, &budget).is_none());
    }
}
