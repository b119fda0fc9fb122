//! The plan as edits of the files.

use super::plan::{Line, Plan, as_word, comment_spans};
use crate::convert::Conversion;
use crate::text::{Edit, FileChange, FileEdit, FileId, Span, WorkspaceEdit, apply, line_edits, newline};
use std::sync::Arc;

pub(super) fn conversion(plan: Plan<'_>) -> Conversion {
    let change =
        FileChange::Modify { base: Arc::clone(plan.subject.source()), version: None, edits: edits(&plan) };
    let label = Some(plan.label.into());
    let mut files = vec![FileEdit { file: FileId::Document, change, label }];
    files.extend(plan.files);
    Conversion { edit: WorkspaceEdit { files }, notes: plan.notes, options: plan.options }
}

fn edits(plan: &Plan<'_>) -> Vec<Edit> {
    let source = &**plan.subject.source();
    let mut edits = Vec::new();
    if let Some(from) = plan.subject.instruction(plan.stage.from).filter(|_| !plan.has_name)
        && let Some(image) = from.args.first()
    {
        edits.push(Edit::insert(image.span.end, format!(" {} {}", as_word(from, source), plan.builder)));
    }
    if let Some(switch) = &plan.switch
        && let Some(build) = plan.subject.instruction(plan.build)
    {
        let comments = plan.subject.tree().comments_above(build);
        let at = comments.first().map_or(build.span.start, |comment| comment.span.start);
        edits.push(Edit::insert(at, format!("{switch}{}", newline(source))));
    }
    let lines = Lines::of(source);
    let mut leaves = vec![false; lines.starts.len()];
    for id in plan.fates.keys() {
        let Some(instruction) = plan.subject.instruction(*id) else { continue };
        lines.mark(&mut leaves, instruction.full_span);
        for comment in comment_spans(&plan.subject, plan.build, instruction) {
            lines.mark(&mut leaves, comment);
        }
    }
    lines.mark_blank(&mut leaves, source);
    let end = insertion(plan, &lines, &leaves, source);
    edits.extend(lines.runs(&leaves).into_iter().map(Edit::delete));
    edits.push(Edit::insert(end, run_stage(plan, source, &lines, &leaves, end)));
    // A line that moved away and came back in the same place was never gone.
    apply(source, &edits).map_or(edits, |result| line_edits(source, &result))
}

/// The lines of a text, each with the line break that ends it.
struct Lines {
    starts: Vec<u32>,
    end: u32,
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.match_indices('\n').map(|(at, _)| at as u32 + 1).filter(|at| *at < text.len() as u32),
        );
        Self { starts, end: text.len() as u32 }
    }

    fn at(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn span(&self, line: usize) -> Span {
        Span::new(self.starts[line], self.starts.get(line + 1).copied().unwrap_or(self.end))
    }

    fn mark(&self, leaves: &mut [bool], span: Span) {
        let last = self.at(span.end.saturating_sub(1).max(span.start));
        leaves[self.at(span.start)..=last].fill(true);
    }

    fn is_blank(&self, line: usize, text: &str) -> bool {
        self.span(line).of(text).trim().is_empty()
    }

    /// Of the blank lines around what leaves, those above go where others, or the end, are below.
    fn mark_blank(&self, leaves: &mut [bool], text: &str) {
        let mut line = 0;
        while line < leaves.len() {
            if !leaves[line] {
                line += 1;
                continue;
            }
            let mut end = line;
            while end < leaves.len() && leaves[end] {
                end += 1;
            }
            if end == leaves.len() || self.is_blank(end, text) {
                for above in (0..line).rev() {
                    if leaves[above] || !self.is_blank(above, text) {
                        break;
                    }
                    leaves[above] = true;
                }
            }
            line = end;
        }
    }

    /// What leaves, as spans that don't touch.
    fn runs(&self, leaves: &[bool]) -> Vec<Span> {
        let mut runs: Vec<Span> = Vec::new();
        for (line, _) in leaves.iter().enumerate().filter(|(_, leaves)| **leaves) {
            let span = self.span(line);
            match runs.last_mut().filter(|run| run.end == span.start) {
                Some(run) => run.end = span.end,
                None => runs.push(span),
            }
        }
        runs
    }
}

/// Where the run stage goes: behind the last instruction, before comments that end the file.
fn insertion(plan: &Plan<'_>, lines: &Lines, leaves: &[bool], source: &str) -> u32 {
    let last = plan.subject.tree().instructions().next_back();
    let Some(last) = last else { return source.len() as u32 };
    let line = lines.at(last.full_span.end.saturating_sub(1).max(last.span.start));
    let after = lines.span(line).end;
    // Blank lines and comments that stay below: the run stage comes between.
    let rest = (line + 1..leaves.len()).any(|line| !leaves[line] && !lines.is_blank(line, source));
    if rest { after } else { source.len() as u32 }
}

fn run_stage(plan: &Plan<'_>, source: &str, lines: &Lines, leaves: &[bool], at: u32) -> String {
    let eol = newline(source);
    let mut out = String::new();
    // The last line that stays above may lack its line break.
    let above = (0..leaves.len()).rev().find(|line| !leaves[*line] && lines.span(*line).start < at);
    if let Some(above) = above {
        let text = lines.span(above).of(source);
        if !text.ends_with('\n') {
            out.push_str(eol);
        }
        if !text.trim().is_empty() {
            out.push_str(eol);
        }
    }
    for (index, group) in plan.run_stage.iter().enumerate() {
        if index > 0 {
            out.push_str(eol);
        }
        for (place, line) in group.iter().enumerate() {
            let comments = comments(plan, line);
            if !comments.is_empty() && place > 0 {
                out.push_str(eol);
            }
            for comment in comments {
                out.push_str(comment.of(source).trim_end());
                out.push_str(eol);
            }
            for text in line.text.lines() {
                out.push_str(text.strip_suffix('\r').unwrap_or(text));
                out.push_str(eol);
            }
        }
    }
    let below = source.get(at as usize..).unwrap_or("");
    if !below.trim().is_empty() && !below.starts_with(['\n', '\r']) {
        out.push_str(eol);
    }
    out
}

fn comments(plan: &Plan<'_>, line: &Line) -> Vec<Span> {
    let instruction = line.comments_of.and_then(|id| plan.subject.instruction(id));
    instruction.map(|instruction| comment_spans(&plan.subject, plan.build, instruction)).unwrap_or_default()
}
