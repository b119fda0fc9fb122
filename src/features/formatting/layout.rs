//! The layout that a file should have, as edits of the one that it has.

use super::Style;
use super::same::is_keyword;
use super::shell::Lines;
use crate::model::Model;
use crate::settings::{Indent, KeywordCase};
use crate::syntax::indent::{even_indents, indent_of};
use crate::syntax::{Form, Instruction, Item, Keyword, SyntaxError, TokenKind, Tree};
use crate::text::{Edit, Span, newline};

/// The edits in the order of the text. `model` is there where shell text is indented too.
pub(super) fn edits(tree: &Tree, errors: &[SyntaxError], style: &Style, model: Option<&Model>) -> Vec<Edit> {
    let even: Vec<_> = even_indents(tree).collect();
    let unit = style.format.indent.map(Indent::text);
    let own = || own_indent(tree, model, even.iter().copied()).map(str::to_owned);
    let unit = unit.or_else(own).unwrap_or_else(|| style.fallback.text());
    let indents = even.into_iter().map(|(instruction, indent)| (instruction.span.start, indent)).collect();
    let tokens = tree.tokens().collect();
    let mut layout = Layout { tree, style, errors, indents, unit, tokens, edits: Vec::new() };
    layout.words();
    if let Some(model) = model {
        layout.shell(model);
    }
    layout.blank_lines();
    layout.last_line();
    layout.edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    layout.edits
}

