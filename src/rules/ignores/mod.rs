//! Comments that silence findings, in every dialect that is understood. This is the only place that reads
//! them.
//!
//! - `# hadolint ignore=DL3008,DL3009` on the line above an instruction; `global ignore` for the file,
//!   `stage ignore` above a FROM for what follows it. One wrong character and hadolint drops all of it
//!   (`src/Hadolint/Pragma.hs`); so is it here. `# hadolint shell=` says what reads the RUNs.
//! - `# check=skip=JSONArgsRecommended;error=true`, the parser directive, for the file, and `# check=skip=` as
//!   a comment above one instruction (BuildKit `frontend/dockerfile/linter`).
//! - `# tally ignore=RULE;reason=…` above an instruction, and `global ignore`.
//! - `# plimsoll ignore=RULE -- why` above an instruction, `stage ignore` above a FROM or in its stage,
//!   `file ignore` anywhere. It takes names of rules, any alias, and `all`.

mod read;

use super::{Severity, alias};
use crate::model::{Base, Model};
use crate::settings::{Profile, Settings};
use crate::syntax::{Instruction, InstructionId, Item, Keyword, Tree};
use crate::text::Span;
use read::{Options, Said};
use std::cell::Cell;

/// What the comments of one file say to linters.
pub(super) struct Ignores {
    ignores: Vec<Ignore>,
    /// `shell=`, by the item of the tree that it is.
    shells: Vec<(usize, Dialect, Span)>,
    check: Options,
}

/// One comment that silences findings.
pub struct Ignore {
    /// The comment from its `#` to the end of the line.
    pub span: Span,
    pub dialect: Dialect,
    pub reach: Reach,
    /// In the order in which they are written; in our own dialect, perhaps none.
    pub names: Vec<Name>,
    /// Findings that start here are silenced. None where the comment stands above nothing.
    pub cover: Option<Span>,
}

/// What a comment names: a rule, or what another tool calls it.
#[derive(Debug)]
pub struct Name {
    pub text: Box<str>,
    pub span: Span,
    used: Cell<bool>,
}

impl Name {
    /// Whether it has silenced a finding.
    pub fn is_used(&self) -> bool {
        self.used.get()
    }
}

/// Whose words a comment uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Hadolint,
    /// BuildKit's.
    Check,
    Tally,
    Own,
}

/// How far a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Instruction,
    Stage,
    File,
}

/// BuildKit's checks that are off until `# check=experimental=` names them.
const EXPERIMENTAL: &[&str] = &["InvalidDefinitionDescription"];

/// The comments of a file that silence findings, in every dialect.
pub fn ignores(tree: &Tree) -> Vec<Ignore> {
    Ignores::read(tree, &Settings::default()).ignores
}

impl Ignores {
    pub(super) fn read(tree: &Tree, settings: &Settings) -> Self {
        let source = tree.source();
        let items = tree.items();
        let file = Span::new(0, source.len() as u32 + 1);
        let mut all = Self { ignores: Vec::new(), shells: Vec::new(), check: Options::default() };
        for (at, item) in items.iter().enumerate() {
            match item {
                Item::Directive(directive) if &*directive.name == "check" => {
                    all.check = Options::of(source, directive.value_span);
                    let names = std::mem::take(&mut all.check.skip);
                    let (dialect, reach, cover) = (Dialect::Check, Reach::File, Some(file));
                    all.ignores.push(Ignore { span: directive.span, dialect, reach, names, cover });
                }
                Item::Comment(comment) => match read::read(source, comment.span) {
                    Some(Said::Shell { dialect, value }) => all.shells.push((at, dialect, value)),
                    Some(Said::Ignore { dialect, reach, names }) => {
                        let cover = match reach {
                            Reach::File => Some(file),
                            Reach::Instruction => {
                                below(source, items, at, dialect).map(|below| below.full_span)
                            }
                            Reach::Stage => stage(source, items, at, dialect, file.end),
                        };
                        all.ignores.push(Ignore { span: comment.span, dialect, reach, names, cover });
                    }
                    None => {}
                },
                _ => {}
            }
        }
        let holds = |dialect: Dialect| match settings.profile {
            _ if dialect == Dialect::Own => true,
            _ if dialect == Dialect::Hadolint && !settings.hadolint_comments => false,
            Profile::Editor | Profile::Strict => true,
            // Where another tool's answers are asked for, that tool's comments count.
            Profile::Hadolint => dialect == Dialect::Hadolint,
            Profile::Buildkit => dialect == Dialect::Check,
        };
        all.ignores.retain(|ignore| holds(ignore.dialect));
        all.shells.retain(|(_, dialect, _)| holds(*dialect));
        if !holds(Dialect::Check) {
            all.check = Options::default();
        }
        all
    }

