//! "Did you mean …": the nearest of a list of words.
//!
//! BuildKit (`util/suggest`) suggests what is fewer than three edits away, whatever the length, and so
//! answers `foo` with `from`. Here the bound follows the length, a swap of neighbours is one edit, and
//! a word that is only not finished yet is found.

use std::ops::RangeInclusive;

/// The longest word, in characters, that is compared.
const LONGEST: usize = 64;

/// So many edits away a word may be at most, where it's only begun.
const MOST: usize = 3;

/// The candidate nearest to `word`, regardless of case; the first of equals. `None` where nothing is near
/// enough to be meant, and where `word` is one of them: then the word isn't what's wrong.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let (mut word_chars, mut other_chars) = (['\0'; LONGEST], ['\0'; LONGEST]);
    let lower = lower(word, &mut word_chars)?;
    let own_letters = letters_of(word);
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates {
        if candidate == word {
            return None;
        }
        // What is plainly too far away is known without a comparison.
        if word.is_ascii() && candidate.is_ascii() && !is_in_reach(word, candidate) {
            continue;
        }
        // At least so many edits are needed; this spares most of the comparisons.
        let other_letters = letters_of(candidate);
        let (lost, new) = (own_letters & !other_letters, other_letters & !own_letters);
        let differing = lost.count_ones().max(new.count_ones()) as usize;
        if differing > MOST {
            continue;
        }
        let Some(other) = self::lower(candidate, &mut other_chars) else { continue };
        let begun = lower.len() >= 2 && other.starts_with(lower);
        let bound = if begun { MOST } else { bound(lower.len().min(other.len())) };
        if lower.len().abs_diff(other.len()).max(differing) > bound {
            continue;
        }
        let distance = distance(lower, other);
        if distance <= bound && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many bytes the words can have that [`nearest`] finds.
pub fn lengths_near(word: &str) -> RangeInclusive<usize> {
    // A character is of four bytes at most.
    if !word.is_ascii() {
        return 0..=LONGEST * 4;
    }
    // What differs may be longer than a byte.
    word.len().saturating_sub(MOST)..=word.len() + MOST * 4
}

/// The characters of `word` in lower case; None where there are more than `buffer` takes.
fn lower<'b>(word: &str, buffer: &'b mut [char; LONGEST]) -> Option<&'b [char]> {
    let mut length = 0;
    if word.is_ascii() {
        let lower = buffer.get_mut(..word.len())?;
        for (place, byte) in lower.iter_mut().zip(word.bytes()) {
            *place = char::from(byte.to_ascii_lowercase());
        }
        return Some(lower);
    }
    for c in word.chars().flat_map(char::to_lowercase) {
        *buffer.get_mut(length)? = c;
        length += 1;
    }
    buffer.get(..length)
}

/// Whether the lengths of two words of ASCII characters let one be meant by the other.
fn is_in_reach(word: &str, candidate: &str) -> bool {
    let (word, candidate) = (word.as_bytes(), candidate.as_bytes());
    let apart = word.len().abs_diff(candidate.len());
    let begun = || candidate.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    apart <= bound(word.len().min(candidate.len())) || (apart <= MOST && begun())
}

/// Which letters are there in lower case, a bit for each; letters that are 64 apart share one.
fn letters_of(word: &str) -> u64 {
    let with = |letters: u64, c: char| letters | 1 << (c as u32 % 64);
    if word.is_ascii() {
        return word.bytes().fold(0, |letters, byte| letters | 1 << (byte.to_ascii_lowercase() % 64));
    }
    word.chars().flat_map(char::to_lowercase).fold(0, with)
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
/// (optimal string alignment). Both have at most [`LONGEST`] characters.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = [[0_u8; LONGEST + 1]; 3];
    let [before, above, row] = &mut rows;
    let (mut before, mut above, mut row) = (before, above, row);
    for (j, cell) in above.iter_mut().enumerate() {
        *cell = j as u8;
    }
    for (i, &ca) in a.iter().enumerate() {
        row[0] = i as u8 + 1;
        for (j, &cb) in b.iter().enumerate() {
            let replaced = above[j] + u8::from(ca != cb);
            row[j + 1] = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == cb && b[j - 1] == ca {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        (before, above, row) = (above, row, before);
    }
    usize::from(above[b.len()])
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
    fn what_is_found_is_within_the_lengths_that_are_said() {
        for (word, candidate) in
            [("mount", "mount2é"), ("mounty", "mount"), ("mouñt", "mount"), ("mont", "mount")]
        {
            if nearest(word, [candidate]).is_some() {
                assert!(lengths_near(word).contains(&candidate.len()), "{word} {candidate}");
            }
        }
        assert!(lengths_near("ab").contains(&0));
    }

    #[test]
    fn the_answer_can_take_the_words_case() {
        assert_eq!(in_case_of("FROM", "form"), "from");
        assert_eq!(in_case_of("from", "FORM"), "FROM");
        assert_eq!(in_case_of("From", "Form"), "From");
    }
}
