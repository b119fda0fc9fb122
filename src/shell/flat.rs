//! The part that cmd and PowerShell share: a flat run of words and operators put together into commands.

use super::few;
use super::lexer::Parser;
use super::{
    AndOr, Connector, Dialect, Expansion, Few, Item, Joined, List, Node, Part, PartKind, Pipe, Piped,
    Pipeline, Redirect, RedirectKind, Script, Separator, SimpleCommand, Text, Word,
};
use crate::text::Span;
use std::sync::Arc;

pub(super) enum Token {
    Word(Word),
    Connector(Connector, Span),
    Pipe(Span),
    Separator(Separator, Span),
    /// A bracket around commands, or a word between them: what stands on its two sides are two commands.
    Bracket,
}

/// An operator's length, and what it becomes; nothing where it's a blank.
pub(super) type Operator = (usize, Option<fn(Span) -> Token>);

/// The operators that mean the same in both.
pub(super) fn operator(parser: &Parser<'_>) -> Option<Operator> {
    let doubled = parser.peek_at(1) == parser.peek();
    Some(match parser.peek() {
        b' ' | b'\t' | b'\r' => (1, None),
        b'\n' => (1, Some(|span| Token::Separator(Separator::Newline, span))),
        b'&' if doubled => (2, Some(|span| Token::Connector(Connector::And, span))),
        b'|' if doubled => (2, Some(|span| Token::Connector(Connector::Or, span))),
        b'|' => (1, Some(Token::Pipe)),
        _ => return None,
    })
}

