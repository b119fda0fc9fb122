//! `textDocument/selectionRange`.

use super::{Snapshot, call_hierarchy};
use crate::shell::{PieceKind, Script};
use crate::syntax::{Instruction, Item};
use crate::text::Span;

/// What is selected step by step from a caret at `offset` outward: the name, the word, the command, the
/// argument, the instruction, the stage, the file. Each lies in the next and is smaller.
pub fn selection_ranges(snapshot: &Snapshot, offset: u32) -> Vec<Span> {
    let (tree, model, source) = (snapshot.tree(), snapshot.model(), snapshot.source());
    let offset = offset.min(source.len() as u32);
    let mut found = vec![Span::new(0, source.len() as u32)];
    if let Some(id) = tree.id_at(offset) {
        if let Some(stage) = model.stage_of(id) {
            found.push(call_hierarchy::span_of(snapshot, stage));
        }
        if let Some(instruction) = tree.instruction(id) {
            let above = tree.comments_above(instruction);
            found.extend(above.first().map(|comment| comment.span.to(instruction.span)));
            within(instruction, offset, &mut found);
            if let Some(script) = model.script(id) {
                commands(script, offset, &mut found);
            }
        }
        found.extend(super::names::at(snapshot, offset).map(|name| name.span));
    } else {
        let at = tree.items().partition_point(|item| item.span().start <= offset);
        match at.checked_sub(1).map(|at| &tree.items()[at]) {
            Some(Item::Comment(comment)) => found.push(comment.span),
            Some(Item::Directive(directive)) => found.extend([directive.span, directive.value_span]),
            _ => {}
        }
    }
    found.retain(|span| span.touches(offset));
    found.sort_by_key(|span| (span.len(), span.start));
    // Each one must lie in the next: what only overlaps is left out.
    let mut chain: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        match chain.last() {
            Some(inner) if *inner == span || !span.encloses(*inner) => {}
            _ => chain.push(span),
        }
    }
    chain
}

/// The parts of an instruction around the caret.
fn within(instruction: &Instruction, offset: u32, found: &mut Vec<Span>) {
    found.extend([instruction.span, instruction.rest_span(), instruction.keyword_span]);
    for flag in &instruction.flags {
        found.extend([flag.span, flag.name_span]);
        found.extend(flag.value.iter().map(|value| value.span));
    }
    found.extend(instruction.args.iter().map(|word| word.span));
    found.extend(instruction.pairs().map(|(name, value)| name.span.to(value.span)));
    if instruction.is_exec() {
        // The text without its quotes.
        let inside = instruction.args.iter().filter(|word| word.span.len() >= 2);
        found.extend(inside.map(|word| Span::new(word.span.start + 1, word.span.end - 1)));
    }
    for heredoc in &instruction.heredocs {
        found.extend([heredoc.opener, heredoc.body, heredoc.body.to(heredoc.end.unwrap_or(heredoc.body))]);
    }
    found.extend(instruction.comments.iter().copied());
    if let Some(trigger) = instruction.trigger.as_deref().filter(|trigger| trigger.span.touches(offset)) {
        within(trigger, offset, found);
    }
}

/// The words, commands and chains of a script around the caret.
fn commands(script: &Script, offset: u32, found: &mut Vec<Span>) {
    for command in script.commands() {
        if !command.span.touches(offset) {
            continue;
        }
        found.push(command.span);
        for word in command.words().iter().filter(|word| word.span.touches(offset)) {
            found.push(word.span);
        }
        let name = |assignment: &crate::shell::Assignment| assignment.span;
        found.extend(command.assignments().iter().map(name));
    }
    for item in script.items() {
        found.push(item.chain.span());
        let rest = item.chain.rest.iter().map(|(_, _, pipeline)| pipeline.span);
        found.extend(std::iter::once(item.chain.first.span).chain(rest));
    }
    for piece in script.pieces() {
        if piece.span.touches(offset) && !matches!(piece.kind, PieceKind::Plain) {
            found.push(piece.span);
        }
    }
}
