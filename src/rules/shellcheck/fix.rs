use super::Script;
use crate::context::shellcheck::{Comment, Replacement};
use crate::rules::{Fix, Input};
use crate::text::{Edit, Span, apply};

/// ShellCheck's fix as edits of the Dockerfile. None where one of them can't be made there: it reaches over a
/// continuation or a comment, or into what doesn't stand in the file.
pub(super) fn fix(input: &Input<'_>, script: &Script, comment: &Comment) -> Option<Fix> {
    if comment.fix.is_empty() {
        return None;
    }
    let mut edits: Vec<(Edit, i64)> = comment
        .fix
        .iter()
        .map(|one| Some((edit(script, one, input)?, one.precedence)))
        .collect::<Option<_>>()?;
    // Of two at one place the one of higher precedence stands further left.
    edits.sort_by_key(|(edit, precedence)| (edit.span.start, edit.span.end, -precedence));
    let edits: Vec<Edit> = edits.into_iter().map(|(edit, _)| edit).collect();
    let span = edits.iter().map(|edit| edit.span).reduce(Span::to)?;
    let shown = shown(input.source(), span.to(script.span(comment, input.source())), &edits);
    apply(input.source(), &edits).ok()?;
    let title = match shown {
        Some(text) => format!("Write `{text}`, as ShellCheck advises"),
        None => format!("Write it as ShellCheck advises (SC{})", comment.code),
    };
    Some(Fix::unsafe_(title, input.edits(edits)))
}

fn edit(script: &Script, replacement: &Replacement, input: &Input<'_>) -> Option<Edit> {
    let (start, end) = (script.offset(replacement.start), script.offset(replacement.end));
    let text = &replacement.text;
    // A line break would end the instruction, and an escape character at the end of a line continues it.
    if text.contains('\n') || text.ends_with(input.tree().escape()) {
        return None;
    }
    if start >= end {
        let at = match replacement.after_before {
            true => script.preceding(start).or_else(|| script.following(start)),
            false => script.following(start).or_else(|| script.preceding(start)),
        };
        return Some(Edit::insert(at?, text));
    }
    let span = Span::new(script.following(start)?, script.preceding(end)?);
    (span.len() == end - start).then(|| Edit::replace(span, text))
}

/// What stands in `span` after the edits, where it is short enough for a title.
fn shown(source: &str, span: Span, edits: &[Edit]) -> Option<String> {
    let within: Vec<Edit> = edits
        .iter()
        .map(|edit| {
            let at = |offset: u32| offset - span.start;
            Edit { span: Span::new(at(edit.span.start), at(edit.span.end)), text: edit.text.clone() }
        })
        .collect();
    let text = apply(span.of(source), &within).ok()?;
    let fits = text.chars().count() <= 48 && !text.contains(['\n', '`']);
    fits.then_some(text).filter(|text| !text.trim().is_empty())
}
