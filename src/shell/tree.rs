use super::{Dialect, Few, Text};
use crate::text::Span;
use compact_str::CompactString;
use std::sync::Arc;

/// A parsed script. Every `span` in it counts bytes of the source (the Dockerfile).
#[derive(Clone, Debug)]
pub struct Script {
    pub dialect: Dialect,
    pub body: List,
    /// The comments, each from its `#` to the end of its line.
    pub comments: Vec<Span>,
    /// The here-documents, in the order of their bodies; [`Redirect::here`] points into this list.
    pub heredocs: Vec<HereDoc>,
    /// What the shell would refuse, at most 100 of them.
    pub errors: Vec<ShellError>,
    /// Something nested deeper than [`super::MAX_DEPTH`] was kept as one opaque part.
    pub truncated: bool,
    pub(super) text: Arc<Text>,
    /// How many simple commands there are about, those of scripts within it included.
    pub(super) size: usize,
}

impl Script {
    /// The items of the script's outermost list.
    pub fn items(&self) -> &[Item] {
        &self.body.items
    }

    /// The logical text that was parsed: continuations taken out.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Where in the source the bytes `at` of [`Script::text`] stand.
    pub fn span_of(&self, at: Span) -> Span {
        self.text.span(at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellError {
    pub span: Span,
    pub message: String,
}

/// Commands one after another.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub items: Box<[Item]>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub chain: AndOr,
    /// What ends the item, and where; `None` at the end of the list.
    pub separator: Option<(Separator, Span)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `;`
    Semicolon,
    /// `&`: the item runs in the background.
    Background,
    Newline,
}

/// A further pipeline of a chain, with the operator before it and that operator's span.
pub type Joined = (Connector, Span, Pipeline);

/// A command of a pipeline; every one but the first with the pipe before it and that pipe's span.
pub type Piped = (Option<(Pipe, Span)>, Node);

/// Pipelines connected by `&&` and `||`.
#[derive(Clone, Debug)]
pub struct AndOr {
    pub first: Pipeline,
    pub rest: Box<[Joined]>,
}

impl AndOr {
    pub fn span(&self) -> Span {
        self.rest.last().map_or(self.first.span, |(_, _, last)| self.first.span.to(last.span))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

#[derive(Clone, Debug)]
pub struct Pipeline {
    pub span: Span,
    /// An odd number of `!` stands before it.
    pub negated: bool,
    pub commands: Few<Piped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// `|`
    Output,
    /// `|&`: standard error too.
    Both,
}

#[derive(Clone, Debug)]
pub enum Node {
    Simple(SimpleCommand),
    Compound(Box<Compound>),
}

impl Node {
    pub fn span(&self) -> Span {
        match self {
            Node::Simple(simple) => simple.span,
            Node::Compound(compound) => compound.span,
        }
    }
}

/// Assignments, words and redirections.
#[derive(Clone, Debug)]
pub struct SimpleCommand {
    pub span: Span,
    pub words: Few<Word>,
    rest: Option<Box<Rest>>,
    /// The script that an argument holds: the index of the word, and what `sh -c`, `eval` or their like
    /// would run.
    pub inner: Option<Box<(usize, Script)>>,
}

/// What few commands have.
#[derive(Clone, Debug)]
struct Rest {
    assignments: Box<[Assignment]>,
    redirects: Box<[Redirect]>,
}

impl SimpleCommand {
    pub(super) fn new(
        span: Span,
        assignments: Box<[Assignment]>,
        words: Few<Word>,
        redirects: Box<[Redirect]>,
    ) -> Self {
        let plain = assignments.is_empty() && redirects.is_empty();
        let rest = (!plain).then(|| Box::new(Rest { assignments, redirects }));
        Self { span, words, rest, inner: None }
    }

    pub fn assignments(&self) -> &[Assignment] {
        self.rest.as_deref().map_or(&[], |rest| &rest.assignments)
    }

    pub fn redirects(&self) -> &[Redirect] {
        self.rest.as_deref().map_or(&[], |rest| &rest.redirects)
    }
}

/// `NAME=value`, `NAME+=value`, `NAME[i]=value`, `NAME=(a b)`.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub span: Span,
    pub name: CompactString,
    /// What stands between the brackets of `NAME[i]=`.
    pub subscript: Box<[Part]>,
    /// `+=`
    pub append: bool,
    /// The value of a plain assignment; empty where nothing follows the `=`.
    pub value: Word,
    /// The elements of an array, where the value is one.
    pub array: Option<Vec<Word>>,
}

#[derive(Clone, Debug)]
pub struct Redirect {
    pub span: Span,
    pub kind: RedirectKind,
    /// The descriptor written before the operator.
    pub descriptor: Option<u32>,
    /// The file, the descriptor, the here-document's delimiter or the here-string.
    pub target: Option<Box<Word>>,
    /// Which of [`Script::heredocs`] it reads; `None` where it isn't a here-document or its body is missing.
    pub here: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `<`
    Input,
    /// `>`
    Output,
    /// `>|`
    Clobber,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
    /// `<&`
    DuplicateInput,
    /// `>&`
    DuplicateOutput,
    /// `&>`
    OutputBoth,
    /// `&>>`
    AppendBoth,
    /// `<<` and `<<-`
    HereDoc,
    /// `<<<`
    HereString,
}

impl RedirectKind {
    /// Whether what the command prints goes to the target.
    pub fn writes(self) -> bool {
        matches!(self, Self::Output | Self::Clobber | Self::Append | Self::OutputBoth | Self::AppendBoth)
    }
}

#[derive(Clone, Debug)]
pub struct HereDoc {
    pub delimiter: CompactString,
    /// The delimiter was quoted: nothing in the body expands.
    pub quoted: bool,
    /// `<<-`: leading tabs are stripped.
    pub strip_tabs: bool,
    /// The body without the closing delimiter's line.
    pub body: Span,
    /// The closing delimiter; None where it is missing.
    pub end: Option<Span>,
    pub closed: bool,
    /// The body's expansions, where it may have some and isn't a script itself.
    pub parts: Box<[Part]>,
    /// The body as a script, where a shell reads it (`bash <<EOF`).
    pub script: Option<Box<Script>>,
}

#[derive(Clone, Debug)]
pub struct Compound {
    pub span: Span,
    pub kind: CompoundKind,
    pub redirects: Vec<Redirect>,
}

#[derive(Clone, Debug)]
pub enum CompoundKind {
    /// `( … )`
    Subshell(List),
    /// `{ …; }`
    Group(List),
    If {
        /// `if` and every `elif`.
        branches: Vec<Branch>,
        otherwise: Option<List>,
    },
    /// `for` and `select`. Without `in`, `words` is `None`.
    For {
        select: bool,
        variable: Option<Word>,
        words: Option<Vec<Word>>,
        body: List,
    },
    /// `for ((…; …; …))`
    ArithmeticFor {
        /// What stands between the double parentheses.
        header: Box<[Part]>,
        body: List,
    },
    /// `while` and `until`.
    While {
        until: bool,
        condition: List,
        body: List,
    },
    Case {
        subject: Option<Word>,
        items: Vec<CaseItem>,
    },
    Function {
        name: Word,
        body: Option<Box<Node>>,
    },
    /// `[[ … ]]`: its words and operators in order.
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic(Box<[Part]>),
}

#[derive(Clone, Debug)]
pub struct Branch {
    pub condition: List,
    pub body: List,
}

#[derive(Clone, Debug)]
pub struct CaseItem {
    pub patterns: Vec<Word>,
    pub body: List,
}

/// A word as the shell sees it before it expands it.
#[derive(Clone)]
pub struct Word {
    /// Where it stands in the source, quotes included.
    pub span: Span,
    pub parts: Few<Part>,
    /// Bytes of the script's text.
    pub(super) at: Span,
    pub(super) source: Arc<Text>,
}

#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands in the source, quotes included.
    pub span: Span,
    pub kind: PartKind,
    /// Bytes of the script's text.
    pub(super) at: Span,
}

#[derive(Clone, Debug)]
pub enum PartKind {
    /// Text that stands for itself.
    Literal,
    /// A run of `*`, `?`, `[` outside quotes, or an extended pattern `@(…)`.
    Glob,
    /// One or more characters, each behind its own backslash; a backslash before a newline stands for
    /// nothing.
    Escaped,
    /// `'…'`
    Single,
    /// `$'…'`
    AnsiC,
    /// `"…"` and `$"…"`
    Double(Box<[Part]>),
    /// `$x`, `${x…}`
    Variable(Box<Expansion>),
    /// `$(…)`, and `` `…` `` without backslashes
    Command(List),
    /// `` `…` `` with backslashes, a script of its own since they are taken out before it is read.
    Backquoted(Box<Script>),
    /// `<(…)` and `>(…)`
    Process(List),
    /// `$((…))` and `$[…]`
    Arithmetic(Box<[Part]>),
    /// Nested too deep to be looked into.
    Opaque,
}

#[derive(Clone, Debug)]
pub struct Expansion {
    /// The variable's name, a number or a special character (`@`, `?`, …).
    pub name: CompactString,
    /// `${…}` rather than `$x`.
    pub braced: bool,
    /// `${!x}`
    pub indirect: bool,
    /// What stands between the brackets of `${x[i]}`.
    pub subscript: Box<[Part]>,
    pub operator: Option<Operator>,
    /// What follows the operator: the default, the pattern, the message.
    pub operand: Box<[Part]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `:-`, and `-` without colon.
    Default { colon: bool },
    /// `:=`, `=`
    Assign { colon: bool },
    /// `:?`, `?`
    Error { colon: bool },
    /// `:+`, `+`
    Alternative { colon: bool },
    /// `#`, `##`
    RemovePrefix { longest: bool },
    /// `%`, `%%`
    RemoveSuffix { longest: bool },
    /// `/`, `//`, `/#`, `/%`
    Replace,
    /// `:offset:length`
    Substring,
    /// `${#x}`
    Length,
    /// `^`, `^^`, `,`, `,,`
    Case,
    /// `@Q` and the like.
    Transform,
    /// `[…]`
    Subscript,
    /// Something no shell knows.
    Unknown,
}
