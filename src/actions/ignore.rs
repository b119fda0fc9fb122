//! A comment that silences a finding: for its instruction, its stage or the whole file.
//!
//! ```text
//! FROM node    → # plimsoll ignore=unpinned-base-image
//!                FROM node
//! ```

use super::{Action, ActionKind, CodeAction, Request, here};
use crate::rules::{self, Dialect, Ignore, Reach};
use crate::syntax::{Instruction, Item, Keyword};
use crate::text::{Edit, WorkspaceEdit, newline};
use std::sync::Arc;

pub(super) const ACTION: Action = Action { kind: ActionKind::QuickFix, list, resolve };

const REACHES: [(Reach, &str, &str); 3] = [
    (Reach::Instruction, "here", "here"),
    (Reach::Stage, "stage", "in this stage"),
    (Reach::File, "file", "in this file"),
];

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let mut offers: Vec<CodeAction> = Vec::new();
    let comments = rules::ignores(request.subject.tree());
    for (at, found) in here(request) {
        // What can't be read isn't to be hidden, and a comment about a comment helps nobody.
        let hidden = found.aliases().contains(&"hadolint/DL1000") || found.rule == "unused-ignore";
        if hidden {
            continue;
        }
        for (reach, id, where_) in REACHES {
            // The name comes last: ShellCheck's have a `/` of their own.
            let id = format!("ignore/{id}/{}/{}", found.span.start, found.rule);
            let title = format!("Ignore {} {where_}", found.rule);
            let possible = edit(request, &comments, reach, found.rule, found.span.start).is_some();
            if possible && !offers.iter().any(|offer| offer.title == title) {
                offers.push(CodeAction {
                    id,
                    title,
                    kind: ActionKind::QuickFix,
                    fixes: vec![at],
                    preferred: false,
                    disabled: None,
                    opens_rule: None,
                    reaches_other_files: false,
                });
            }
        }
    }
    offers
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    let mut parts = id.strip_prefix("ignore/")?.splitn(3, '/');
    let (reach, start, rule) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let (reach, ..) = REACHES.into_iter().find(|(_, name, _)| *name == reach)?;
    let edit = edit(request, &rules::ignores(request.subject.tree()), reach, rule, start);
    let edit = edit.map(|edit| WorkspaceEdit::document(Arc::clone(request.subject.source()), vec![edit]));
    Some(edit.ok_or_else(|| "There is no place for such a comment any more.".to_owned()))
}

fn edit(request: &Request<'_>, comments: &[Ignore], reach: Reach, rule: &str, start: u32) -> Option<Edit> {
    let tree = request.subject.tree();
    let source = tree.source();
    let known = |ignore: &&Ignore| {
        ignore.dialect == Dialect::Own
            && ignore.reach == reach
            && !ignore.names.is_empty()
            && ignore.cover.is_some_and(|cover| cover.contains(start))
    };
    if let Some(last) = comments.iter().find(known).and_then(|ignore| ignore.names.last()) {
        return Some(Edit::insert(last.span.end, format!(", {rule}")));
    }
    let (word, at) = match reach {
        Reach::Instruction => ("", above(request, comments, tree.instruction_at(start)?)),
        Reach::Stage => {
            let mut before = tree.instructions().filter(|instruction| instruction.span.start <= start);
            ("stage ", above(request, comments, before.rfind(|i| i.keyword == Keyword::From)?))
        }
        Reach::File => ("file ", top(source, tree.items())),
    };
    let indent: String = match reach {
        Reach::File => String::new(),
        _ => source.get(at as usize..)?.chars().take_while(|c| matches!(c, ' ' | '\t')).collect(),
    };
    Some(Edit::insert(at, format!("{indent}# plimsoll {word}ignore={rule}{}", newline(source))))
}

/// Where the line begins that a comment about `instruction` is put before: the instruction's, but hadolint's
/// comments only count where nothing stands between.
fn above(request: &Request<'_>, comments: &[Ignore], instruction: &Instruction) -> u32 {
    let tree = request.subject.tree();
    let mut line = tree.lines().line(instruction.span.start);
    while let Some(above) = line.checked_sub(1) {
        let is_there = |ignore: &&Ignore| tree.lines().line(ignore.span.start) == above;
        match comments.iter().find(is_there) {
            Some(ignore) if ignore.dialect == Dialect::Hadolint => line = above,
            _ => break,
        }
    }
    tree.lines().start(line).max(mark(tree.source()))
}

/// Behind what must stand first: a byte order mark, `#!` and the parser directives.
fn top(source: &str, items: &[Item]) -> u32 {
    let end_of_line = |at: u32| {
        let rest = source.get(at as usize..).unwrap_or_default();
        at + rest.find('\n').map_or(rest.len(), |end| end + 1) as u32
    };
    let mut directives = items.iter().filter_map(|item| match item {
        Item::Directive(directive) => Some(directive.span.start),
        _ => None,
    });
    let start = mark(source);
    match directives.next_back() {
        Some(last) => end_of_line(last),
        None if source[start as usize..].starts_with("#!") => end_of_line(start),
        None => start,
    }
}

/// The length of a byte order mark.
fn mark(source: &str) -> u32 {
    if source.starts_with('\u{feff}') { 3 } else { 0 }
}
