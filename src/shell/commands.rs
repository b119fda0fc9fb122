//! Every simple command of a script, with where it stands among the others.

use super::directory::{Directory, Where};
use super::{
    AndOr, Assignment, Compound, CompoundKind, Connector, List, Node, Part, PartKind, Pipe, Pipeline,
    Redirect, Script, Separator, SimpleCommand, Word,
};
use crate::text::Span;
use std::borrow::Cow;

/// What connects two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing: the first of the script, or of the list that a compound command or substitution holds.
    Start,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `|&`
    PipeBoth,
    /// `;`
    Sequence,
    Newline,
    /// `&`
    Background,
}

/// What stands around a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nesting {
    /// `( … )`
    pub subshell: bool,
    /// `$(…)`, backquotes, `<(…)`
    pub substitution: bool,
    pub function: bool,
    /// `for`, `while`, `until`, `select`
    pub repeated: bool,
    /// `if`, `case`: the body, not the condition.
    pub branch: bool,
    /// The condition of `if`, `while` or `until`.
    pub condition: bool,
    /// The argument of `sh -c`, `eval` and their like, or a here-document that a shell reads.
    pub inner: bool,
}

/// A simple command and where it stands.
#[derive(Clone, Debug)]
pub struct Command<'s> {
    pub node: &'s SimpleCommand,
    /// In bytes of the source, assignments and redirections included.
    pub span: Span,
    /// What connects it to the command before it in its list.
    pub link: Link,
    /// What connects it to the command after it; `None` at the end of its list.
    pub follows: Option<Link>,
    /// Its pipeline stands behind `!`.
    pub negated: bool,
    /// Whether it runs hangs on something whose failure doesn't end the script: it stands in the body of
    /// `if`, `case`, a loop or a function, or behind `||`, or behind `test … &&`.
    pub conditional: bool,
    /// Which command of its pipeline it is, from 0.
    pub position: usize,
    /// How many commands its pipeline has.
    pub pipeline: usize,
    pub nesting: Nesting,
    directory: Where,
}

impl<'s> Command<'s> {
    /// The program as it is written; `None` where there is none or it isn't known.
    pub fn name(&self) -> Option<Cow<'s, str>> {
        self.node.words.first()?.literal()
    }

    /// Whether the program is `name`, its path apart.
    pub fn is(&self, name: &str) -> bool {
        self.name().is_some_and(|program| super::inner::base_name(&program) == name)
    }

    /// The program's word.
    pub fn program(&self) -> Option<&'s Word> {
        self.node.words.first()
    }

    pub fn args(&self) -> &'s [Word] {
        self.node.words.get(1..).unwrap_or(&[])
    }

    pub fn words(&self) -> &'s [Word] {
        &self.node.words
    }

    pub fn assignments(&self) -> &'s [Assignment] {
        self.node.assignments()
    }

    pub fn redirects(&self) -> &'s [Redirect] {
        self.node.redirects()
    }

    /// The directory that it runs in: `""` for the one that the script began in, a path relative to that,
    /// or an absolute one. `None` where a `cd` before it can't be followed.
    pub fn directory(&self) -> Option<&str> {
        self.directory.path()
    }

    /// The file that a redirection sends what it prints to. A device is none, the container's log may be one.
    pub fn output(&self) -> Option<String> {
        let redirects = self.redirects().iter().filter(|redirect| redirect.kind.writes());
        let mut targets =
            redirects.filter_map(|redirect| Some(redirect.target.as_ref()?.unquoted().into_owned()));
        targets.find(|target| !(target.starts_with("/dev/") || target.starts_with("/proc/")))
    }

    /// The value of the argument `name=value` or of the word after the argument `name`.
    pub fn option(&self, name: &str) -> Option<Cow<'s, str>> {
        option(self.args(), name)
    }
}

/// See [`Command::option`].
pub(super) fn option<'s>(args: &'s [Word], name: &str) -> Option<Cow<'s, str>> {
    for (index, word) in args.iter().enumerate() {
        let Some(text) = word.literal() else { continue };
        if text == name {
            return args.get(index + 1)?.literal();
        }
        if let Some(value) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(Cow::Owned(value.to_owned()));
        }
    }
    None
}

impl Script {
    /// Every simple command in the order of the text, an outer one before those within its words.
    pub fn commands(&self) -> Vec<Command<'_>> {
        let mut walk = Walk {
            script: self,
            found: Vec::with_capacity(self.size),
            directory: Directory::start(),
            nesting: Nesting::default(),
            conditional: false,
        };
        walk.list(&self.body);
        walk.found
    }
}

struct Walk<'s> {
    script: &'s Script,
    found: Vec<Command<'s>>,
    directory: Directory,
    nesting: Nesting,
    conditional: bool,
}

