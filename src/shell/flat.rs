//! The part that cmd and PowerShell share: a flat run of words and operators put together into commands.

use super::lexer::Parser;
use super::{
    AndOr, Connector, Dialect, Item, List, Node, Pipe, Pipeline, Redirect, RedirectKind, Script, Separator,
    SimpleCommand, Word,
};
use crate::text::Span;

pub(super) enum Token {
    Word(Word),
    Redirect(Redirect),
    Connector(Connector, Span),
    Pipe(Span),
    Separator(Separator, Span),
    /// A bracket around commands: what stands on its two sides are two commands.
    Bracket,
}

/// An operator's length, and what it becomes; nothing where it's a blank.
pub(super) type Operator = (usize, Option<fn(Span) -> Token>);

/// Puts tokens together.
#[derive(Default)]
pub(super) struct Build {
    items: Vec<Item>,
    chain: Option<AndOr>,
    connector: Option<(Connector, Span)>,
    commands: Vec<(Option<(Pipe, Span)>, Node)>,
    pipe: Option<(Pipe, Span)>,
    simple: Option<SimpleCommand>,
}

impl Build {
    pub fn push(&mut self, token: Token) {
        match token {
            Token::Word(word) => self.command().words.push(word),
            Token::Redirect(redirect) => self.command().redirects.push(redirect),
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

    /// The script that the tokens make.
    pub fn finish(mut self, parser: Parser<'_>, dialect: Dialect) -> Script {
        self.end_chain(None);
        let mut script = parser.finish(List { items: self.items });
        script.dialect = dialect;
        script
    }

    fn command(&mut self) -> &mut SimpleCommand {
        self.simple.get_or_insert_with(|| SimpleCommand {
            span: Span::empty(0),
            assignments: Vec::new(),
            words: Vec::new(),
            redirects: Vec::new(),
            inner: None,
        })
    }

    fn end_command(&mut self) {
        let pipe = self.pipe.take();
        if let Some(mut simple) = self.simple.take() {
            let words = simple.words.iter().map(|word| word.span);
            let spans = words.chain(simple.redirects.iter().map(|redirect| redirect.span));
            simple.span = spans.reduce(Span::to).unwrap_or(simple.span);
            self.commands.push((pipe, Node::Simple(simple)));
        }
    }

    fn end_pipeline(&mut self) {
        self.end_command();
        let connector = self.connector.take();
        let commands = std::mem::take(&mut self.commands);
        let Some(span) = commands.iter().map(|(_, node)| node.span()).reduce(Span::to) else { return };
        let pipeline = Pipeline { span, negated: false, commands };
        match (&mut self.chain, connector) {
            (Some(chain), Some((connector, span))) => chain.rest.push((connector, span, pipeline)),
            (_, _) => self.chain = Some(AndOr { first: pipeline, rest: Vec::new() }),
        }
    }

    fn end_chain(&mut self, separator: Option<(Separator, Span)>) {
        self.end_pipeline();
        self.connector = None;
        if let Some(chain) = self.chain.take() {
            self.items.push(Item { chain, separator });
        }
    }
}

impl Parser<'_> {
    /// `>`, `>>`, `<`, `2>&1`, `*>`, with their target read by `word`.
    pub fn flat_redirect(&mut self, word: impl FnOnce(&mut Self) -> Option<Word>) -> Option<Redirect> {
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
        Some(Redirect { span, kind, descriptor, target, here: None })
    }
}