/// The blanks that most instructions have in front of their second line, beyond those in front of the first; the
/// first of two that are as frequent. `even` are the instructions with the indent that each should have. With `model`
/// lines of shell text count only where they get one indent.
pub(super) fn own_indent<'t>(
    tree: &'t Tree,
    model: Option<&Model>,
    even: impl Iterator<Item = (&'t Instruction, &'t str)>,
) -> Option<&'t str> {
    let source = tree.source();
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (instruction, above) in even.filter(|(instruction, _)| instruction.first_line < instruction.last_line)
    {
        let mut spans =
            (instruction.first_line..instruction.last_line).map(|line| tree.lines().span(line, source));
        let second = spans.find(|line| {
            let text = line.of(source).trim();
            !text.is_empty() && !text.starts_with('#')
        });
        let Some(second) = second.filter(|line| line.start < body(instruction)) else { continue };
        let indent = indent_of(source, second.start);
        // Blanks inside of quotes are no indent.
        let start = second.start + indent.len() as u32;
        if !is_shell(instruction) && !word_starts(instruction).any(|word| word == start) {
            continue;
        }
        let depth = |model| Lines::of(model, instruction).and_then(|lines| lines.depth(start));
        if model.and_then(depth).is_some_and(|depth| depth > 1) {
            continue;
        }
        let Some(own) = indent.strip_prefix(above).filter(|own| !own.is_empty()) else { continue };
        match counts.iter_mut().find(|(known, _)| *known == own) {
            Some((_, count)) => *count += 1,
            None => counts.push((own, 1)),
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map(|(indent, _)| *indent)
}

/// Where the first heredoc's text begins.
fn body(instruction: &Instruction) -> u32 {
    instruction.heredocs.first().map_or(instruction.full_span.end, |heredoc| heredoc.body.start)
}

/// Whether continued lines of it are shell text, whose indent is part of the command.
pub(super) fn is_shell(instruction: &Instruction) -> bool {
    matches!(
        instruction.keyword,
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Onbuild
    ) && !instruction.is_exec()
}

/// Where its flags and words begin; of a pair, the name.
fn word_starts(instruction: &Instruction) -> impl Iterator<Item = u32> {
    let step = if instruction.form == (Form::Pairs { legacy: false }) { 2 } else { 1 };
    let flags = instruction.flags.iter().map(|flag| flag.span.start);
    flags.chain(instruction.args.iter().step_by(step).map(|word| word.span.start))
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

struct Layout<'a> {
    tree: &'a Tree,
    style: &'a Style,
    errors: &'a [SyntaxError],
    /// The indent of each instruction with where it starts, in the order of the file.
    indents: Vec<(u32, &'a str)>,
    /// What a continued line has in front beyond its instruction.
    unit: String,
    tokens: Vec<(TokenKind, Span)>,
    edits: Vec<Edit>,
}

impl<'a> Layout<'a> {
    fn source(&self) -> &'a str {
        self.tree.source()
    }

    /// The indent of the instruction that starts at byte `start`.
    fn indent(&self, start: u32) -> Option<&'a str> {
        let at = self.indents.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        Some(self.indents[at].1)
    }

    /// The instruction whose lines enclose byte `at`; `from` is the first item that may be the one.
    fn enclosing(&self, from: &mut usize, at: u32) -> Option<usize> {
        let items = self.tree.items();
        let end = |item: &Item| item.instruction().map_or(item.span().end, |it| it.full_span.end);
        while items.get(*from).is_some_and(|item| end(item) <= at) {
            *from += 1;
        }
        let instruction = items.get(*from)?.instruction()?;
        (instruction.full_span.start <= at).then_some(*from)
    }

    fn is_broken(&self, instruction: &Instruction) -> bool {
        let lines = instruction.full_span;
        instruction.keyword == Keyword::Unknown
            || self.errors.iter().any(|error| error.span.start < lines.end && lines.start <= error.span.end)
    }

    fn put(&mut self, span: Span, text: &str) {
        if span.of(self.source()) != text {
            self.edits.push(Edit::replace(span, text));
        }
    }

    /// Keywords, and the blanks in front of, between and behind words.
    fn words(&mut self) {
        let tree = self.tree;
        let (mut item, mut known) = (0, None);
        let mut line_begins = true;
        for at in 0..self.tokens.len() {
            let (kind, span) = self.tokens[at];
            let begins = line_begins;
            line_begins = match kind {
                TokenKind::Bom => begins,
                _ => span.of(self.source()).ends_with('\n'),
            };
            let Some(index) = self.enclosing(&mut item, span.start) else {
                self.outside(at, begins, item);
                continue;
            };
            let Some(instruction) = tree.items()[index].instruction() else { continue };
            // Asked once an instruction.
            let broken = match known {
                Some((of, broken)) if of == index => broken,
                _ => self.is_broken(instruction),
            };
            known = Some((index, broken));
            if !broken {
                self.inside(at, begins, instruction);
            }
        }
    }

    /// One token of an instruction.
    fn inside(&mut self, at: usize, begins: bool, instruction: &Instruction) {
        let (kind, span) = self.tokens[at];
        let text = span.of(self.source());
        let next = self.tokens.get(at + 1).copied();
        let onbuild = instruction.keyword == Keyword::Onbuild;
        let first_line = span.start <= instruction.keyword_span.start;
        match kind {
            TokenKind::Keyword if span == instruction.keyword_span => {
                let wanted = self.indent(span.start).unwrap_or("");
                if begins {
                    self.put(Span::empty(span.start), wanted);
                }
                self.case(span, text);
            }
            TokenKind::Word
                if (0..2).any(|at| is_keyword(instruction, at) && instruction.args[at].span == span) =>
            {
                self.case(span, text);
            }
            TokenKind::Whitespace if !is_blank(text) => {}
            TokenKind::Whitespace if begins && first_line => {
                let wanted = self.indent(instruction.span.start).unwrap_or("");
                self.put(span, wanted);
                // The keyword finds nothing left to do.
            }
            TokenKind::Whitespace => match next {
                None | Some((TokenKind::Newline, _)) => {
                    if self.style.format.trim && !onbuild {
                        self.put(span, "");
                    }
                }
                // Continuations may stand in a column.
                Some((TokenKind::Continuation, _)) => {}
                _ if onbuild => {}
                Some(next) if begins => self.continued(span, next, instruction),
                Some(_) => self.put(span, " "),
            },
            TokenKind::Continuation | TokenKind::Comment if self.style.format.trim => {
                let kept = text.trim_end_matches([' ', '\t']).len() as u32;
                self.put(Span::new(span.start + kept, span.end), "");
            }
            TokenKind::Flag | TokenKind::Word if begins => {
                self.continued(Span::empty(span.start), (kind, span), instruction);
            }
            _ => {}
        }
    }

    /// The blanks in front of `next` on a continued line.
    fn continued(&mut self, blanks: Span, next: (TokenKind, Span), instruction: &Instruction) {
        let starts_word = match next.0 {
            TokenKind::Comment => true,
            TokenKind::Punctuation => instruction.is_exec(),
            _ => word_starts(instruction).any(|start| start == next.1.start),
        };
        if is_shell(instruction) || !starts_word {
            return;
        }
        let above = self.indent(instruction.span.start).unwrap_or("");
        let wanted = format!("{above}{}", self.unit);
        self.put(blanks, &wanted);
    }

    /// The blanks in front of the lines that go on with the text of a RUN.
    fn shell(&mut self, model: &Model) {
        let tree = self.tree;
        for instruction in tree.instructions().filter(|it| it.first_line < it.last_line) {
            let Some(lines) = Lines::of(model, instruction).filter(|_| !self.is_broken(instruction)) else {
                continue;
            };
            let above = self.indent(instruction.span.start).unwrap_or("");
            // A comment goes with the line below.
            let mut below = None;
            for line in (instruction.first_line..instruction.last_line).rev() {
                let line = tree.lines().span(line, tree.source());
                let indent = indent_of(tree.source(), line.start);
                let start = line.start + indent.len() as u32;
                let text = Span::new(start, line.end).of(tree.source());
                let comment = instruction.comments.iter().any(|comment| comment.start == start);
                if text.trim().is_empty() || (comment && indent.is_empty()) {
                    continue;
                }
                if !comment {
                    below = lines.depth(start);
                }
                if let Some(depth) = below {
                    self.put(Span::new(line.start, start), &format!("{above}{}", self.unit.repeat(depth)));
                }
            }
        }
    }

    /// A keyword, or another word of the language.
    fn case(&mut self, span: Span, text: &str) {
        let cased = match self.style.format.keywords {
            KeywordCase::Upper if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                text.to_ascii_uppercase()
            }
            KeywordCase::Lower if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                text.to_ascii_lowercase()
            }
            _ => return,
        };
        self.edits.push(Edit::replace(span, cased));
    }

    /// One token between instructions; `item` is the first item that doesn't end before it.
    fn outside(&mut self, at: usize, begins: bool, item: usize) {
        let (kind, span) = self.tokens[at];
        let source = self.tree.source();
        let comment = match (kind, self.tokens.get(at + 1)) {
            (TokenKind::Comment, _) => Some(span),
            (TokenKind::Whitespace, Some((TokenKind::Comment, comment))) if is_blank(span.of(source)) => {
                Some(*comment)
            }
            _ => None,
        };
        let Some(comment) = comment else { return };
        if begins {
            // A comment goes with the instruction that it stands above.
            let below = self.tree.items().get(item..).unwrap_or_default().iter().find_map(Item::instruction);
            let blanks = if kind == TokenKind::Comment { Span::empty(span.start) } else { span };
            if let Some(below) = below
                && blanks.of(source) == indent_of(source, below.span.start)
                && let Some(wanted) = self.indent(below.span.start)
                && !self.is_broken(below)
            {
                self.put(blanks, wanted);
            }
        }
        if kind == TokenKind::Comment && self.style.format.trim {
            let kept = comment.of(source).trim_end_matches([' ', '\t']).len() as u32;
            self.put(Span::new(comment.start + kept, comment.end), "");
        }
    }

    /// Blank lines between instructions.
    fn blank_lines(&mut self) {
        let tree = self.tree;
        let (source, lines) = (tree.source(), tree.lines());
        let format = self.style.format;
        let mut item = 0;
        let mut run = Vec::new();
        for line in 0..lines.count() {
            let Some(full) = lines.full_span(line, source).filter(|full| !full.is_empty()) else { break };
            let text = full.of(source);
            let content = text.trim_end_matches(['\r', '\n']);
            let blanks = Span::new(full.start, full.start + content.len() as u32);
            if !is_blank(content) || self.enclosing(&mut item, full.start).is_some() {
                run.clear();
                continue;
            }
            run.push(full);
            match run.len() {
                1 if format.trim => self.put(blanks, ""),
                1 => {}
                _ if format.merge_blank_lines => self.edits.push(Edit::delete(full)),
                _ if format.trim => self.put(blanks, ""),
                _ => {}
            }
        }
        let ends = run.last().is_some_and(|last| last.end as usize == source.len());
        if let (true, true, Some(first)) = (ends, format.merge_blank_lines, run.first())
            && first.start > 0
        {
            self.edits.retain(|edit| edit.span.start < first.start);
            // What is closed by them stays closed.
            self.edits.push(Edit::delete(Span::new(first.start, source.len() as u32)));
        }
    }

    /// The end of the last line.
    fn last_line(&mut self) {
        let source = self.tree.source();
        let last = source.rsplit('\n').next().unwrap_or("");
        // Behind a line that goes on it would mean something.
        let open = source.trim_end().ends_with(self.tree.escape());
        let broken =
            self.tree.items().last().and_then(Item::instruction).is_some_and(|it| self.is_broken(it));
        if self.style.format.final_newline && !last.trim().is_empty() && !open && !broken {
            self.edits.push(Edit::insert(source.len() as u32, newline(source)));
        }
    }
}
