//! Compound commands and functions.

use super::lexer::Parser;
use super::{Branch, CaseItem, Compound, CompoundKind, Few, List, Node, Part, PartKind, SimpleCommand, Word};

const OPENERS: [&str; 9] = ["if", "for", "select", "while", "until", "case", "function", "{", "[["];

impl<'t> Parser<'t> {
    /// The compound command that begins here, if one does.
    pub fn compound(&mut self) -> Option<Node> {
        let start = self.pos;
        let opener = match self.peek() {
            b'(' => "(",
            b'i' | b'f' | b's' | b'w' | b'u' | b'c' | b'{' | b'[' => {
                OPENERS.into_iter().find(|word| self.at_reserved(word))?
            }
            _ => return None,
        };
        if !self.enter() {
            if opener != "(" {
                return None;
            }
            self.skip_bracket(b'(', b')');
            return Some(self.opaque(start));
        }
        let kind = match opener {
            "(" if self.peek_at(1) == b'(' && self.is_arithmetic() => {
                Some(CompoundKind::Arithmetic(self.arithmetic()))
            }
            "(" => {
                let list = self.parenthesised(start);
                self.not_empty(&list, start, "(");
                Some(CompoundKind::Subshell(list))
            }
            "{" => Some(CompoundKind::Group(self.braces())),
            "[[" => Some(self.test()),
            "if" => Some(self.if_()),
            "for" | "select" => Some(self.for_(opener)),
            "while" | "until" => Some(self.while_(opener)),
            "case" => Some(self.case()),
            _ => {
                self.pos += "function".len();
                self.skip_blanks();
                let name = self.word();
                let node = name.map(|name| {
                    self.at_function();
                    self.function(start, name)
                });
                self.leave();
                if node.is_none() {
                    self.pos = start;
                }
                return node;
            }
        };
        self.leave();
        kind.map(|kind| self.finish_compound(start, kind))
    }