    /// The comments that silence, in the order of the text.
    pub(super) fn all(&self) -> &[Ignore] {
        &self.ignores
    }

    /// Whether a comment silences the finding at `span` that has these `names` here.
    pub(super) fn silence(&self, names: &[&str], aliases: &[&str], span: Span, tree: &Tree) -> bool {
        let mut silenced = false;
        // All are asked, so that each knows whether it is of use.
        for ignore in &self.ignores {
            silenced |= ignore.silences(names, aliases, span, tree);
        }
        silenced
    }

    /// Whether these are names of one of BuildKit's checks that is off because nothing asks for it.
    pub(super) fn is_off(&self, aliases: &[&str]) -> bool {
        experimental(aliases).is_some_and(|id| {
            !self.check.experimental.iter().any(|name| matches!(&*name.text, "all") || *name.text == *id)
        })
    }

    /// What the comment `items[at]` says that reads the shell forms, where it says that.
    pub(super) fn shell_at(&self, at: usize) -> Option<Span> {
        self.shells.iter().find(|(item, ..)| *item == at).map(|(.., value)| *value)
    }

    /// How grave a finding of this severity is, where `# check=error=true` makes BuildKit's checks fail the
    /// build.
    pub(super) fn severity(&self, aliases: &[&str], severity: Severity) -> Severity {
        match self.check.error && aliases.iter().any(|alias| alias::split(alias).0 == "buildkit") {
            true => Severity::Error,
            false => severity,
        }
    }

    /// What a comment says that reads the shell forms where `id` stands: the last one of the stage above it,
    /// else what holds at the end of the stage that this one is built on, else the last one above all stages.
    pub(super) fn shell<'a>(&self, model: &'a Model, id: InstructionId) -> Option<&'a str> {
        let source = model.tree().source();
        let last = |from: usize, to: usize| {
            let mut inside = self.shells.iter().rev().filter(|(at, ..)| from < *at && *at < to);
            inside.next().map(|(.., value)| value.of(source))
        };
        let mut end = id.index();
        let mut stage = model.stage_of(id);
        while let Some(here) = stage {
            let found = last(here.from.index(), end);
            if found.is_some() {
                return found;
            }
            stage = match here.base {
                Base::Stage(index) => model.stages().get(index).filter(|base| base.index < here.index),
                _ => None,
            };
            end = stage.and_then(|stage| stage.instructions.last()).map_or(0, |last| {
                let next =
                    model.stages().iter().map(|stage| stage.from.index()).find(|from| *from > last.index());
                next.unwrap_or(usize::MAX)
            });
        }
        let first = model.stages().first().map_or(usize::MAX, |stage| stage.from.index());
        self.shells.iter().rev().find(|(at, ..)| *at < first).map(|(.., value)| value.of(source))
    }
}

/// The check of BuildKit that is off by default, where one of the names is it.
pub(super) fn experimental<'n>(aliases: &[&'n str]) -> Option<&'n str> {
    let ids = aliases.iter().map(|alias| alias::split(alias)).filter(|(tool, _)| *tool == "buildkit");
    ids.map(|(_, id)| id).find(|id| EXPERIMENTAL.contains(id))
}

