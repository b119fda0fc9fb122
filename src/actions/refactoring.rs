//! What the refactorings share: where one is asked for, what it offers, and what holds for every offer.

use super::{ActionKind, CodeAction, Request};
use crate::layers::Subject;
use crate::model::Model;
use crate::rules::{self, Reach};
use crate::shell::{Dialect, Script};
use crate::syntax::indent::indent_of;
use crate::syntax::{Instruction, InstructionId, Item, TokenKind, Tree, parse};
use crate::text::{Edit, Span, WorkspaceEdit, apply, newline};
use std::sync::Arc;

/// Another way to write the same: what is built stays what it is.
#[derive(Debug)]
pub struct Refactoring {
    /// In kebab-case; begins the ids of its offers.
    pub name: &'static str,
    pub(super) kind: ActionKind,
    pub(super) offers: fn(&Place<'_>) -> Vec<Offer>,
    /// Its tests, and what its documentation shows.
    pub examples: &'static [Example],
}

/// A file before and after.
#[derive(Debug)]
pub struct Example {
    /// `<|>` is the caret; two of them are the ends of a selection.
    pub before: &'static str,
    /// The offer's title; empty where nothing is offered.
    pub title: &'static str,
    /// The file afterwards.
    pub after: &'static str,
}

impl Example {
    /// The offer `title` makes `after` of `before`.
    pub const fn new(before: &'static str, title: &'static str, after: &'static str) -> Self {
        Self { before, title, after }
    }

    /// Nothing is offered here.
    pub const fn nothing(before: &'static str) -> Self {
        Self { before, title: "", after: "" }
    }
}

/// One thing that a refactoring can do at a place.
pub(super) struct Offer {
    pub title: String,
    pub edits: Vec<Edit>,
}

impl Offer {
    pub fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits }
    }
}

/// What a shell that runs shell forms does besides.
pub(super) struct Shell {
    /// It ends where a command fails (`-e`).
    pub errexit: bool,
    /// It shows what it reads or runs (`-v`, `-x`).
    pub traces: bool,
}

/// Where a refactoring is asked for.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub subject: Subject<'a>,
    /// The instruction in which the selection begins.
    pub id: InstructionId,
    pub instruction: &'a Instruction,
    /// The selection, perhaps an empty one.
    pub span: Span,
}

impl<'a> Place<'a> {
    /// None where the selection begins outside of all instructions.
    fn new(subject: Subject<'a>, span: Span) -> Option<Self> {
        let rest = subject.source().get(span.start as usize..)?;
        let blanks = rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count() as u32;
        let tree = subject.tree();
        let id = tree.id_at(span.start).or_else(|| tree.id_at(span.start + blanks))?;
        Some(Self { subject, id, instruction: subject.instruction(id)?, span })
    }

    pub fn source(&self) -> &'a str {
        self.subject.source()
    }

    pub fn tree(&self) -> &'a Tree {
        self.subject.tree()
    }

    pub fn model(&self) -> &'a Model {
        self.subject.model
    }

    pub fn newline(&self) -> &'static str {
        newline(self.source())
    }

    /// The blanks in front of the instruction.
    pub fn indent(&self) -> &'a str {
        indent_of(self.source(), self.instruction.span.start)
    }

    /// Whether the selection stays in the instruction.
    pub fn is_within(&self) -> bool {
        self.span.end <= self.instruction.full_span.end
    }

    /// The script of an instruction, where all of it is understood.
    pub fn script(&self, id: InstructionId) -> Option<&'a Script> {
        let script = self.subject.model.script(id).filter(|_| self.shell(id).is_some())?;
        let sound = script.dialect == Dialect::Posix && script.errors.is_empty() && !script.truncated;
        sound.then_some(script)
    }

    /// The options of the shell that reads shell forms where `id` stands; none where no SHELL says so. None where it
    /// is a program whose language isn't known.
    pub fn shell(&self, id: InstructionId) -> Option<Vec<&'a str>> {
        let shell = self.subject.model.frame(id)?.shell;
        let Some(shell) = shell.and_then(|shell| self.subject.instruction(shell)) else {
            return Some(Vec::new());
        };
        let (program, options) = shell.args.split_first()?;
        let name = program.text.rsplit('/').next()?;
        let known = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"].contains(&name);
        known.then(|| options.iter().map(|option| &*option.text).collect())
    }

    /// How the shell forms where `id` stands are run. None where that isn't known, and where each of them reads files
    /// first: in a shell for logins or for people, in zsh, and in bash where variables say so.
    pub fn plain_shell(&self, id: InstructionId) -> Option<Shell> {
        let read = ["BASH_ENV", "SHELLOPTS", "BASHOPTS"];
        if self.model().variables(id).iter().any(|variable| read.contains(&&*variable.name))
            || self.is_zsh(id)
        {
            return None;
        }
        let mut shell = Shell { errexit: false, traces: false };
        for option in self.shell(id)? {
            match option.strip_prefix('-') {
                Some(letters) if letters.chars().all(|letter| "ceuovx".contains(letter)) => {
                    shell.errexit |= letters.contains('e');
                    shell.traces |= letters.contains(['v', 'x']);
                }
                None if ["errexit", "nounset", "pipefail", "verbose", "xtrace"].contains(&option) => {
                    shell.errexit |= option == "errexit";
                    shell.traces |= ["verbose", "xtrace"].contains(&option);
                }
                _ => return None,
            }
        }
        Some(shell)
    }

    fn is_zsh(&self, id: InstructionId) -> bool {
        let shell = self.model().frame(id).and_then(|frame| self.subject.instruction(frame.shell?));
        shell.and_then(|shell| shell.args.first()).is_some_and(|program| program.text.ends_with("zsh"))
    }

    /// Whether a comment that silences findings covers what begins at this byte, within its instruction or its stage.
    pub fn is_silenced(&self, reach: Reach, at: u32) -> bool {
        let ignores = rules::ignores(self.tree());
        ignores.iter().any(|it| it.reach == reach && it.cover.is_some_and(|cover| cover.contains(at)))
    }

    /// Comment lines between two bytes, each from its `#` to its end. None where one of them silences a finding,
    /// which it does only where it stands, or where something else but blank lines stands between them.
    pub fn comments(&self, gap: Span) -> Option<Vec<&'a str>> {
        let source = self.source();
        let within = |span: &Span| gap.encloses(*span);
        let outer = self.tree().items().iter().filter_map(|item| match item {
            Item::Comment(comment) => Some(comment.span),
            _ => None,
        });
        let inner = self.tree().instructions().flat_map(|instruction| instruction.comments.iter().copied());
        let mut spans: Vec<Span> = outer.chain(inner).filter(within).collect();
        spans.sort();
        if !spans.is_empty() && rules::ignores(self.tree()).iter().any(|ignore| within(&ignore.span)) {
            return None;
        }
        Some(spans.iter().map(|span| span.of(source).trim_end()).collect())
    }
}