/// Reads the whole of `text` by `list`.
pub(super) fn parse(
    text: Arc<Text>,
    dialect: Dialect,
    escape: u8,
    list: fn(&mut Parser<'_>) -> List,
) -> Script {
    let shared = text.clone();
    let mut parser = Parser::new(text, shared.as_str(), 0, 0);
    parser.escape = escape;
    let body = list(&mut parser);
    Script { dialect, ..parser.finish(body) }
}

/// Puts tokens together.
#[derive(Default)]
pub(super) struct Build {
    items: Vec<Item>,
    chain: Option<(Pipeline, Vec<Joined>)>,
    connector: Option<(Connector, Span)>,
    commands: Vec<Piped>,
    pipe: Option<(Pipe, Span)>,
    words: Vec<Word>,
    redirects: Vec<Redirect>,
    /// How many commands there are.
    size: usize,
}

impl Build {
    pub fn push(&mut self, token: Token) {
        match token {
            Token::Word(word) => self.words.push(word),
            Token::Connector(connector, span) => {
                self.end_pipeline();
                self.connector = Some((connector, span));
            }
            Token::Pipe(span) => {
                self.end_command();
                self.pipe = Some((Pipe::Output, span));
            }
            Token::Separator(separator, span) => self.end_chain(Some((separator, span))),
            Token::Bracket => self.end_chain(None),
        }
    }

    /// Steps over an operator.
    pub fn operator(&mut self, parser: &mut Parser<'_>, (length, token): Operator) {
        let start = parser.pos;
        parser.pos += length;
        if let Some(token) = token {
            self.push(token(parser.span_from(start)));
        }
    }

    /// Reads a redirection or a word, or steps over what is neither; the word, where it is one.
    pub fn operand<'t>(
        &mut self,
        parser: &mut Parser<'t>,
        word: impl Fn(&mut Parser<'t>) -> Option<Word>,
    ) -> Option<&Word> {
        if let Some(redirect) = parser.flat_redirect(&word) {
            self.redirects.push(redirect);
        } else if let Some(word) = word(parser) {
            self.words.push(word);
            return self.words.last();
        } else {
            parser.bump();
        }
        None
    }

    /// Takes back the last word, which joins commands rather than belonging to one.
    pub fn drop_word(&mut self) {
        self.words.pop();
    }

    /// The list that the tokens make.
    pub fn finish(mut self, parser: &mut Parser<'_>) -> List {
        self.end_chain(None);
        parser.size += self.size;
        List { items: self.items.into() }
    }

    fn end_command(&mut self) {
        let pipe = self.pipe.take();
        let (words, redirects) = (Few::take(&mut self.words, 0), few::take(&mut self.redirects, 0));
        let spans = words.iter().map(|word| word.span).chain(redirects.iter().map(|redirect| redirect.span));
        let Some(span) = spans.reduce(Span::to) else { return };
        let simple = SimpleCommand::new(span, [].into(), words, redirects);
        self.size += 1;
        self.commands.push((pipe, Node::Simple(simple)));
    }

    fn end_pipeline(&mut self) {
        self.end_command();
        let connector = self.connector.take();
        let commands = Few::take(&mut self.commands, 0);
        let Some(span) = commands.iter().map(|(_, node)| node.span()).reduce(Span::to) else { return };
        let pipeline = Pipeline { span, negated: false, commands };
        match (&mut self.chain, connector) {
            (Some((_, rest)), Some((connector, span))) => rest.push((connector, span, pipeline)),
            (_, _) => self.chain = Some((pipeline, Vec::new())),
        }
    }

    fn end_chain(&mut self, separator: Option<(Separator, Span)>) {
        self.end_pipeline();
        self.connector = None;
        if let Some((first, rest)) = self.chain.take() {
            self.items.push(Item { chain: AndOr { first, rest: rest.into() }, separator });
        }
    }
}

impl Parser<'_> {
    /// `>`, `>>`, `<`, `2>&1`, `*>`, with their target read by `word`.
    fn flat_redirect(&mut self, word: impl FnOnce(&mut Self) -> Option<Word>) -> Option<Redirect> {
        let start = self.pos;
        let digit = usize::from(self.peek().is_ascii_digit() || self.peek() == b'*');
        let operators = [
            (">>", RedirectKind::Append),
            (">&", RedirectKind::DuplicateOutput),
            (">", RedirectKind::Output),
            ("<", RedirectKind::Input),
        ];
        let rest = self.rest().get(digit..)?;
        let (text, kind) = operators.into_iter().find(|(text, _)| rest.starts_with(text.as_bytes()))?;
        self.pos += digit + text.len();
        let descriptor = self.str[start..start + digit].parse().ok();
        let operator = self.span_from(start);
        while matches!(self.peek(), b' ' | b'\t') {
            self.pos += 1;
        }
        let target = word(self);
        let span = target.as_ref().map_or(operator, |word| operator.to(word.span));
        Some(Redirect { span, kind, descriptor, target: target.map(Box::new), here: None })
    }

    /// Reads parts by `part`, and what it leaves as literal text between them; `part` returns `None` without
    /// a step where a character stands for itself. Ends where `ends` holds.
    pub fn flat_parts(
        &mut self,
        ends: impl Fn(&Self) -> bool,
        part: impl FnMut(&mut Self) -> Option<Part>,
    ) -> Box<[Part]> {
        let first = self.read_flat_parts(ends, part);
        self.take_parts(first)
    }

    /// As [`Parser::flat_parts`], but leaves them on [`Parser::parts`] and says which is the first.
    pub fn read_flat_parts(
        &mut self,
        ends: impl Fn(&Self) -> bool,
        mut part: impl FnMut(&mut Self) -> Option<Part>,
    ) -> usize {
        let first = self.parts.len();
        let mut run = self.pos;
        while !self.at_end() && !ends(self) {
            let start = self.pos;
            match part(self) {
                Some(part) => {
                    self.literal(run, start);
                    self.parts.push(part);
                    run = self.pos;
                }
                None => self.pos = self.pos.max(start + 1),
            }
        }
        self.literal(run, self.pos);
        first
    }

    /// Puts literal text on the parts, where there is some.
    pub fn literal(&mut self, start: usize, end: usize) {
        if start < end {
            let at = Span::new(start as u32, end as u32);
            self.parts.push(Part { span: self.text.span(at), kind: PartKind::Literal, at });
        }
    }

    /// The variable called `name`, from `start` to the reading position.
    pub fn flat_variable(&self, start: usize, name: &str, braced: bool) -> Part {
        let expansion = Expansion {
            name: name.into(),
            braced,
            indirect: false,
            subscript: [].into(),
            operator: None,
            operand: [].into(),
        };
        self.part(start, PartKind::Variable(Box::new(expansion)))
    }
}
