//! The `.env` file beside a Compose file. Source: compose-go, `dotenv/parser.go`.

use super::Given;
use super::budget::Budget;
use super::interpolate::interpolate;
use std::collections::HashMap;

/// What the file sets; a value that hangs on what isn't known here is None.
pub(super) fn read(text: &str, budget: &Budget) -> HashMap<String, Given> {
    let mut set: HashMap<String, Given> = HashMap::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let start = line.trim_start();
        let start = start.strip_prefix("export ").map_or(start, str::trim_start);
        let split = start.find(['=', ':']).filter(|_| !start.starts_with('#'));
        let Some(at) = split else {
            rest = after;
            continue;
        };
        let name = start[..at].trim();
        let written = start[at + 1..].trim_start();
        let value = match written.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                // Quoted values may run over lines.
                let body = &rest[line.len() - written.len() + 1..];
                match end_of(body, quote) {
                    Some(end) => {
                        let value = &body[..end];
                        let tail = &body[end + 1..];
                        rest = tail.split_once('\n').map_or("", |(_, after)| after);
                        set_value(&mut set, name, quoted(value, quote), budget);
                        continue;
                    }
                    // Never closed: Compose refuses the file from here on.
                    None => return set,
                }
            }
            _ => {
                let plain = written.find(" #").map_or(written, |at| &written[..at]).trim_end();
                if plain.starts_with('#') { Raw::Text("") } else { Raw::Text(plain) }
            }
        };
        set_value(&mut set, name, value, budget);
        rest = after;
    }
    set
}

/// A value as it is written.
enum Raw<'t> {
    /// Its variables are replaced.
    Text(&'t str),
    /// The same with its escapes taken out before.
    Owned(String),
    Literal(&'t str),
}

fn set_value(set: &mut HashMap<String, Given>, name: &str, raw: Raw<'_>, budget: &Budget) {
    if name.is_empty() || name.contains(char::is_whitespace) {
        return;
    }
    let value = {
        let known = |name: &str| set.get(name).map(Option::as_deref);
        match raw {
            Raw::Literal(text) => Some(text.to_owned()),
            Raw::Text(text) => interpolate(text, &known, budget),
            Raw::Owned(text) => interpolate(&text, &known, budget),
        }
    };
    set.insert(name.to_owned(), value);
}

fn quoted(body: &str, quote: char) -> Raw<'_> {
    if quote == '\'' {
        return Raw::Literal(body);
    }
    let mut out = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    Raw::Owned(out)
}

/// Where the quote closes.
fn end_of(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    body.char_indices().find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        closes.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_compose_does() {
        let text = "\u{feff}# first\nA=1\nexport B = two words # told\nC='$A # not a comment'\nD=\"x ${A}\\n\\$A\" # c\n\
                    E=\nF=${A}-${B}\nG=${NOWHERE}\nH: yaml\nM=\"two\nlines\"\nnonsense\nI=a#b\r\nJ=last";
        let set = read(text, &Budget::default());
        let value = |name: &str| set.get(name).map(|value| value.as_deref());
        for (name, expected) in [
            ("A", Some(Some("1"))),
            ("B", Some(Some("two words"))),
            ("C", Some(Some("$A # not a comment"))),
            ("D", Some(Some("x 1\n$A"))),
            ("E", Some(Some(""))),
            ("F", Some(Some("1-two words"))),
            ("G", Some(None)),
            ("H", Some(Some("yaml"))),
            ("M", Some(Some("two\nlines"))),
            ("I", Some(Some("a#b"))),
            ("J", Some(Some("last"))),
            ("nonsense", None),
        ] {
            assert_eq!(value(name), expected, "{name}");
        }
        assert_eq!(read("A=1\nB=\"open\nC=3", &Budget::default()).len(), 1);
    }
    #[test]
    fn values_of_values_do_not_grow_without_bound() {
        let mut text = "V0=xxxxxxxxxxxxxxxx\n".to_owned();
        for at in 1..60 {
            text += &format!("V{at}=$V{}${{V{}}}\n", at - 1, at - 1);
        }
        text += "SHORT=$V0\n";
        let set = read(&text, &Budget::default());
        let length = |name: &str| set[name].as_ref().map(String::len);
        assert_eq!((length("V3"), length("V59"), length("SHORT")), (Some(128), None, Some(16)));
    }
}
