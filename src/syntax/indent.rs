//! The blanks in front of instructions.

use super::{Instruction, Keyword, Tree};

/// The blanks that the line begins with in which byte `offset` stands.
pub fn indent_of(source: &str, offset: u32) -> &str {
    let before = source.get(..offset as usize).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = source.get(line..).unwrap_or("");
    let end = rest.find(|c| c != ' ' && c != '\t').unwrap_or(rest.len());
    &rest[..end]
}

/// The instructions, each with the indent that it should have: none for a FROM and for what stands above the
/// first one, and what most of them have for all others.
pub fn even_indents(tree: &Tree) -> impl Iterator<Item = (&Instruction, &str)> {
    let inside = |instruction: &Instruction| instruction.keyword != Keyword::From;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for instruction in tree.instructions().filter(|instruction| inside(instruction)) {
        let own = indent_of(tree.source(), instruction.span.start);
        match counts.iter_mut().find(|(known, _)| *known == own) {
            Some((_, count)) => *count += 1,
            None => counts.push((own, 1)),
        }
    }
    // Of two that are as frequent, the one that comes first.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count).map_or("", |(indent, _)| *indent);
    let any_stage = tree.instructions().any(|instruction| !inside(instruction));
    let mut staged = !any_stage;
    tree.instructions().map(move |instruction| {
        staged |= !inside(instruction);
        (instruction, if staged && inside(instruction) { most } else { "" })
    })
}
