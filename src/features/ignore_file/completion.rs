//! Paths of the build context in a pattern.

use super::IgnoreFile;
use crate::features::completion::{Completion, CompletionKind, Completions};
use crate::layers::bytes;
use crate::text::Span;

/// The most paths of one list.
const MOST: usize = 200;

pub(super) fn complete(file: &IgnoreFile, offset: u32) -> Completions {
    let mut list = Completions::default();
    let at = offset as usize;
    let Some((before, after)) = file.text.split_at_checked(at) else { return list };
    let line = before.rsplit('\n').next().unwrap_or_default();
    let written = line.trim_start().trim_start_matches('\u{feff}');
    if line.starts_with('#') {
        return list;
    }
    let Some((inventory, tally)) = file.known() else { return list };
    let (is_exception, typed) = match written.strip_prefix('!') {
        Some(body) => (true, body.trim_start()),
        None => (false, written),
    };
    let (folder, name) = typed.rsplit_once('/').map_or(("", typed), |(folder, name)| (folder, name));
    let inside = folder.trim_start_matches("./").trim_matches('/');
    let folder = match inside {
        "" | "." => None,
        path => match unescaped(path).and_then(|path| inventory.at(&path)) {
            Some(at) => Some(at),
            None => return list,
        },
    };
    // There `#` begins a comment and `!` an exception.
    let begins = typed == name;
    let rest = after.find(['\n', '\r', '/']).unwrap_or(after.len());
    let rest = after[..rest].trim_end().len();
    let span = Span::new(offset - name.len() as u32, offset + rest as u32);
    let slash = after[rest..].starts_with('/');
    let mut children: Vec<usize> = inventory.children(folder).collect();
    let entry = |at: usize| &inventory.entries()[at];
    // Behind `!` what is kept out comes first.
    let ignored = |at: usize| {
        let within = |head: &usize| (*head..*head + inventory.below(*head).len()).contains(&at);
        let is_above = |head: &usize| (at..at + inventory.below(at).len()).contains(head);
        let kept =
            file.ignore.patterns().iter().zip(&tally.patterns).filter(|(pattern, _)| !pattern.exception);
        kept.flat_map(|(_, told)| told.heads.keys()).any(|head| within(head) || is_above(head))
    };
    let wanted = unescaped(name).unwrap_or_default().to_lowercase();
    children.sort_by_cached_key(|&at| {
        let starts = entry(at).name().to_lowercase().starts_with(&wanted);
        (!starts, is_exception && !ignored(at), entry(at).name().starts_with('.'), !entry(at).is_folder)
    });
    list.incomplete = children.len() > MOST;
    for at in children.into_iter().take(MOST) {
        let (name, is_folder) = (entry(at).name(), entry(at).is_folder);
        let totals = inventory.totals(at);
        let label = if is_folder { format!("{name}/") } else { name.to_owned() };
        let mark = if begins && name.starts_with(['#', '!']) { "\\" } else { "" };
        let end = if is_folder && !slash { "/" } else { "" };
        let text = format!("{mark}{}{end}", escaped(name));
        let detail = match is_folder {
            true => super::counted(totals, inventory.truncated),
            false => bytes(totals.bytes),
        };
        let kind = if is_folder { CompletionKind::Folder } else { CompletionKind::File };
        list.items.push(Completion {
            label,
            kind,
            detail: Some(detail),
            text,
            is_snippet: false,
            span,
            topic: None,
        });
    }
    list
}

/// The path that a pattern means. None where it means more than one.
fn unescaped(pattern: &str) -> Option<String> {
    let mut path = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' => return None,
            '\\' => path.extend(chars.next()),
            c => path.push(c),
        }
    }
    Some(path)
}

/// A name as a pattern that matches it alone.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if "*?[]\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
