//! `textDocument/foldingRange`.

use super::Snapshot;
use crate::syntax::Item;
use crate::text::Span;

/// Lines that can be folded away behind the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From the first line to the last, both 0-based as the LSP counts them; the first stays in sight.
    pub lines: (u32, u32),
    /// What they are.
    pub kind: FoldKind,
}

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoldKind {
    /// A stage.
    Stage,
    /// From `# region` to `# endregion`.
    Region,
    /// An instruction over several lines.
    Instruction,
    /// The text of a heredoc, where its instruction has more than that.
    Heredoc,
    /// Comment lines one below another.
    Comment,
}

/// What can be folded, in the order of the lines. Of more than `limit` the larger kinds stay. No two begin on
/// one line, where clients would show only one of them.
pub fn folding_ranges(snapshot: &Snapshot, limit: Option<usize>) -> Vec<Fold> {
    let (tree, model, lines) = (snapshot.tree(), snapshot.model(), snapshot.lines());
    let mut folds: Vec<Fold> = Vec::new();
    let mut add = |kind, span: Span| {
        // What ends with a line break ends on the line before.
        let last = if span.is_empty() { span.end } else { span.end - 1 };
        let lines = (lines.line(span.start), lines.line(last));
        if lines.0 < lines.1 {
            folds.push(Fold { lines, kind });
        }
    };
    for stage in model.stages() {
        add(FoldKind::Stage, super::call_hierarchy::span_of(snapshot, stage));
    }
    for instruction in tree.instructions() {
        add(FoldKind::Instruction, instruction.span);
        // One heredoc folds with its instruction; the text of each of several folds by itself.
        for heredoc in instruction.heredocs.iter().filter(|_| instruction.heredocs.len() > 1) {
            add(FoldKind::Heredoc, heredoc.body.to(heredoc.end.unwrap_or(heredoc.body)));
        }
    }
    let mut block: Option<(Span, u32)> = None;
    let mut open: Vec<Span> = Vec::new();
    for item in tree.items() {
        let Item::Comment(comment) = item else {
            if let Some((span, _)) = block.take() {
                add(FoldKind::Comment, span);
            }
            continue;
        };
        let marker = marker(comment.span.of(snapshot.source()));
        match (marker, &block) {
            (None, Some((span, line))) if *line + 1 == comment.line => {
                block = Some((span.to(comment.span), comment.line));
            }
            _ => {
                if let Some((span, _)) = block.take() {
                    add(FoldKind::Comment, span);
                }
                block = marker.is_none().then_some((comment.span, comment.line));
            }
        }
        match marker {
            Some(Marker::Open) => open.push(comment.span),
            Some(Marker::Close) => {
                if let Some(start) = open.pop() {
                    add(FoldKind::Region, start.to(comment.span));
                }
            }
            None => {}
        }
    }
    if let Some((span, _)) = block {
        add(FoldKind::Comment, span);
    }
    // The larger one of two that begin on a line.
    folds.sort_by_key(|fold| (fold.lines.0, std::cmp::Reverse(fold.lines.1), fold.kind));
    folds.dedup_by_key(|fold| fold.lines.0);
    if let Some(limit) = limit
        && folds.len() > limit
    {
        folds.sort_by_key(|fold| (fold.kind, fold.lines));
        folds.truncate(limit);
        folds.sort_by_key(|fold| fold.lines);
    }
    folds
}

#[derive(Clone, Copy)]
enum Marker {
    Open,
    Close,
}

/// `# region`, `#region name`, `# endregion`, as VS Code writes them in other languages.
fn marker(comment: &str) -> Option<Marker> {
    let word = comment.trim_start_matches('#').split_whitespace().next()?;
    match word {
        "region" => Some(Marker::Open),
        "endregion" => Some(Marker::Close),
        _ => None,
    }
}
