//! Code actions: one file each.
//!
//! An action is listed cheaply, with an id, and its edit is made when it is asked for.

#![warn(missing_docs)]

mod commands;
mod convert;
mod exec_form;
mod extract_stage;
mod fix;
mod fix_all;
mod fix_rule;
mod heredoc;
mod ignore;
mod inline_arg;
mod merge_runs;
mod open_rule;
mod pairs;
mod pin_digest;
mod refactoring;
mod sort_packages;
mod split_run;
mod standalone;

pub use refactoring::{Example, Refactoring};

use crate::layers::Subject;
use crate::rules::Diagnostic;
use crate::text::{Edit, FileChange, FileId, Span, WorkspaceEdit};
use std::collections::HashSet;

/// What an action is asked about: one version of one file, and a selection.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The file as it is now.
    pub subject: Subject<'a>,
    /// All findings of the file, in the order of the text.
    pub diagnostics: &'a [Diagnostic],
    /// The selection, perhaps an empty one.
    pub span: Span,
}

/// The LSP's kinds of code action that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Mends a finding.
    QuickFix,
    /// Makes a part of the file a thing of its own.
    RefactorExtract,
    /// Puts what a name stands for in its place.
    RefactorInline,
    /// Writes the file in another way.
    RefactorRewrite,
    /// `source.fixAll.plimsoll`
    SourceFixAll,
}

impl ActionKind {
    /// All of them.
    pub const ALL: [ActionKind; 5] = [
        ActionKind::QuickFix,
        ActionKind::RefactorExtract,
        ActionKind::RefactorInline,
        ActionKind::RefactorRewrite,
        ActionKind::SourceFixAll,
    ];

    /// The kind's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionKind::QuickFix => "quickfix",
            ActionKind::RefactorExtract => "refactor.extract",
            ActionKind::RefactorInline => "refactor.inline",
            ActionKind::RefactorRewrite => "refactor.rewrite",
            ActionKind::SourceFixAll => "source.fixAll.plimsoll",
        }
    }

    /// Whether a client that asks for `only` these kinds gets this one; kinds are trees, so that
    /// "refactor" asks for "refactor.rewrite" too. An empty list asks for all.
    pub fn is_asked_for(self, only: &[String]) -> bool {
        let name = self.as_str();
        let asks = |kind: &String| {
            name.strip_prefix(kind.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        only.is_empty() || only.iter().any(|kind| kind.is_empty() || asks(kind))
    }
}

/// One thing that the editor can offer to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAction {
    /// Names the action within its version of the file, for [`resolve`].
    pub id: String,
    /// What it does, as the editor's menu shows it.
    pub title: String,
    /// By which clients sort and filter.
    pub kind: ActionKind,
    /// The places among the file's findings of what this action fixes.
    pub fixes: Vec<usize>,
    /// Whether it is the one to take without asking, where the editor has a key for that.
    pub preferred: bool,
    /// Why the action can't be taken here, where it can't.
    pub disabled: Option<String>,
    /// The rule whose page the action opens, where it edits nothing.
    pub opens_rule: Option<&'static str>,
    /// Whether files other than the Dockerfile change: such an action is only for clients that can.
    pub reaches_other_files: bool,
}