    fn finish_compound(&mut self, start: usize, kind: CompoundKind) -> Node {
        let mut end = self.pos;
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirect() {
                Some(redirect) => redirects.push(redirect),
                None => break,
            }
            end = self.pos;
        }
        let span = self.text.span(crate::text::Span::new(start as u32, end as u32));
        Node::Compound(Box::new(Compound { span, kind, redirects }))
    }

    /// A command of one part that isn't looked into, from `start` to the reading position.
    fn opaque(&self, start: usize) -> Node {
        let part: Part = self.part(start, PartKind::Opaque);
        let word = self.word_from(start, Few::One([part]));
        Node::Simple(SimpleCommand::new(word.span, [].into(), Few::One([word]), [].into()))
    }

    /// A list up to `closer`, which is read too. `start` and `opener` are for the error where it's missing.
    fn list_to(&mut self, closer: &'static str, start: usize, opener: &str) -> List {
        self.closers.push(closer);
        let list = self.list();
        self.closers.pop();
        if !self.eat_reserved(closer) {
            self.error(start, start + opener.len(), format_args!("this `{opener}` has no `{closer}`"));
        } else {
            self.not_empty(&list, start, opener);
        }
        list
    }

    /// No shell takes a list without a command where one must stand.
    fn not_empty(&mut self, list: &List, start: usize, opener: &str) {
        if list.is_empty() && self.errors.is_empty() {
            self.error(start, start + opener.len(), format_args!("no command stands within this `{opener}`"));
        }
    }

    fn braces(&mut self) -> List {
        let start = self.pos;
        self.pos += 1;
        self.list_to("}", start, "{")
    }

    fn if_(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 2;
        let mut branches = Vec::new();
        let mut otherwise = None;
        self.closers.push("fi");
        loop {
            self.closers.push("then");
            let condition = self.list();
            self.closers.pop();
            if !self.eat_reserved("then") {
                self.error(start, start + 2, "this `if` has no `then`");
            }
            self.not_empty(&condition, start, "if");
            let body = self.list();
            self.not_empty(&body, start, "if");
            branches.push(Branch { condition, body });
            if !self.eat_reserved("elif") {
                break;
            }
        }
        if self.eat_reserved("else") {
            let list = self.list();
            self.not_empty(&list, start, "if");
            otherwise = Some(list);
        }
        self.closers.pop();
        if !self.eat_reserved("fi") {
            self.error(start, start + 2, "this `if` has no `fi`");
        }
        CompoundKind::If { branches, otherwise }
    }

    /// `do … done`, or `{ … }` as bash also allows.
    fn do_body(&mut self, start: usize, opener: &str) -> List {
        self.skip_blanks();
        if self.peek() == b';' && self.peek_at(1) != b';' {
            self.pos += 1;
        }
        self.skip_lines();
        if self.at_reserved("{") {
            return self.braces();
        }
        if !self.eat_reserved("do") {
            self.error(start, start + opener.len(), format_args!("this `{opener}` has no `do`"));
        }
        self.list_to("done", start, opener)
    }

    fn for_(&mut self, opener: &str) -> CompoundKind {
        let start = self.pos;
        self.pos += opener.len();
        self.skip_blanks();
        if self.looking_at("((") {
            let header = self.arithmetic();
            return CompoundKind::ArithmeticFor { header, body: self.do_body(start, opener) };
        }
        let variable = self.word();
        if variable.is_none() {
            self.error(start, start + opener.len(), format_args!("this `{opener}` names no variable"));
        }
        self.skip_lines();
        let words = self.eat_reserved("in").then(|| self.words());
        let body = self.do_body(start, opener);
        CompoundKind::For { select: opener == "select", variable, words, body }
    }

    /// Words up to the end of the command.
    fn words(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            match self.word() {
                Some(word) => words.push(word),
                None => return words,
            }
        }
    }

    fn while_(&mut self, opener: &str) -> CompoundKind {
        let start = self.pos;
        self.pos += opener.len();
        self.closers.extend(["done", "do"]);
        let condition = self.list();
        self.closers.truncate(self.closers.len().saturating_sub(2));
        self.not_empty(&condition, start, opener);
        let body = self.do_body(start, opener);
        CompoundKind::While { until: opener == "until", condition, body }
    }

    fn case(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 4;
        self.skip_lines();
        let subject = self.word();
        self.skip_lines();
        if !self.eat_reserved("in") {
            self.error(start, start + 4, "this `case` has no `in`");
            return CompoundKind::Case { subject, items: Vec::new() };
        }
        let mut items = Vec::new();
        self.closers.push("esac");
        loop {
            self.skip_lines();
            if self.eat_reserved("esac") {
                break;
            }
            let at = self.pos;
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                patterns.extend(self.word());
                self.skip_blanks();
                if self.looking_at("||") || !self.eat("|") {
                    break;
                }
            }
            if !self.eat(")") {
                self.error(at, self.pos, "a pattern of `case` ends with `)`");
                if self.pos == at {
                    break;
                }
            }
            let body = self.list();
            items.push(CaseItem { patterns, body });
            let more = self.eat(";;&") || self.eat(";;") || self.eat(";&");
            self.skip_lines();
            if self.eat_reserved("esac") {
                break;
            }
            if !more {
                self.error(start, start + 4, "this `case` has no `esac`");
                break;
            }
        }
        self.closers.pop();
        CompoundKind::Case { subject, items }
    }

    /// Steps over the `()` of a function, if it stands here.
    pub fn at_function(&mut self) -> bool {
        let start = self.pos;
        self.skip_spaces();
        if self.eat("(") {
            self.skip_spaces();
            if self.eat(")") {
                return true;
            }
        }
        self.pos = start;
        false
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.pos += 1;
        }
    }

    /// The body of a function whose name and parentheses are read.
    pub fn function(&mut self, start: usize, name: Word) -> Node {
        self.skip_lines();
        let body = if self.enter() {
            let body = self.compound();
            self.leave();
            body
        } else {
            None
        };
        if body.is_none() {
            self.error_at(name.span, "this function has no body");
        }
        let span = self.span_from(start);
        let span = body.as_ref().map_or(span, |body| name.span.to(body.span()));
        let kind = CompoundKind::Function { name, body: body.map(Box::new) };
        let start = self.text.span(crate::text::Span::empty(start as u32));
        Node::Compound(Box::new(Compound { span: start.to(span), kind, redirects: Vec::new() }))
    }

    /// `[[ … ]]`, its operators kept as words.
    fn test(&mut self) -> CompoundKind {
        let start = self.pos;
        self.pos += 2;
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.skip_lines();
            if self.at_end() {
                self.error(start, start + 2, "this `[[` has no `]]`");
                break;
            }
            if self.eat_reserved("]]") {
                break;
            }
            let regex = words.last().is_some_and(|word| word.is_plain("=~"));
            let word = if regex { self.regex_word() } else { self.word() };
            match word {
                Some(word) => words.push(word),
                None => {
                    let from = self.pos;
                    if !(self.eat("&&") || self.eat("||")) {
                        if matches!(self.peek(), b';' | b'&' | b'|') {
                            self.error(start, start + 2, "this `[[` has no `]]`");
                            break;
                        }
                        self.bump();
                    }
                    let part = self.part(from, PartKind::Literal);
                    words.push(self.word_from(from, Few::One([part])));
                }
            }
        }
        CompoundKind::Test(words)
    }
}
