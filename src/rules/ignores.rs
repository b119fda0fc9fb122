//! Comments that silence findings, in every dialect that is understood. This is the only place that reads
//! them.
//!
//! - `# hadolint ignore=DL3008,DL3009` on the line above an instruction; `global ignore` for the file,
//!   `stage ignore` above a FROM for what follows it. One wrong character and hadolint drops all of it
//!   (`src/Hadolint/Pragma.hs`); so is it here.
//! - `# check=skip=JSONArgsRecommended;error=true`, the parser directive, for the file, and as a comment
//!   above one instruction (BuildKit `frontend/dockerfile/linter`).
//! - `# tally ignore=RULE;reason=…` above an instruction, and `global ignore`.
//! - `# plimsoll ignore=RULE -- why` above an instruction, `stage ignore` above a FROM, `global ignore`
//!   anywhere. It takes names of rules, any alias, and `all`.

use super::{Input, alias};
use crate::settings::Profile;
use crate::syntax::{Instruction, Item, Keyword};
use crate::text::Span;

/// What the comments of one file silence.
pub(super) struct Ignores {
    pragmas: Vec<Pragma>,
}

struct Pragma {
    dialect: Dialect,
    /// Findings that start here are silenced.
    cover: Span,
    /// Whether it stands for the whole file.
    of_file: bool,
    names: Vec<Box<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Hadolint,
    Check,
    Tally,
    Own,
}

/// How far a comment reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Instruction,
    Stage,
    File,
}

impl Ignores {
    pub(super) fn read(input: &Input<'_>) -> Self {
        let source = input.source();
        let items = input.tree().items();
        let file = Span::new(0, source.len() as u32 + 1);
        let mut pragmas = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match item {
                Item::Directive(directive) if &*directive.name == "check" => {
                    let names = skipped(&directive.value);
                    pragmas.push(Pragma { dialect: Dialect::Check, cover: file, of_file: true, names });
                }
                Item::Comment(comment) => {
                    let text = comment.span.of(source);
                    let Some((dialect, reach, names)) = read(text) else { continue };
                    let cover = match reach {
                        Reach::File => Some(file),
                        Reach::Instruction => below(source, items, at, dialect).map(|below| below.full_span),
                        Reach::Stage => {
                            let from =
                                below(source, items, at, dialect).filter(|i| i.keyword == Keyword::From);
                            from.map(|from| rest_of_stage(items, at, from, dialect, file.end))
                        }
                    };
                    let of_file = reach == Reach::File;
                    pragmas.extend(cover.map(|cover| Pragma { dialect, cover, of_file, names }));
                }
                _ => {}
            }
        }
        Self {
            pragmas: pragmas.into_iter().filter(|pragma| holds(pragma.dialect, input.profile())).collect(),
        }
    }

    /// Whether a comment silences the finding of `rule` at `span`.
    pub(super) fn silence(&self, rule: &str, aliases: &[&str], span: Span) -> bool {
        self.pragmas.iter().any(|pragma| pragma.cover.contains(span.start) && pragma.names_one(rule, aliases))
    }
}

impl Pragma {
    fn names_one(&self, rule: &str, aliases: &[&str]) -> bool {
        let of_tool = |tool: &'static str| {
            aliases.iter().map(|a| alias::split(a)).filter(move |(of, _)| *of == tool).map(|(_, id)| id)
        };
        let all = self.names.iter().any(|name| &**name == "all");
        let named = |id: &str| self.names.iter().any(|name| &**name == id);
        match self.dialect {
            // A file that can't be parsed can't be ignored.
            Dialect::Hadolint => of_tool("hadolint").any(|id| id != "DL1000" && named(id)),
            Dialect::Check => of_tool("buildkit").any(|id| match id {
                // What is asked for by name isn't silenced by `all`.
                "InvalidDefinitionDescription" => named(id),
                // It is a judgement on the whole file.
                "ConsistentInstructionCasing" => self.of_file && (all || named(id)),
                _ => all || named(id),
            }),
            Dialect::Tally => {
                let any = aliases.iter().any(|a| all || named(a) || named(alias::split(a).1));
                any || named(rule)
            }
            Dialect::Own => {
                all || named(rule)
                    || self.names.iter().any(|name| aliases.iter().any(|known| alias::matches(known, name)))
            }
        }
    }
}

/// Which comments count where another tool's answers are asked for: that tool's, and our own.
fn holds(dialect: Dialect, profile: Profile) -> bool {
    match profile {
        Profile::Editor | Profile::Strict => true,
        Profile::Hadolint => matches!(dialect, Dialect::Hadolint | Dialect::Own),
        Profile::Buildkit => matches!(dialect, Dialect::Check | Dialect::Own),
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

/// What a `stage ignore` covers. hadolint leaves the FROM itself out.
fn rest_of_stage(items: &[Item], at: usize, from: &Instruction, dialect: Dialect, end: u32) -> Span {
    let start = if dialect == Dialect::Hadolint { from.full_span.end } else { from.full_span.start };
    let later = items.get(at..).unwrap_or_default().iter().filter_map(Item::instruction);
    let next = later.filter(|i| i.keyword == Keyword::From).nth(1);
    Span::new(start, next.map_or(end, |next| next.full_span.start))
}

/// Reads a comment, its `#` included.
fn read(comment: &str) -> Option<(Dialect, Reach, Vec<Box<str>>)> {
    let text = comment.strip_prefix('#')?.trim();
    if let Some(value) = text.strip_prefix("check=") {
        let names = skipped(value);
        return (!names.is_empty()).then_some((Dialect::Check, Reach::Instruction, names));
    }
    let (tool, rest) = text.split_once([' ', '\t'])?;
    let dialect = match tool {
        "hadolint" => Dialect::Hadolint,
        "tally" => Dialect::Tally,
        "plimsoll" => Dialect::Own,
        _ => return None,
    };
    let rest = rest.trim_start();
    let (reach, rest) = match rest.split_once([' ', '\t']) {
        Some(("global", rest)) => (Reach::File, rest.trim_start()),
        Some(("stage", rest)) if dialect != Dialect::Tally => (Reach::Stage, rest.trim_start()),
        _ => (Reach::Instruction, rest),
    };
    let value = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.trim();
    let names = match dialect {
        Dialect::Hadolint => codes(value)?,
        Dialect::Tally => list(value.split(';').next().unwrap_or(value)),
        _ => list(value.split("--").next().unwrap_or(value)),
    };
    (!names.is_empty()).then_some((dialect, reach, names))
}

/// hadolint's list of codes; None where anything in it isn't one. A ` # reason` may follow.
fn codes(value: &str) -> Option<Vec<Box<str>>> {
    let value = value.split('#').next().unwrap_or(value);
    value
        .split(',')
        .map(|code| {
            let code = code.trim();
            let sound = !code.is_empty() && code.chars().all(|c| "DLSC".contains(c) || c.is_ascii_digit());
            sound.then(|| code.into())
        })
        .collect()
}

/// Names between commas; what stands behind a blank is a remark.
fn list(value: &str) -> Vec<Box<str>> {
    let names = value.split(',').filter_map(|name| name.split_whitespace().next());
    names.map(Into::into).collect()
}

/// The names of `skip=` in the value of a check directive, which ends at the first blank.
fn skipped(value: &str) -> Vec<Box<str>> {
    let value = value.split([' ', '\t']).next().unwrap_or(value);
    let options = value.split(';').filter_map(|option| option.split_once('='));
    let skips = options.filter(|(key, _)| key.eq_ignore_ascii_case("skip"));
    skips.flat_map(|(_, names)| list(names)).collect()
}
