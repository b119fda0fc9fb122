//! The grammar: lists, chains, pipelines and simple commands. Compound commands stand in `compound`.

use super::few;
use super::lexer::{Parser, Pending};
use super::{
    AndOr, Assignment, Connector, Few, HereDoc, Item, List, Node, Part, PartKind, Pipe, Pipeline, Redirect,
    RedirectKind, Script, Separator, SimpleCommand, Text, Word,
};
use crate::text::Span;
use std::sync::Arc;

/// Words that end a list where a command could begin.
const CLOSING_WORDS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

/// Commands of bash whose arguments may be arrays.
const DECLARATIONS: [&str; 5] = ["declare", "typeset", "local", "export", "readonly"];

/// Reads the whole of `text`. `depth` and `reparsed` count what stands around it.
pub(super) fn parse(text: Arc<Text>, depth: u32, reparsed: u32) -> Script {
    let shared = text.clone();
    let mut parser = Parser::new(text, shared.as_str(), depth, reparsed);
    let body = parser.list();
    parser.finish(body)
}

/// A script of one command whose words are taken as they are.
pub(super) fn exec<'a>(words: impl IntoIterator<Item = (&'a str, Span)>, source: &str) -> Script {
    let (mut list, mut span) = (Vec::new(), None::<Span>);
    for (value, at) in words {
        let inside = Span::new(at.start + 1, at.end.saturating_sub(1).max(at.start + 1));
        let text = if inside.of(source) == value && !value.is_empty() {
            Text::of_splice(&crate::text::Splice::of(inside), source)
        } else {
            Text::fixed(value, at)
        };
        let logical = Span::new(0, value.len() as u32);
        let parts = Few::One([Part { span: at, kind: PartKind::Literal, at: logical }]);
        list.push(Word { span: at, parts, at: logical, source: Arc::new(text) });
        span = Some(span.map_or(at, |span| span.to(at)));
    }
    let span = span.unwrap_or(Span::empty(0));
    let text = Arc::new(Text::fixed("", span));
    let mut parser = Parser::new(text, "", 0, 0);
    if list.is_empty() {
        return parser.finish(List::default());
    }
    let inner = parser.inner(&list);
    let mut simple = SimpleCommand::new(span, [].into(), list.into(), [].into());
    simple.inner = inner;
    parser.finish(List::of(Node::Simple(simple)))
}