impl Refactoring {
    /// What is on offer, the edits not yet made.
    pub(super) fn list(&'static self, request: &Request<'_>) -> Vec<CodeAction> {
        let offers = self.offers(request, request.span).into_iter();
        let span = request.span;
        let action = |offer: Offer| CodeAction {
            id: format!("{}/{}-{}/{}", self.name, span.start, span.end, offer.title),
            title: offer.title,
            kind: self.kind,
            fixes: Vec::new(),
            preferred: false,
            disabled: None,
            opens_rule: None,
            reaches_other_files: false,
        };
        offers.map(action).collect()
    }

    /// The edit of an offer; None where `id` is another's.
    pub(super) fn resolve(&self, request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
        let rest = id.strip_prefix(self.name)?.strip_prefix('/')?;
        let (span, title) = rest.split_once('/')?;
        let (start, end) = span.split_once('-')?;
        let span = Span::new(start.parse().ok()?, end.parse().ok()?);
        let offer = self.offers(request, span).into_iter().find(|offer| offer.title == title);
        let base = Arc::clone(request.subject.source());
        Some(
            offer
                .map(|offer| WorkspaceEdit::document(base, offer.edits))
                .ok_or_else(|| "This can no longer be done here.".to_owned()),
        )
    }

    fn offers(&self, request: &Request<'_>, span: Span) -> Vec<Offer> {
        let Some(place) = Place::new(request.subject, span) else { return Vec::new() };
        let mut offers = (self.offers)(&place);
        offers.retain(|offer| is_sound(place.tree(), &offer.edits));
        offers
    }
}

/// Whether the edits are in lines that BuildKit takes, and leave such lines, with every comment still there and
/// none that begins or ceases to silence findings: a net below what each refactoring itself makes sure of.
fn is_sound(tree: &Tree, edits: &[Edit]) -> bool {
    let Some((before, after)) = touched(tree, edits) else { return false };
    let ((old, faults), (new, later)) = (parse(&*before), parse(&*after));
    before != after
        && faults.is_empty()
        && later.is_empty()
        && silencing(&old) == silencing(&new)
        && comments(&Model::new(Arc::new(old))) == comments(&Model::new(Arc::new(new)))
}

/// The instructions that the edits touch, with all that stands between the first and the last one of them, before
/// and after, as the end of a file. None where there are no edits, or none that can be made.
pub(super) fn touched(tree: &Tree, edits: &[Edit]) -> Option<(String, String)> {
    let source = tree.source();
    let start = edits.iter().map(|edit| edit.span.start).min()?;
    let end = edits.iter().map(|edit| edit.span.end).max()?;
    let lines = |at: u32| {
        let around = tree.instructions().find(|instruction| instruction.full_span.touches(at));
        around.map_or(Span::empty(tree.lines().start(tree.lines().line(at))), |around| around.full_span)
    };
    let part = lines(start).to(lines(end)).to(Span::new(start, end));
    let shifted = |edit: &Edit| {
        Edit::replace(Span::new(edit.span.start - part.start, edit.span.end - part.start), edit.text.as_str())
    };
    let after = apply(part.of(source), &edits.iter().map(shifted).collect::<Vec<_>>()).ok()?;
    // What continues lines is said at the top of a file, and nothing but ARG may stand above FROM.
    let top = format!("# escape={}\nFROM scratch\n", tree.escape());
    Some((format!("{top}{}", part.of(source)), top + &after))
}

/// The comments that silence findings.
fn silencing(tree: &Tree) -> Vec<String> {
    let ignores = rules::ignores(tree);
    ignores.iter().map(|ignore| ignore.span.of(tree.source()).trim_end().to_owned()).collect()
}

/// All comments, those of scripts too, in no order that tells anything.
fn comments(model: &Model) -> Vec<String> {
    let tree = model.tree();
    let source = tree.source();
    let is_comment = |kind: TokenKind| matches!(kind, TokenKind::Comment | TokenKind::Directive);
    let outer = tree.tokens().filter(|(kind, _)| is_comment(*kind)).map(|(_, span)| span);
    let scripts = tree.numbered().filter(|(_, instruction)| !instruction.heredocs.is_empty());
    let inner = scripts.filter_map(|(id, _)| model.script(id)).flat_map(|script| script.comments.clone());
    let mut all: Vec<String> = outer.chain(inner).map(|span| span.of(source).trim_end().to_owned()).collect();
    all.sort();
    all
}