/// An action: what it offers for a request, and the edit of an offer of its own.
struct Action {
    kind: ActionKind,
    list: fn(&Request<'_>) -> Vec<CodeAction>,
    /// None where the id is not one of this action's.
    resolve: fn(&Request<'_>, &str) -> Option<Result<WorkspaceEdit, String>>,
}

/// What offers actions.
enum Source {
    Action(Action),
    Refactoring(Refactoring),
}

impl Source {
    fn list(&'static self, request: &Request<'_>, only: &[String]) -> Vec<CodeAction> {
        match self {
            Source::Action(action) if action.kind.is_asked_for(only) => (action.list)(request),
            Source::Refactoring(refactoring) if refactoring.kind.is_asked_for(only) => {
                refactoring.list(request)
            }
            _ => Vec::new(),
        }
    }

    fn resolve(&self, request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
        match self {
            Source::Action(action) => (action.resolve)(request, id),
            Source::Refactoring(refactoring) => refactoring.resolve(request, id),
        }
    }
}

/// All actions, in the order in which they are offered.
static SOURCES: &[Source] = &[
    Source::Action(fix::ACTION),
    Source::Action(fix_rule::ACTION),
    Source::Action(convert::ACTION),
    Source::Action(standalone::ACTION),
    Source::Refactoring(merge_runs::REFACTORING),
    Source::Refactoring(split_run::REFACTORING),
    Source::Refactoring(heredoc::REFACTORING),
    Source::Refactoring(exec_form::REFACTORING),
    Source::Refactoring(sort_packages::REFACTORING),
    Source::Refactoring(pairs::REFACTORING),
    Source::Refactoring(extract_stage::REFACTORING),
    Source::Refactoring(inline_arg::REFACTORING),
    Source::Refactoring(pin_digest::REFACTORING),
    Source::Action(fix_all::ACTION),
    Source::Action(ignore::ACTION),
    Source::Action(open_rule::ACTION),
];

/// The refactorings, with their examples.
pub fn refactorings() -> impl Iterator<Item = &'static Refactoring> {
    SOURCES.iter().filter_map(|source| match source {
        Source::Refactoring(refactoring) => Some(refactoring),
        Source::Action(_) => None,
    })
}

/// What is on offer. `only` are the kinds asked for, as on the wire. No two offers have the same title.
pub fn list(request: &Request<'_>, only: &[String]) -> Vec<CodeAction> {
    let mut offers: Vec<CodeAction> = SOURCES.iter().flat_map(|source| source.list(request, only)).collect();
    let mut titles: HashSet<String> = HashSet::new();
    offers.retain_mut(|offer| {
        let finding = offer.fixes.first().and_then(|&fixed| request.diagnostics.get(fixed));
        if let Some(finding) = finding.filter(|_| titles.contains(&offer.title)) {
            let line = request.subject.tree().lines().line(finding.span.start) + 1;
            offer.title.push_str(&format!(" (line {line})"));
        }
        titles.insert(offer.title.clone())
    });
    offers
}

/// The edit of the offer `id`, or a sentence that says why there is none.
pub fn resolve(request: &Request<'_>, id: &str) -> Result<WorkspaceEdit, String> {
    SOURCES
        .iter()
        .find_map(|source| source.resolve(request, id))
        .unwrap_or_else(|| Err("This action is no longer on offer; ask for the actions again.".to_owned()))
}

/// Of more findings in one selection nobody reads what is on offer for each.
const MOST: usize = 200;

/// The findings that the selection touches, with their places among all; not all of very many.
fn here<'a>(request: &Request<'a>) -> impl Iterator<Item = (usize, &'a Diagnostic)> {
    let span = request.span;
    request.diagnostics.iter().enumerate().filter(move |(_, found)| found.span.meets(span)).take(MOST)
}

/// The edits of the fixes of `wanted` findings that change the Dockerfile alone, and the places of these findings.
/// Of two fixes that touch the same bytes the first one is taken; the other comes with the next round.
fn join(diagnostics: &[Diagnostic], wanted: impl Fn(&Diagnostic) -> bool) -> (Vec<Edit>, Vec<usize>) {
    let (mut edits, mut fixed): (Vec<Edit>, Vec<usize>) = (Vec::new(), Vec::new());
    // In the order of the text.
    let mut taken: Vec<Span> = Vec::new();
    for (at, found) in diagnostics.iter().enumerate().filter(|(_, found)| wanted(found)) {
        let Some(fix) = found.fix() else { continue };
        let [file] = &fix.edit.files[..] else { continue };
        let (FileId::Document, FileChange::Modify { edits: new, .. }) = (&file.file, &file.change) else {
            continue;
        };
        let is_free = |new: &Edit| {
            let next = taken.partition_point(|old| old.end < new.span.start);
            taken.get(next).is_none_or(|old| !old.meets(new.span))
        };
        if new.iter().all(is_free) {
            for edit in new {
                let at = taken.partition_point(|old| old.start < edit.span.start);
                taken.insert(at, edit.span);
            }
            edits.extend(new.iter().cloned());
            fixed.push(at);
        }
    }
    (edits, fixed)
}

#[cfg(test)]
mod tests;
