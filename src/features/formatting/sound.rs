//! Which edits leave the meaning of a file as it is.

use super::{Style, same};
use crate::features::Snapshot;
use crate::syntax::{Item, Tree, parse, parse_lines};
use crate::text::{Edit, Span, apply};

/// How often a file is read again to find the edits that can't be made.
const TRIES: usize = 200;

/// The edits after which the file means the same: nearly always all of them. They stand in the order of the text.
pub(super) fn sound(snapshot: &Snapshot, edits: Vec<Edit>, style: &Style) -> Vec<Edit> {
    let but_for_blanks = style.format.reindent_shell;
    let is_same = |edits: &[Edit]| {
        is_same_line_by_line(snapshot, edits, but_for_blanks) || is_same(snapshot, edits, but_for_blanks)
    };
    if edits.is_empty() || is_same(&edits) {
        return edits;
    }
    let (mut kept, mut tries) = (Vec::new(), TRIES);
    keep_sound(&is_same, &edits, &mut kept, &mut tries);
    if is_same(&kept) { kept } else { Vec::new() }
}

fn keep_sound(is_same: &dyn Fn(&[Edit]) -> bool, edits: &[Edit], kept: &mut Vec<Edit>, tries: &mut usize) {
    if edits.is_empty() || *tries == 0 {
        return;
    }
    *tries -= 1;
    if is_same(edits) {
        kept.extend_from_slice(edits);
    } else if edits.len() > 1 {
        let (left, right) = edits.split_at(edits.len() / 2);
        keep_sound(is_same, left, kept, tries);
        keep_sound(is_same, right, kept, tries);
    }
}

/// Whether the whole file, read again, means the same.
pub(super) fn is_same(snapshot: &Snapshot, edits: &[Edit], but_for_blanks: bool) -> bool {
    let Ok(text) = apply(snapshot.source(), edits) else { return false };
    let (tree, errors) = parse(text);
    let before = (&**snapshot.tree(), snapshot.syntax_errors());
    same::same(before, (&tree, &errors), but_for_blanks)
}

/// Whether the instructions and comments that are edited mean the same, each read by itself with the blank lines below
/// it. Then the file does: the parser goes from line to line, and begins anew with each item.
///
/// False where that can't be told so, and the whole file has to be read: above the first instruction, where directives
/// stand, and in a file with errors.
pub(super) fn is_same_line_by_line(snapshot: &Snapshot, edits: &[Edit], but_for_blanks: bool) -> bool {
    let tree = &**snapshot.tree();
    let first = tree.items().iter().position(|item| item.instruction().is_some());
    let (Some(first), true) = (first, snapshot.syntax_errors().is_empty()) else { return false };
    let mut edits = edits;
    while let [edit, ..] = edits {
        let behind = tree.items().partition_point(|item| start(tree, item) <= edit.span.start);
        let Some(at) = behind.checked_sub(1).filter(|at| *at >= first) else { return false };
        let lines = lines(tree, at);
        let (here, rest) = edits.split_at(
            edits.partition_point(|edit| edit.span.start < lines.end || behind == tree.items().len()),
        );
        if here.is_empty() || !is_same_item(tree, at, lines, here, but_for_blanks) {
            return false;
        }
        edits = rest;
    }
    true
}

/// Where the line begins on which an item does.
fn start(tree: &Tree, item: &Item) -> u32 {
    match item.instruction() {
        Some(instruction) => instruction.full_span.start,
        None => tree.lines().start(tree.lines().line(item.span().start)),
    }
}

/// The lines of an item and the blank ones below it.
fn lines(tree: &Tree, at: usize) -> Span {
    let start_of = |at: usize| tree.items().get(at).map(|item| start(tree, item));
    Span::new(start_of(at).unwrap_or_default(), start_of(at + 1).unwrap_or(tree.source().len() as u32))
}

/// An instruction to stand below: what goes on below its last line takes it in.
const BELOW: &str = "FROM scratch\n";

/// Whether the item at `at`, which stands on `lines`, is the same after the edits, and ends where it did.
fn is_same_item(tree: &Tree, at: usize, lines: Span, edits: &[Edit], but_for_blanks: bool) -> bool {
    if edits.iter().any(|edit| edit.span.end > lines.end) {
        return false;
    }
    let here = |edit: &Edit| {
        let span = Span::new(edit.span.start - lines.start, edit.span.end - lines.start);
        Edit::replace(span, &*edit.text)
    };
    let edits: Vec<Edit> = edits.iter().map(here).collect();
    let Ok(mut text) = apply(lines.of(tree.source()), &edits) else { return false };
    let is_last = at + 1 == tree.items().len();
    if !is_last {
        if !text.ends_with('\n') {
            return false;
        }
        text.push_str(BELOW);
    }
    let (read, errors) = parse_lines(text, tree.escape());
    let ends_there = match read.items() {
        [_] => is_last,
        [_, below] => !is_last && below.span().of(read.source()) == BELOW.trim_end(),
        _ => false,
    };
    errors.is_empty()
        && ends_there
        && same::same_item(
            (&tree.items()[at], tree.source()),
            (&read.items()[0], read.source()),
            but_for_blanks,
        )
}