impl List {
    /// A list of one command.
    pub(super) fn of(node: Node) -> List {
        let first = Pipeline { span: node.span(), negated: false, commands: Few::One([(None, node)]) };
        List { items: [Item { chain: AndOr { first, rest: [].into() }, separator: None }].into() }
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<'t> Parser<'t> {
    /// Reads items up to what an open construct waits for, or the end.
    pub fn list(&mut self) -> List {
        let first = self.items.len();
        loop {
            self.skip_lines();
            if self.at_end() {
                break;
            }
            if let Some(closing) = self.closing() {
                if self.expects(closing) {
                    break;
                }
                let start = self.pos;
                self.pos += closing.len();
                self.error(start, self.pos, format_args!("`{closing}` has nothing to close here"));
                continue;
            }
            let start = self.pos;
            let Some(chain) = self.chain() else {
                self.bump();
                self.error(
                    start,
                    self.pos,
                    format_args!("no command stands before this `{}`", &self.str[start..self.pos]),
                );
                continue;
            };
            let separator = self.separator();
            if separator.is_none() && !self.at_end() && self.closing().is_none() {
                let start = self.pos;
                let next = self.str[start..].chars().next().map_or(1, char::len_utf8);
                self.error(
                    start,
                    start + next,
                    format_args!("`{}` can't stand here", &self.str[start..start + next]),
                );
            }
            self.items.push(Item { chain, separator });
        }
        List { items: few::take(&mut self.items, first) }
    }

    /// What at the reading position ends a list, whether or not anything waits for it.
    fn closing(&self) -> Option<&'static str> {
        match self.peek() {
            b')' => Some(")"),
            b';' if self.looking_at(";;&") => Some(";;&"),
            b';' if self.looking_at(";;") => Some(";;"),
            b';' if self.looking_at(";&") => Some(";&"),
            b't' | b'e' | b'f' | b'd' | b'}' => CLOSING_WORDS.into_iter().find(|word| self.at_reserved(word)),
            _ => None,
        }
    }

    /// Whether an open construct, this side of the nearest parenthesis, waits for `closing`.
    fn expects(&self, closing: &str) -> bool {
        let kind = match closing {
            ")" => return self.closers.contains(&")"),
            ";;&" | ";&" | ";;" => "esac",
            "else" | "elif" => "fi",
            other => other,
        };
        self.closers.iter().rev().take_while(|c| **c != ")").any(|c| *c == kind)
    }

    /// Whether the reserved word stands here on its own.
    pub fn at_reserved(&self, word: &str) -> bool {
        self.looking_at(word) && {
            let after = self.peek_at(word.len());
            let ended = self.pos + word.len() >= self.end;
            ended
                || matches!(
                    after,
                    b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
                )
                || (after == b'\\' && self.peek_at(word.len() + 1) == b'\n')
        }
    }

    pub fn eat_reserved(&mut self, word: &str) -> bool {
        let found = self.at_reserved(word);
        if found {
            self.pos += word.len();
        }
        found
    }

    fn separator(&mut self) -> Option<(Separator, Span)> {
        self.skip_blanks();
        let start = self.pos;
        let kind = match self.peek() {
            b';' if !matches!(self.peek_at(1), b';' | b'&') => Separator::Semicolon,
            b'&' if self.peek_at(1) != b'&' => Separator::Background,
            _ if self.at_newline() => {
                self.pos += 1;
                let span = self.span_from(start);
                self.pos = start;
                self.newline();
                return Some((Separator::Newline, span));
            }
            _ => return None,
        };
        self.pos += 1;
        Some((kind, self.span_from(start)))
    }

    fn chain(&mut self) -> Option<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let start = self.pos;
            let (connector, text) = match self.peek() {
                b'&' if self.eat("&&") => (Connector::And, "&&"),
                b'|' if self.eat("||") => (Connector::Or, "||"),
                _ => return Some(AndOr { first, rest: rest.into() }),
            };
            let operator = self.span_from(start);
            self.skip_lines();
            match self.pipeline() {
                Some(pipeline) => rest.push((connector, operator, pipeline)),
                None => self.error_at(operator, format_args!("no command follows this `{text}`")),
            }
        }
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        self.skip_blanks();
        let start = self.pos;
        let (mut negated, mut prefix) = (false, false);
        loop {
            if self.at_reserved("!") {
                negated = !negated;
                self.pos += 1;
            } else if self.at_timed_compound() {
                self.pos += "time".len();
            } else {
                break;
            }
            prefix = true;
            self.skip_blanks();
        }
        let mark = self.piped.len();
        let Some(first) = self.command() else {
            if prefix {
                self.error(start, start + 1, "no command follows this `!`");
                let span = self.span_from(start);
                return Some(Pipeline { span, negated, commands: Few::default() });
            }
            return None;
        };
        self.piped.push((None, first));
        loop {
            self.skip_blanks();
            let start = self.pos;
            let pipe = match self.peek() {
                b'|' if self.peek_at(1) == b'|' => break,
                b'|' if self.peek_at(1) == b'&' => Pipe::Both,
                b'|' => Pipe::Output,
                _ => break,
            };
            self.pos += if pipe == Pipe::Both { 2 } else { 1 };
            let operator = self.span_from(start);
            self.skip_lines();
            match self.command() {
                Some(node) => self.piped.push((Some((pipe, operator)), node)),
                None => self.error_at(operator, "no command follows this `|`"),
            }
        }
        let last = self.piped.last().map(|(_, node)| node.span());
        let begin = self.text.span(Span::empty(start as u32));
        let span = last.map_or(begin, |last| begin.to(last));
        Some(Pipeline { span, negated, commands: Few::take(&mut self.piped, mark) })
    }

    /// `time` before a compound command is a reserved word; before a simple one it reads as a wrapper.
    fn at_timed_compound(&self) -> bool {
        self.at_reserved("time") && {
            let after = self.rest()["time".len()..].trim_ascii_start();
            after.starts_with(b"(") || after.starts_with(b"{ ")
        }
    }

    fn command(&mut self) -> Option<Node> {
        if self.at_end() || self.closing().is_some() {
            return None;
        }
        match self.compound() {
            Some(node) => Some(node),
            None => self.simple(),
        }
    }

    fn simple(&mut self) -> Option<Node> {
        let start = self.pos;
        let mut assignments = Vec::new();
        let first_word = self.words.len();
        let first_redirect = self.redirects.len();
        let first_heredoc = self.pending.len();
        let mut last = start;
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect() {
                self.redirects.push(redirect);
            } else if self.words.len() == first_word
                && let Some(assignment) = self.assignment()
            {
                assignments.push(assignment);
            } else if let Some(word) = self.word() {
                let names = self.words.len() == first_word
                    && assignments.is_empty()
                    && self.redirects.len() == first_redirect;
                if names && self.at_function() {
                    return Some(self.function(start, word));
                }
                let array = self.peek() == b'(' && word.text().ends_with('=');
                let declares = |first: &Word| DECLARATIONS.iter().any(|name| first.is_plain(name));
                let word = match self.words.get(first_word) {
                    Some(first) if array && declares(first) => self.array_argument(word),
                    _ => word,
                };
                self.words.push(word);
            } else {
                break;
            }
            last = self.pos;
        }
        if last == start {
            return None;
        }
        let words = Few::take(&mut self.words, first_word);
        let redirects = few::take(&mut self.redirects, first_redirect);
        let span = self.text.span(Span::new(start as u32, last as u32));
        let inner = self.inner(&words);
        if self.pending.len() > first_heredoc && super::inner::reads_input(&words) {
            self.pending[first_heredoc..].iter_mut().for_each(|pending| pending.script = true);
        }
        let mut simple = SimpleCommand::new(span, assignments.into(), words, redirects);
        simple.inner = inner;
        Some(Node::Simple(simple))
    }

    /// The script that an argument of a simple command of these words holds. The command is counted.
    fn inner(&mut self, words: &[Word]) -> Option<Box<(usize, Script)>> {
        self.size += 1;
        let (index, text) = super::inner::argument(words, self.depth, self.reparsed)?;
        Some(Box::new((index, self.within(text, self.depth + 1, self.reparsed + 1))))
    }

    /// Reads a script that stands within this one.
    pub fn within(&mut self, text: Text, depth: u32, reparsed: u32) -> Script {
        let text = Arc::new(text);
        let shared = text.clone();
        let mut parser = Parser::new(text, shared.as_str(), depth, reparsed);
        parser.swap_stacks(self);
        let body = parser.list();
        parser.swap_stacks(self);
        self.size += parser.size;
        parser.finish(body)
    }

    /// The array behind `NAME=` in an argument, its elements' parts with the text between them.
    fn array_argument(&mut self, word: Word) -> Word {
        let first = self.parts.len();
        let mut from = self.pos;
        self.parts.extend(word.parts.into_vec());
        self.pos += 1;
        loop {
            self.skip_lines();
            let at = self.pos;
            let Some(element) = self.word() else { break };
            self.literal(from, at);
            self.parts.extend(element.parts.into_vec());
            from = self.pos;
        }
        if !self.eat(")") {
            self.error_at(word.span, "this list of values isn't closed by `)`");
        }
        self.literal(from, self.pos);
        self.word_of(word.at.start as usize, first)
    }

    /// `NAME=…`, `NAME+=…`, `NAME[…]=…`.
    fn assignment(&mut self) -> Option<Assignment> {
        let start = self.pos;
        if !(self.peek() == b'_' || self.peek().is_ascii_alphabetic()) {
            return None;
        }
        let name = self.name();
        let mut brackets = None;
        if self.peek() == b'[' {
            let limit = self.rest().len().min(256);
            match self.rest()[..limit].iter().position(|b| matches!(b, b']' | b' ' | b'\n')) {
                Some(at) if self.rest()[at] == b']' => {
                    brackets = Some((self.pos + 1, self.pos + at));
                    self.pos += at + 1;
                }
                _ => {
                    self.pos = start;
                    return None;
                }
            }
        }
        let append = self.eat("+=");
        if !append && !self.eat("=") {
            self.pos = start;
            return None;
        }
        let from = self.pos;
        let subscript = brackets.map_or_else(Box::default, |(open, close)| {
            self.pos = open;
            self.apart(close, |parser| parser.parts(super::word::Place::Bracket))
        });
        self.pos = from;
        if self.peek() != b'(' {
            let first = self.read_parts(super::word::Place::Command);
            let value = self.word_of(from, first);
            return Some(Assignment {
                span: self.span_from(start),
                name: name.into(),
                subscript,
                append,
                value,
                array: None,
            });
        }
        self.pos += 1;
        let mut elements = Vec::new();
        loop {
            self.skip_lines();
            match self.word() {
                Some(word) => elements.push(word),
                None => break,
            }
        }
        if !self.eat(")") {
            self.error(from, from + 1, "this list of values isn't closed by `)`");
        }
        let value = self.word_from(from, Few::default());
        let span = self.span_from(start);
        Some(Assignment { span, name: name.into(), subscript, append, value, array: Some(elements) })
    }

    #[inline]
    pub fn redirect(&mut self) -> Option<Redirect> {
        match self.peek() {
            b'<' | b'>' | b'&' | b'{' | b'0'..=b'9' => self.redirect_here(),
            _ => None,
        }
    }

    fn redirect_here(&mut self) -> Option<Redirect> {
        let start = self.pos;
        let mut at = 0;
        if self.peek() == b'{' {
            at = 1;
            while self.peek_at(at) == b'_' || self.peek_at(at).is_ascii_alphanumeric() {
                at += 1;
            }
            if at == 1 || self.peek_at(at) != b'}' {
                return None;
            }
            at += 1;
        }
        while at < 10 && self.peek_at(at).is_ascii_digit() {
            at += 1;
        }
        let both = at == 0 && self.peek() == b'&' && self.peek_at(1) == b'>';
        if !both && !matches!(self.peek_at(at), b'<' | b'>') || (at == 0 && self.peek_at(1) == b'(') {
            return None;
        }
        let descriptor = self.str[start..start + at].parse().ok();
        self.pos += at;
        use RedirectKind::*;
        let operators: [(&str, RedirectKind); 13] = [
            ("&>>", AppendBoth),
            ("&>", OutputBoth),
            ("<<<", HereString),
            ("<<-", HereDoc),
            ("<<", HereDoc),
            ("<&", DuplicateInput),
            ("<>", ReadWrite),
            ("<", Input),
            (">>", Append),
            (">&", DuplicateOutput),
            (">|", Clobber),
            (">", Output),
            ("", Output),
        ];
        let (text, kind) = operators.into_iter().find(|(text, _)| self.looking_at(text))?;
        self.pos += text.len();
        let operator = self.span_from(start);
        let strip_tabs = text == "<<-";
        self.skip_blanks();
        let target = self.word();
        let span = target.as_ref().map_or(operator, |word| operator.to(word.span));
        let mut here = None;
        match &target {
            None => self.error_at(operator, format_args!("no file follows this `{text}`")),
            Some(word) if kind == HereDoc => here = Some(self.heredoc(word, strip_tabs, span)),
            Some(_) => {}
        }
        Some(Redirect { span, kind, descriptor, target: target.map(Box::new), here })
    }

    fn heredoc(&mut self, word: &Word, strip_tabs: bool, redirect: Span) -> u32 {
        let index = self.heredocs.len();
        self.heredocs.push(HereDoc {
            delimiter: word.value_or_text().into(),
            quoted: word.is_quoted(),
            strip_tabs,
            body: Span::empty(redirect.end),
            end: None,
            closed: false,
            parts: [].into(),
            script: None,
        });
        self.pending.push(Pending { index, script: false, redirect });
        index as u32
    }
}
