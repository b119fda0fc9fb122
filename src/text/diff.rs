use super::{Edit, Span};
use similar::{Algorithm, DiffTag, TextDiff};

/// The edits that turn `old` into `new`, whole lines each, so that a line which stays isn't touched. Where a
/// line only grows or shrinks in one place, only that place is.
pub fn line_edits(old: &str, new: &str) -> Vec<Edit> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old_lines, &new_lines);
    let starts = |lines: &[&str]| {
        let mut at = 0;
        let mut starts = vec![0];
        for line in lines {
            at += line.len();
            starts.push(at);
        }
        starts
    };
    let old_starts = starts(&old_lines);
    let new_starts = starts(&new_lines);
    let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
    changed
        .filter_map(|op| {
            let bytes = |starts: &[usize], range: std::ops::Range<usize>| {
                Some(*starts.get(range.start)?..*starts.get(range.end)?)
            };
            let from = bytes(&old_starts, op.old_range())?;
            let to = bytes(&new_starts, op.new_range())?;
            Some(narrow(old.get(from.clone())?, new.get(to)?, from.start))
        })
        .collect()
}

/// The replacement of `old`, which starts at byte `at`, by `new`; only the place where one of them has more,
/// where that is all the difference.
fn narrow(old: &str, new: &str, at: usize) -> Edit {
    let prefix = common(old.chars(), new.chars());
    let (old_rest, new_rest) = (&old[prefix..], &new[prefix..]);
    let suffix = common(old_rest.chars().rev(), new_rest.chars().rev());
    let (gone, come) = (&old_rest[..old_rest.len() - suffix], &new_rest[..new_rest.len() - suffix]);
    if gone.is_empty() || come.is_empty() {
        let start = at + prefix;
        return Edit::replace(Span::from(start..start + gone.len()), come);
    }
    Edit::replace(Span::from(at..at + old.len()), new)
}

/// How many bytes two texts have in common, from where they are read.
fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_that_stay_are_not_touched() {
        let old = "FROM a\nRUN x\nEXPOSE 1\nCMD [\"npm\"]\n";
        let new = "FROM a AS b\nRUN x\n\nFROM a AS c\nEXPOSE 1\nCMD [\"node\"]\n";
        let edits = line_edits(old, new);
        let shown: Vec<(&str, &str)> = edits.iter().map(|e| (e.span.of(old), e.text.as_str())).collect();
        assert_eq!(shown, [("", " AS b"), ("", "\nFROM a AS c\n"), ("CMD [\"npm\"]\n", "CMD [\"node\"]\n")]);
    }

    proptest! {
        #[test]
        fn the_edits_make_the_new_text(old in "[ab\n\ré]{0,12}", new in "[ab\n\ré]{0,12}") {
            prop_assert_eq!(apply(&old, &line_edits(&old, &new)).unwrap(), new);
        }
    }
}