impl Ignore {
    fn silences(&self, names: &[&str], aliases: &[&str], span: Span, tree: &Tree) -> bool {
        let of_tool = |tool: &'static str| {
            aliases.iter().map(|a| alias::split(a)).filter(move |(of, _)| *of == tool).map(|(_, id)| id)
        };
        let mut silenced = false;
        for name in &self.names {
            let (text, all) = (&*name.text, &*name.text == "all");
            let named = match self.dialect {
                // A file that can't be parsed can't be ignored.
                Dialect::Hadolint => {
                    of_tool("hadolint").any(|id| id != "DL1000" && id == text) && self.covers(span)
                }
                Dialect::Check => of_tool("buildkit").any(|id| {
                    let experimental = EXPERIMENTAL.contains(&id);
                    (id == text || (all && !experimental)) && self.covers_check(id, span, tree)
                }),
                Dialect::Tally => {
                    let any = aliases.iter().any(|a| all || *a == text || alias::split(a).1 == text);
                    (any || names.contains(&text)) && self.covers(span)
                }
                Dialect::Own => {
                    let any = all
                        || names.contains(&text)
                        || aliases.iter().any(|known| alias::matches(known, text));
                    any && self.covers(span)
                }
            };
            if named {
                name.used.set(true);
                silenced = true;
            }
        }
        silenced
    }

    fn covers(&self, span: Span) -> bool {
        self.cover.is_some_and(|cover| cover.contains(span.start))
    }

    /// Two checks of BuildKit listen otherwise to a comment above an instruction: casing is a matter of the
    /// whole file, and one instruction too many is reported on the earlier one but excused on the later.
    fn covers_check(&self, id: &str, span: Span, tree: &Tree) -> bool {
        match (self.reach, id) {
            (Reach::Instruction, "ConsistentInstructionCasing") => false,
            (Reach::Instruction, "MultipleInstructionsDisallowed") => {
                let Some(first) = tree.instruction_at(span.start) else { return false };
                let later = tree.instructions().filter(|later| later.span.start > first.span.start);
                let mut in_stage = later.take_while(|later| later.keyword != Keyword::From);
                in_stage
                    .find(|later| later.keyword == first.keyword)
                    .is_some_and(|later| self.covers(later.span))
            }
            _ => self.covers(span),
        }
    }
}

/// The instruction that the comment `items[at]` stands above, by the rules of its dialect.
fn below<'t>(source: &str, items: &'t [Item], at: usize, dialect: Dialect) -> Option<&'t Instruction> {
    let Item::Comment(comment) = items.get(at)? else { return None };
    let mut line = comment.line;
    for item in items.get(at + 1..)? {
        match item {
            Item::Instruction(instruction) => {
                let adjacent = instruction.first_line == line + 1;
                return (adjacent || matches!(dialect, Dialect::Check | Dialect::Tally))
                    .then_some(instruction);
            }
            Item::Comment(comment) => match dialect {
                Dialect::Hadolint => return None,
                Dialect::Own if comment.line != line + 1 => return None,
                // An empty comment ends BuildKit's group of comments.
                Dialect::Check if comment.span.of(source).trim_matches(['#', ' ', '\t', '\r']).is_empty() => {
                    return None;
                }
                _ => line = comment.line,
            },
            Item::Directive(_) => return None,
        }
    }
    None
}

/// What a `stage ignore` covers. hadolint's stands above a FROM, and leaves the FROM itself out; ours may stand
/// in the stage too.
fn stage(source: &str, items: &[Item], at: usize, dialect: Dialect, end: u32) -> Option<Span> {
    let is_from = |item: &&Item| item.instruction().is_some_and(|i| i.keyword == Keyword::From);
    let above = below(source, items, at, dialect).filter(|i| i.keyword == Keyword::From);
    let start = match (above, dialect) {
        (Some(from), Dialect::Hadolint) => from.full_span.end,
        (Some(from), _) => from.full_span.start,
        (None, Dialect::Own) => items.get(..at)?.iter().rfind(is_from)?.instruction()?.full_span.start,
        (None, _) => return None,
    };
    let next = items.get(at..)?.iter().filter(is_from).nth(usize::from(above.is_some()));
    Some(Span::new(start, next.map_or(end, |next| next.span().start)))
}

#[cfg(test)]
mod tests;
