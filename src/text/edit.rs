use super::Span;
use std::fmt;

/// One replacement in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced, in bytes of the text before any edit of the same batch; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` in the place of what stands in `span`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Puts `text` before the byte at `offset`.
    pub fn insert(offset: u32, text: impl Into<String>) -> Self {
        Self { span: Span::empty(offset), text: text.into() }
    }

    /// Takes out what stands in `span`.
    pub fn delete(span: Span) -> Self {
        Self { span, text: String::new() }
    }
}

/// Why a batch of edits can't be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits of the batch touch the same bytes.
    Overlap(Span, Span),
    /// The span isn't one of the text: past its end, backwards, or inside a character.
    OutOfText(Span),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditError::Overlap(a, b) => write!(f, "the edits of bytes {a:?} and {b:?} overlap"),
            EditError::OutOfText(span) => write!(f, "there are no bytes {span:?} in the text to edit"),
        }
    }
}

impl std::error::Error for EditError {}

/// `text` with all `edits` done at once. Their order doesn't matter, but for insertions at one place,
/// which come in the order given.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len() + sorted.iter().map(|e| e.text.len()).sum::<usize>());
    let mut done = Span::empty(0);
    for edit in sorted {
        if edit.span.start < done.end {
            return Err(EditError::Overlap(done, edit.span));
        }
        let kept = text.get(done.end as usize..edit.span.start as usize);
        let replaced = text.get(edit.span.range());
        let (Some(kept), Some(_)) = (kept, replaced) else {
            return Err(EditError::OutOfText(edit.span));
        };
        out.push_str(kept);
        out.push_str(&edit.text);
        done = edit.span;
    }
    out.push_str(text.get(done.end as usize..).ok_or(EditError::OutOfText(done))?);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_together_whatever_their_order() {
        let edits = [Edit::insert(3, "!"), Edit::replace(Span::new(0, 1), "b"), Edit::insert(3, "?")];
        assert_eq!(apply("aac", &edits).unwrap(), "bac!?");
    }

    #[test]
    fn edits_that_overlap_or_miss_the_text_are_refused() {
        let overlap = [Edit::delete(Span::new(0, 2)), Edit::delete(Span::new(1, 3))];
        assert!(matches!(apply("abc", &overlap), Err(EditError::Overlap(..))));
        assert!(matches!(apply("é", &[Edit::insert(1, "x")]), Err(EditError::OutOfText(_))));
        assert!(matches!(apply("a", &[Edit::insert(5, "x")]), Err(EditError::OutOfText(_))));
    }
}
