//! "Did you mean …": the nearest of a list of words.
//!
//! BuildKit (`util/suggest`) suggests what is fewer than three edits away, whatever the length, and so
//! answers `foo` with `from`. Here the bound follows the length, a swap of neighbours is one edit, and
//! a word that is only not finished yet is found.

/// The longest word, in characters, that is compared.
const LONGEST: usize = 64;

/// The candidate nearest to `word`, regardless of case; the first of equals. `None` where nothing is near
/// enough to be meant, and where `word` is one of them: then the word isn't what's wrong.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower: Vec<char> = word.to_lowercase().chars().collect();
    if lower.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates {
        if candidate == word {
            return None;
        }
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        if other.len() > LONGEST {
            continue;
        }
        let distance = distance(&lower, &other);
        let begun = lower.len() >= 2 && other.starts_with(&lower);
        let bound = if begun { 3 } else { bound(lower.len().min(other.len())) };
        if distance <= bound && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `candidate` in the case of `word`: all lower, all upper, or as it stands.
pub fn in_case_of(candidate: &str, word: &str) -> String {
    if word == word.to_lowercase() {
        candidate.to_lowercase()
    } else if word == word.to_uppercase() {
        candidate.to_uppercase()
    } else {
        candidate.to_owned()
    }
}

/// How many edits a word of this many characters may be away.
fn bound(length: usize) -> usize {
    match length {
        0 | 1 => 0,
        2..=4 => 1,
        _ => 2,
    }
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&above, j) + usize::from(ca != cb);
            let mut least = replaced.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(&cb) && b.get(j - 1) == Some(&ca);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: [&str; 4] = ["mount", "network", "security", "device"];

    #[test]
    fn slips_of_the_hand_are_understood() {
        assert_eq!(nearest("mont", FLAGS), Some("mount"));
        assert_eq!(nearest("netwrok", FLAGS), Some("network"));
        assert_eq!(nearest("MOUNT", FLAGS), Some("mount"));
        assert_eq!(nearest("tmp", ["bind", "tmpfs"]), Some("tmpfs"));
        assert_eq!(nearest("BULIDPLATFORM", ["TARGETPLATFORM", "BUILDPLATFORM"]), Some("BUILDPLATFORM"));
        assert_eq!(nearest("FNTRYPOINT", ["ENTRYPOINT", "FROM"]), Some("ENTRYPOINT"));
    }

    #[test]
    fn what_is_far_or_right_is_not_answered() {
        assert_eq!(nearest("foo", ["from", "chown"]), None);
        assert_eq!(nearest("x", ["rx"]), None);
        assert_eq!(nearest("mount", FLAGS), None);
        assert_eq!(nearest("", FLAGS), None);
        assert_eq!(nearest(&"m".repeat(100_000), FLAGS), None);
    }

    #[test]
    fn the_answer_can_take_the_words_case() {
        assert_eq!(in_case_of("FROM", "form"), "from");
        assert_eq!(in_case_of("from", "FORM"), "FROM");
        assert_eq!(in_case_of("From", "Form"), "From");
    }
}
