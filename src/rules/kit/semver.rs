//! Ranges of versions, as package.json has them.
//!
//! Source: the range grammar of node-semver. Labels of pre-releases are left aside.

type Version = (u32, u32, u32);

/// Everything from the first version, included, to the second one, excluded.
pub type Interval = (Version, Version);

const END: Version = (u32::MAX, 0, 0);

/// The intervals of a range; None where it isn't one.
pub fn range(text: &str) -> Option<Vec<Interval>> {
    text.split("||").map(|part| comparators(part.trim())).collect()
}

/// The versions that a tag such as `20`, `20.11` or `20.11.1` may mean.
pub fn tag(text: &str) -> Option<Interval> {
    match numbers(text)?[..] {
        [major] => Some(((major, 0, 0), (major.checked_add(1)?, 0, 0))),
        [major, minor] => Some(((major, minor, 0), (major, minor.checked_add(1)?, 0))),
        [major, minor, patch] => Some(((major, minor, patch), (major, minor, patch.checked_add(1)?))),
        _ => None,
    }
}

/// Whether the two have a version in common.
pub fn meets(a: Interval, b: Interval) -> bool {
    a.0.max(b.0) < a.1.min(b.1)
}

/// What holds for all comparators of one part: `>=18 <23`, `^20.1`, `18 - 20`, `20.x`.
fn comparators(text: &str) -> Option<Interval> {
    if let Some((from, to)) = text.split_once(" - ") {
        return Some((span(from.trim())?.0, span(to.trim())?.1));
    }
    let mut all = ((0, 0, 0), END);
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        // A blank may stand behind the operator.
        let lone = word.chars().all(|c| "<>=~^".contains(c));
        let word = if lone { format!("{word}{}", words.next()?) } else { word.to_owned() };
        let one = comparator(&word)?;
        all = (all.0.max(one.0), all.1.min(one.1));
    }
    Some(all)
}

fn comparator(word: &str) -> Option<Interval> {
    let at = word.find(|c| !"<>=~^".contains(c)).unwrap_or(word.len());
    let (operator, version) = word.split_at(at);
    let own = span(version)?;
    Some(match operator {
        "" | "=" => own,
        ">=" => (own.0, END),
        ">" => (own.1, END),
        "<" => ((0, 0, 0), own.0),
        "<=" => ((0, 0, 0), own.1),
        "^" => {
            let (major, minor, patch) = own.0;
            let end = match (major, minor) {
                _ if own.1 == END => END,
                (0, 0) if own.1 == (0, 0, patch.checked_add(1)?) => own.1,
                (0, _) if own.1.0 == 0 => (0, minor.checked_add(1)?, 0),
                _ => (major.checked_add(1)?, 0, 0),
            };
            (own.0, end)
        }
        "~" | "~>" => {
            let (major, minor, _) = own.0;
            (own.0, if own.1.0 > major { own.1 } else { (major, minor.checked_add(1)?, 0) })
        }
        _ => return None,
    })
}

/// The versions that `20`, `20.x`, `20.11` or `*` stand for.
fn span(text: &str) -> Option<Interval> {
    let text = text.trim_start_matches('v');
    if matches!(text, "" | "*" | "x" | "X") {
        return Some(((0, 0, 0), END));
    }
    let text = text.split(['-', '+']).next().unwrap_or(text);
    let text = text.trim_end_matches(".x").trim_end_matches(".X").trim_end_matches(".*");
    let text = text.trim_end_matches(".x").trim_end_matches(".*");
    tag(text)
}

/// Up to three numbers between points; None where something else stands there.
fn numbers(text: &str) -> Option<Vec<u32>> {
    let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_fits_a_range_where_some_version_is_in_both() {
        let fits = |version: &str, wanted: &str| {
            let Some(ranges) = range(wanted) else { panic!("{wanted} isn't read") };
            let Some(own) = tag(version) else { panic!("{version} isn't read") };
            ranges.into_iter().any(|range| meets(range, own))
        };
        for wanted in [
            ">=18",
            "^20.1.0",
            "20.x",
            "18 || >= 20",
            ">=18.17 <21",
            "18 - 20",
            "*",
            "~20.11",
            ">=20.11.0",
            "v20",
        ] {
            assert!(fits("20", wanted), "{wanted}");
        }
        for wanted in [">=22", "^18", "18.x", "<20", ">20", "~18.2", "16 - 18", "<=19", "22.1.0", ">=18 <20"]
        {
            assert!(!fits("20", wanted), "{wanted}");
        }
        assert!(fits("20.11.1", ">=20.11") && !fits("20.10", ">=20.11") && !fits("20.9.0", "~20.11"));
        assert!(fits("0.2.3", "^0.2.0") && !fits("0.3.0", "^0.2.0"));
        assert!(fits("20", "^*") && fits("0.5", "^*"));
        for odd in ["lts/*", "node", ">=a", "1.2.3.4", "^0.4294967295.1", "^4294967295.1"] {
            assert_eq!(range(odd), None, "{odd}");
        }
    }
}
