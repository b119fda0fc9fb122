//! Edits that take something out and leave the rest as it stands. None where a comment would go with it, or where
//! it isn't clear what stays.

use super::whole_lines;
use crate::rules::{Input, Site};
use crate::shell::{Connector, Dialect, Item, Pipeline, Separator};
use crate::syntax::{Flag, Instruction, Keyword};
use crate::text::{Edit, Span};

/// Takes the whole instruction out, its ONBUILD with it.
pub fn instruction(input: &Input<'_>, site: Site<'_>) -> Option<Edit> {
    let outer = input.tree().instruction(site.id)?;
    let plain = outer.comments.is_empty() && site.instruction.comments.is_empty();
    plain.then(|| Edit::delete(whole_lines(input.source(), outer.full_span)))
}

/// Takes a flag out, with the blanks behind it.
pub fn flag(input: &Input<'_>, instruction: &Instruction, flag: &Flag) -> Option<Edit> {
    let later = instruction.flags.iter().map(|other| other.span.start).filter(|at| *at > flag.span.start);
    let next = later.min().unwrap_or(instruction.rest_span().start);
    gap(input, instruction, Span::new(flag.span.start, next))
}

/// Takes one of the `parts` of an instruction out (its arguments, the pairs of a LABEL), which stand in the order
/// of the text; the instruction itself where it is the only one.
pub fn part(input: &Input<'_>, site: Site<'_>, parts: &[Span], part: Span) -> Option<Edit> {
    let at = parts.iter().position(|other| *other == part)?;
    match (at.checked_sub(1).and_then(|before| parts.get(before)), parts.get(at + 1)) {
        (Some(before), _) => gap(input, site.instruction, Span::new(before.end, part.end)),
        (None, Some(next)) => gap(input, site.instruction, Span::new(part.start, next.start)),
        (None, None) => instruction(input, site),
    }
}

fn gap(input: &Input<'_>, instruction: &Instruction, gap: Span) -> Option<Edit> {
    let outer = input.tree().instruction_at(gap.start)?;
    let comment = outer.comments.iter().chain(&instruction.comments).any(|comment| gap.meets(*comment));
    (!gap.is_empty() && !comment).then(|| Edit::delete(gap))
}

/// Takes the commands in `span` out of a RUN, together with what ties them to the others: all that stands there
/// are whole commands of its outermost chain of `&&`, or whole items of its outermost list. The instruction goes
/// where nothing else is left.
pub fn commands(input: &Input<'_>, site: Site<'_>, span: Span) -> Option<Edit> {
    let script = input.script(site.id)?;
    let run = site.instruction;
    let sound = script.dialect == Dialect::Posix && script.errors.is_empty() && !script.truncated;
    if run.keyword != Keyword::Run || run.is_exec() || !sound {
        return None;
    }
    let commented = |gap: Span| {
        script.comments.iter().chain(&run.comments).any(|comment| gap.meets(*comment))
            || run.heredocs.iter().any(|heredoc| gap.encloses(heredoc.opener))
    };
    let items = script.items();
    // What runs beside the others would no longer.
    if items.iter().any(|item| item.separator.is_some_and(|(kind, _)| kind == Separator::Background)) {
        return None;
    }
    let gap = if items.iter().any(|item| item.chain.span() == span) && items.len() == 1 {
        return (run.heredocs.len() <= 1).then(|| instruction(input, site))?;
    } else if let Some(at) = items.iter().position(|item| item.chain.span() == span) {
        between(&items.iter().map(|item| item.chain.span()).collect::<Vec<_>>(), at, at)
    } else {
        let item = items.iter().find(|item| item.chain.span().encloses(span))?;
        let chain = pipelines(item)?;
        let first = chain.iter().position(|pipeline| pipeline.span.start == span.start)?;
        let last = chain.iter().position(|pipeline| pipeline.span.end == span.end)?;
        between(&chain.iter().map(|pipeline| pipeline.span).collect::<Vec<_>>(), first, last)
    }?;
    (!commented(gap)).then(|| Edit::delete(gap))
}

/// From the end of what stands before the parts `first` to `last`, else up to what comes behind them.
fn between(parts: &[Span], first: usize, last: usize) -> Option<Span> {
    let (start, end) = (parts.get(first)?, parts.get(last)?);
    match first.checked_sub(1).and_then(|before| parts.get(before)) {
        Some(before) => Some(Span::new(before.end, end.end)),
        None => parts.get(last + 1).map(|next| Span::new(start.start, next.start)),
    }
}

/// The pipelines of an item, where nothing but `&&` ties them.
fn pipelines(item: &Item) -> Option<Vec<&Pipeline>> {
    let plain = item.chain.rest.iter().all(|(connector, ..)| *connector == Connector::And);
    let rest = item.chain.rest.iter().map(|(_, _, pipeline)| pipeline);
    plain.then(|| std::iter::once(&item.chain.first).chain(rest).collect())
}