/// Where a node stands in its list.
#[derive(Clone, Copy)]
struct Position {
    link: Link,
    follows: Option<Link>,
    negated: bool,
    position: usize,
    pipeline: usize,
}

impl<'s> Walk<'s> {
    fn list(&mut self, list: &'s List) {
        let mut link = Link::Start;
        for item in &list.items {
            let after = item.separator.map(|(separator, _)| match separator {
                Separator::Semicolon => Link::Sequence,
                Separator::Background => Link::Background,
                Separator::Newline => Link::Newline,
            });
            if after == Some(Link::Background) {
                self.apart(|walk| walk.chain(&item.chain, link, after));
            } else {
                self.chain(&item.chain, link, after);
            }
            link = after.unwrap_or(Link::Sequence);
        }
    }

    fn chain(&mut self, chain: &'s AndOr, link: Link, after: Option<Link>) {
        let link_of = |connector: &Connector| match connector {
            Connector::And => Link::And,
            Connector::Or => Link::Or,
        };
        let conditional = self.conditional;
        let any_or = chain.rest.iter().any(|(connector, ..)| *connector == Connector::Or);
        let begin = any_or.then(|| self.directory.clone());
        let next = |index: usize| chain.rest.get(index).map(|(connector, ..)| link_of(connector)).or(after);
        self.pipeline(&chain.first, link, next(0));
        let mut before = &chain.first;
        for (index, (connector, _, pipeline)) in chain.rest.iter().enumerate() {
            self.conditional |= *connector == Connector::Or || before.is_test();
            if *connector == Connector::And {
                self.pipeline(pipeline, Link::And, next(index + 1));
            } else {
                // Behind `||` the `cd`s of the left side may have failed; after it they have not.
                let succeeded = self.directory.clone();
                begin.iter().for_each(|begin| self.directory.merge(begin));
                let entered = self.directory.clone();
                self.pipeline(pipeline, Link::Or, next(index + 1));
                if self.directory == entered {
                    self.directory = succeeded;
                } else {
                    self.directory.forget();
                }
            }
            before = pipeline;
        }
        self.conditional = conditional;
    }

    fn pipeline(&mut self, pipeline: &'s Pipeline, link: Link, after: Option<Link>) {
        let count = pipeline.commands.len();
        let link_of = |pipe: Pipe| if pipe == Pipe::Both { Link::PipeBoth } else { Link::Pipe };
        for (index, (pipe, node)) in pipeline.commands.iter().enumerate() {
            let next = pipeline.commands.get(index + 1).and_then(|(pipe, _)| pipe.as_ref());
            let position = Position {
                link: pipe.map_or(link, |(pipe, _)| link_of(pipe)),
                follows: next.map(|(pipe, _)| link_of(*pipe)).or(after),
                negated: pipeline.negated,
                position: index,
                pipeline: count,
            };
            if count > 1 {
                self.apart(|walk| walk.node(node, position));
            } else {
                self.node(node, position);
            }
        }
    }

    /// Walks what has a directory of its own: a subshell, a side of a pipe, another shell.
    fn apart(&mut self, walk: impl FnOnce(&mut Self)) {
        let directory = self.directory.clone();
        walk(self);
        self.directory = directory;
    }

    fn nested(&mut self, mark: impl FnOnce(&mut Nesting), walk: impl FnOnce(&mut Self)) {
        let outer = self.nesting;
        mark(&mut self.nesting);
        walk(self);
        self.nesting = outer;
    }

    /// Walks what may run or not.
    fn perhaps(&mut self, walk: impl FnOnce(&mut Self)) {
        let conditional = std::mem::replace(&mut self.conditional, true);
        let directory = self.directory.clone();
        walk(self);
        self.directory.merge(&directory);
        self.conditional = conditional;
    }

    fn node(&mut self, node: &'s Node, position: Position) {
        match node {
            Node::Simple(simple) => self.simple(simple, position),
            Node::Compound(compound) => self.compound(compound),
        }
    }

    fn simple(&mut self, simple: &'s SimpleCommand, position: Position) {
        self.found.push(Command {
            node: simple,
            span: simple.span,
            link: position.link,
            follows: position.follows,
            negated: position.negated,
            conditional: self.conditional,
            position: position.position,
            pipeline: position.pipeline,
            nesting: self.nesting,
            directory: self.directory.now.clone(),
        });
        for assignment in simple.assignments() {
            self.parts(&assignment.subscript);
            self.parts(&assignment.value.parts);
            assignment.array.iter().flatten().for_each(|word| self.parts(&word.parts));
        }
        for (index, word) in simple.words.iter().enumerate() {
            match &simple.inner {
                Some(inner) if inner.0 == index => self.inner_script(&inner.1),
                _ => self.parts(&word.parts),
            }
        }
        self.redirects(simple.redirects());
        self.directory.follow(simple);
    }

