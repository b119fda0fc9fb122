//! `textDocument/completion`: one file a kind of place.
//!
//! What is offered fits where the caret stands: nothing that BuildKit would refuse there, the most used first.
//! Everything comes from one snapshot and the tables.

mod arguments;
mod comments;
mod device;
mod docs;
mod flags;
mod images;
mod instructions;
mod mount;
mod paths;
mod place;
mod quoted;
mod scripts;
mod users;
mod variables;

pub use docs::documentation;

use super::Snapshot;
use crate::syntax::{Item, Keyword};
use crate::text::Span;
use place::Place;

/// The most items of one list. Where there would be more the list is incomplete, and asked for again when
/// more is typed.
const MOST: usize = 200;

/// One thing that can be written at the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown in the list, and what the typed word is compared with.
    pub label: String,
    /// For an icon.
    pub kind: CompletionKind,
    /// A few words beside the label.
    pub detail: Option<String>,
    /// What is written.
    pub text: String,
    /// Whether `text` is a snippet with places to fill in.
    pub is_snippet: bool,
    /// What it replaces: the word around the caret, on one line.
    pub span: Span,
    /// What [`documentation`] finds the description by.
    pub topic: Option<String>,
}

/// What kind of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// An instruction, `AS`, `NONE`.
    Keyword,
    /// A flag, the key of a mount, a directive.
    Property,
    /// One of the words that a flag or an instruction takes.
    Value,
    /// A variable.
    Variable,
    /// A stage.
    Stage,
    /// An image or a tag.
    Image,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// The name of a rule.
    Rule,
    /// A script of package.json.
    Script,
    /// A user.
    User,
}

/// What can be written at the caret, the most used first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// In the order in which they are to be shown.
    pub items: Vec<Completion>,
    /// There are more than are listed.
    pub incomplete: bool,
}

impl Completions {
    /// Adds an item that is written as it is shown; nothing where one of this label is there.
    fn add(&mut self, label: impl Into<String>, kind: CompletionKind, span: Span) -> Added<'_> {
        let label = label.into();
        if self.items.len() >= MOST {
            self.incomplete = true;
            return Added(None);
        }
        if self.items.iter().any(|item| item.label == label) {
            return Added(None);
        }
        let text = label.clone();
        self.items.push(Completion { label, kind, detail: None, text, is_snippet: false, span, topic: None });
        Added(self.items.last_mut())
    }
}

/// An item that was added, to say more of.
struct Added<'a>(Option<&'a mut Completion>);

impl Added<'_> {
    fn detail(self, detail: impl Into<String>) -> Self {
        let Added(Some(item)) = self else { return self };
        item.detail = Some(detail.into());
        Added(Some(item))
    }

    fn text(self, text: impl Into<String>) -> Self {
        let Added(Some(item)) = self else { return self };
        item.text = text.into();
        Added(Some(item))
    }

    fn snippet(self, text: Option<String>) -> Self {
        let (Added(Some(item)), Some(text)) = (self, text) else { return Added(None) };
        item.text = text;
        item.is_snippet = true;
        Added(Some(item))
    }

    fn topic(self, topic: impl Into<String>) -> Self {
        let Added(Some(item)) = self else { return self };
        item.topic = Some(topic.into());
        Added(Some(item))
    }
}

/// What can be written at `offset`. `snippets` says whether the client takes texts with places to fill in.
pub fn completion(snapshot: &Snapshot, offset: u32, snippets: bool) -> Completions {
    let mut list = Completions::default();
    let (tree, source) = (snapshot.tree(), snapshot.source());
    if !source.is_char_boundary(offset as usize) {
        return list;
    }
    // The last item that begins before the caret, or at it.
    let after = tree.items().partition_point(|item| item.span().start <= offset);
    match tree.items()[..after].last() {
        Some(Item::Directive(_) | Item::Comment(_)) if on_its_line(snapshot, after - 1, offset) => {
            comments::complete(snapshot, after - 1, offset, &mut list);
        }
        Some(Item::Instruction(instruction))
            if place::is_inside(source, tree.escape(), instruction, offset) =>
        {
            if offset <= instruction.keyword_span.end {
                // An edit of a completion stays on its line.
                if instruction.keyword_span.of(source).contains('\n') {
                    return list;
                }
                instructions::complete(
                    snapshot,
                    instruction.keyword_span,
                    false,
                    snippets,
                    offset,
                    &mut list,
                );
            } else if let Some(place) = Place::of(snapshot, instruction, offset) {
                complete(&place, snippets, &mut list);
            }
        }
        _ => instructions::complete(snapshot, Span::empty(offset), false, snippets, offset, &mut list),
    }
    list
}

/// The instruction that the caret stands in, behind its keyword; None elsewhere.
pub(super) fn place_at(snapshot: &Snapshot, offset: u32) -> Option<Place<'_>> {
    let (tree, source) = (snapshot.tree(), snapshot.source());
    if !source.is_char_boundary(offset as usize) {
        return None;
    }
    let after = tree.items().partition_point(|item| item.span().start <= offset);
    let instruction = tree.items()[..after].last()?.instruction()?;
    let is_inside = place::is_inside(source, tree.escape(), instruction, offset);
    (is_inside && offset > instruction.keyword_span.end).then(|| Place::of(snapshot, instruction, offset))?
}

fn on_its_line(snapshot: &Snapshot, item: usize, offset: u32) -> bool {
    snapshot.tree().items()[item].span().touches(offset)
}

/// What can stand behind a keyword.
fn complete(place: &Place<'_>, snippets: bool, list: &mut Completions) {
    if variables::complete(place, list) {
        return;
    }
    if place.heredoc.is_some() {
        if matches!(place.keyword, Keyword::Run) {
            scripts::complete(place, list);
        }
        return;
    }
    if place.keyword == Keyword::Onbuild {
        let span = place.span(&[]);
        instructions::complete(place.snapshot, span, true, snippets, place.offset, list);
        return;
    }
    if place.in_flags() && place.word.starts_with('-') {
        match place.word.split_once('=') {
            Some((name, _)) => flags::values(place, name.trim_start_matches('-'), list),
            None => flags::names(place, list),
        }
        return;
    }
    if quoted::complete(place, list) {
        return;
    }
    arguments::complete(place, list);
    if place.in_flags() && place.word.is_empty() {
        flags::names(place, list);
    }
}

/// `text` as it stands beside an item.
fn short(text: &str) -> String {
    super::short::short(text, 80).into_owned()
}

#[cfg(test)]
mod tests;