    fn inner_script(&mut self, script: &'s Script) {
        let outer = std::mem::replace(&mut self.script, script);
        self.nested(|n| n.inner = true, |walk| walk.apart(|walk| walk.list(&script.body)));
        self.script = outer;
    }

    fn redirects(&mut self, redirects: &'s [Redirect]) {
        for redirect in redirects {
            redirect.target.iter().for_each(|word| self.parts(&word.parts));
            let Some(here) = redirect.here.and_then(|index| self.script.heredocs.get(index as usize)) else {
                continue;
            };
            self.parts(&here.parts);
            here.script.iter().for_each(|script| self.inner_script(script));
        }
    }

    fn words(&mut self, words: &'s [Word]) {
        words.iter().for_each(|word| self.parts(&word.parts));
    }

    fn parts(&mut self, parts: &'s [Part]) {
        for part in parts {
            match &part.kind {
                PartKind::Double(parts) | PartKind::Arithmetic(parts) => self.parts(parts),
                PartKind::Variable(variable) => {
                    self.parts(&variable.subscript);
                    self.parts(&variable.operand);
                }
                PartKind::Command(list) | PartKind::Process(list) => {
                    self.nested(|n| n.substitution = true, |walk| walk.apart(|walk| walk.list(list)));
                }
                PartKind::Backquoted(script) => {
                    let outer = std::mem::replace(&mut self.script, script);
                    self.nested(|n| n.substitution = true, |walk| walk.apart(|walk| walk.list(&script.body)));
                    self.script = outer;
                }
                _ => {}
            }
        }
    }

    fn compound(&mut self, compound: &'s Compound) {
        match &compound.kind {
            CompoundKind::Subshell(list) => {
                self.nested(|n| n.subshell = true, |walk| walk.apart(|walk| walk.list(list)));
            }
            CompoundKind::Group(list) => self.list(list),
            CompoundKind::If { branches, otherwise } => {
                for (index, branch) in branches.iter().enumerate() {
                    let condition = |walk: &mut Self| {
                        walk.nested(|n| n.condition = true, |walk| walk.list(&branch.condition));
                    };
                    if index == 0 {
                        condition(self)
                    } else {
                        self.perhaps(condition)
                    }
                    self.nested(|n| n.branch = true, |walk| walk.perhaps(|walk| walk.list(&branch.body)));
                }
                if let Some(list) = otherwise {
                    self.nested(|n| n.branch = true, |walk| walk.perhaps(|walk| walk.list(list)));
                }
            }
            CompoundKind::For { words, body, .. } => {
                self.words(words.as_deref().unwrap_or(&[]));
                self.nested(|n| n.repeated = true, |walk| walk.perhaps(|walk| walk.list(body)));
            }
            CompoundKind::ArithmeticFor { header, body } => {
                self.parts(header);
                self.nested(|n| n.repeated = true, |walk| walk.perhaps(|walk| walk.list(body)));
            }
            CompoundKind::While { condition, body, .. } => {
                self.nested(|n| (n.repeated, n.condition) = (true, true), |walk| walk.list(condition));
                self.nested(|n| n.repeated = true, |walk| walk.perhaps(|walk| walk.list(body)));
            }
            CompoundKind::Case { subject, items } => {
                subject.iter().for_each(|word| self.parts(&word.parts));
                for item in items {
                    self.words(&item.patterns);
                    self.nested(|n| n.branch = true, |walk| walk.perhaps(|walk| walk.list(&item.body)));
                }
            }
            CompoundKind::Function { body, .. } => {
                let start = self.directory.clone();
                // Where a function runs is where it's called.
                self.directory.forget();
                self.nested(
                    |n| n.function = true,
                    |walk| {
                        walk.perhaps(|walk| {
                            let position = Position {
                                link: Link::Start,
                                follows: None,
                                negated: false,
                                position: 0,
                                pipeline: 1,
                            };
                            body.iter().for_each(|node| walk.node(node, position));
                        });
                    },
                );
                self.directory = start;
            }
            CompoundKind::Test(words) => self.words(words),
            CompoundKind::Arithmetic(parts) => self.parts(parts),
        }
        self.redirects(&compound.redirects);
    }
}

impl Pipeline {
    /// Whether it only asks a question: `test`, `[`, `[[`, `(( ))`, `command -v`, `which`.
    fn is_test(&self) -> bool {
        let [(_, node)] = &*self.commands else { return false };
        match node {
            Node::Simple(simple) => {
                simple.words.first().and_then(Word::literal).is_some_and(|name| match &*name {
                    "test" | "[" | "which" | "type" | "hash" | "false" => true,
                    "command" => simple.words.get(1).is_some_and(|word| word.is("-v") || word.is("-V")),
                    _ => false,
                })
            }
            Node::Compound(compound) => {
                matches!(compound.kind, CompoundKind::Test(_) | CompoundKind::Arithmetic(_))
            }
        }
    }
}
