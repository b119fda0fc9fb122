use super::Keyword;
use crate::text::{LineTable, Span, Splice};
use compact_str::CompactString;
use std::sync::Arc;

/// A Dockerfile as a tree that loses nothing: its tokens joined are the text.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) source: Arc<str>,
    pub(super) tokens: Vec<Token>,
    pub(super) items: Vec<Item>,
    pub(super) escape: char,
    pub(super) lines: LineTable,
}

impl Tree {
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// What stands at the top level, in the order of the file. Blank lines are tokens only.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    pub fn instructions(&self) -> impl DoubleEndedIterator<Item = &Instruction> {
        self.items.iter().filter_map(Item::instruction)
    }

    /// The instructions with the names that the model calls them by.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (InstructionId, &Instruction)> {
        let items = self.items.iter().enumerate();
        items.filter_map(|(at, item)| Some((InstructionId(at as u32), item.instruction()?)))
    }

    /// The instruction that `id` names; None where `id` is of another tree.
    pub fn instruction(&self, id: InstructionId) -> Option<&Instruction> {
        self.items.get(id.index())?.instruction()
    }

    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.items.iter().filter_map(|item| match item {
            Item::Directive(directive) => Some(&**directive),
            _ => None,
        })
    }

    /// The tokens with their spans. They follow each other without a gap and cover the text.
    pub fn tokens(&self) -> impl Iterator<Item = (TokenKind, Span)> {
        let ends = self.tokens.iter().skip(1).map(|t| t.start).chain([self.source.len() as u32]);
        self.tokens.iter().zip(ends).map(|(token, end)| (token.kind, Span::new(token.start, end)))
    }

    /// The character that continues lines and escapes: `\` or, by `# escape=`, a backquote.
    pub fn escape(&self) -> char {
        self.escape
    }

    /// The lines as BuildKit counts them, ended by `\n` alone.
    pub fn lines(&self) -> &LineTable {
        &self.lines
    }

    /// The instruction whose text, from its keyword to its last byte, touches `offset`.
    pub fn instruction_at(&self, offset: u32) -> Option<&Instruction> {
        self.instruction(self.id_at(offset)?)
    }

    /// As [`Tree::instruction_at`], but its name.
    pub fn id_at(&self, offset: u32) -> Option<InstructionId> {
        let last = self.items.partition_point(|item| item.span().start <= offset).checked_sub(1)?;
        let instruction = self.items[last].instruction()?;
        instruction.span.touches(offset).then_some(InstructionId(last as u32))
    }

    /// The comment lines directly above an instruction, with no blank line between, first one first.
    pub fn comments_above(&self, instruction: &Instruction) -> Vec<&Comment> {
        let at = self.items.partition_point(|item| item.span().start < instruction.span.start);
        let mut line = instruction.first_line;
        let mut comments = Vec::new();
        for item in self.items[..at].iter().rev() {
            match item {
                Item::Comment(comment) if comment.line + 1 == line => {
                    line = comment.line;
                    comments.push(comment);
                }
                _ => break,
            }
        }
        comments.reverse();
        comments
    }
}

/// The place of an instruction in its tree. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstructionId(u32);

impl InstructionId {
    /// The place among the tree's items.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One piece of text; where it ends, the next one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A byte order mark at the start of the file.
    Bom,
    Whitespace,
    /// `\n` with the `\r`s before it.
    Newline,
    /// A comment from its `#` to the end of the line, between instructions or inside a continued one.
    Comment,
    /// A parser directive, from its `#` to the end of the line.
    Directive,
    Keyword,
    /// A flag with its value.
    Flag,
    /// An argument, or its part on one line.
    Word,
    /// The escape character that continues a line, with the blanks behind it.
    Continuation,
    /// What stands between arguments and is no blank: the brackets and commas of the exec form, `=`.
    Punctuation,
    HeredocBody,
    HeredocEnd,
}

#[derive(Clone, Debug)]
pub enum Item {
    /// At most three of a file, and large.
    Directive(Box<Directive>),
    Comment(Comment),
    Instruction(Box<Instruction>),
}

impl Item {
    pub fn span(&self) -> Span {
        match self {
            Item::Directive(directive) => directive.span,
            Item::Comment(comment) => comment.span,
            Item::Instruction(instruction) => instruction.span,
        }
    }

    pub fn instruction(&self) -> Option<&Instruction> {
        match self {
            Item::Instruction(instruction) => Some(instruction),
            _ => None,
        }
    }
}

/// A comment line outside of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// The 1-based line.
    pub line: u32,
}

/// A parser directive: `# syntax=`, `# escape=` or `# check=`, above everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// The 1-based line.
    pub line: u32,
    /// In lower case.
    pub name: Box<str>,
    pub name_span: Span,
    pub value: Box<str>,
    pub value_span: Span,
}

/// How the arguments of an instruction are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// One text that runs to the end: RUN, CMD and ENTRYPOINT in shell form, WORKDIR, USER, STOPSIGNAL,
    /// MAINTAINER.
    Text,
    /// A JSON array of strings.
    Exec,
    /// Words between blanks: FROM, COPY, ADD, EXPOSE, VOLUME.
    Words,
    /// Names and values in turn: ENV, LABEL. `legacy` is the form with a blank, `ENV name value`.
    Pairs { legacy: bool },
    /// Names, each perhaps with `=value`: ARG.
    Names,
    /// HEALTHCHECK: a type, then the command in shell or exec form.
    Check { exec: bool },
    /// ONBUILD: another instruction.
    Trigger,
    /// An unknown instruction, whose arguments aren't read.
    None,
}

/// One instruction, with BuildKit's values and the places where they stand.
#[derive(Clone, Debug)]
pub struct Instruction {
    pub keyword: Keyword,
    pub keyword_span: Span,
    /// From the keyword to the last byte that isn't blank, heredocs with their ends included.
    pub span: Span,
    /// Whole lines: from the start of the first one to the line break of the last one, included.
    pub full_span: Span,
    /// The 1-based line of the keyword.
    pub first_line: u32,
    /// The 1-based line where it ends, heredocs and trailing comments of a continuation included.
    pub last_line: u32,
    pub flags: Vec<Flag>,
    pub form: Form,
    /// The values as BuildKit's parser has them, quotes and variables still in: for [`Form::Pairs`] names
    /// and values in turn, for [`Form::Check`] the type first, for [`Form::Text`] one word.
    pub args: Vec<Word>,
    pub heredocs: Vec<Heredoc>,
    /// The instruction behind ONBUILD.
    pub trigger: Option<Box<Instruction>>,
    /// Comment lines inside the continued instruction.
    pub comments: Vec<Span>,
    /// Blank lines inside the continued instruction, which BuildKit warns of.
    pub blank_lines: Vec<Span>,
    /// The logical line, continuations and inner comments taken out.
    pub logical: Splice,
    /// What stands behind the keyword and the flags, in bytes of `logical`.
    pub rest: Span,
}

impl Instruction {
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| &*flag.name == name)
    }

    /// The value of the flag `name`, where it is there and has one.
    pub fn flag_value(&self, name: &str) -> Option<&str> {
        self.flag(name)?.value.as_ref().map(|value| &*value.text)
    }

    /// The arguments' place in the file; empty behind the keyword where there are none.
    pub fn rest_span(&self) -> Span {
        self.logical.span(self.rest)
    }

    /// What stands behind the keyword and the flags, continuations taken out, with its map to the file.
    pub fn rest_splice(&self, source: &str) -> Splice {
        self.logical.slice(self.rest, source)
    }

    /// Names and values of [`Form::Pairs`].
    pub fn pairs(&self) -> impl Iterator<Item = (&Word, &Word)> {
        let pairs = if matches!(self.form, Form::Pairs { .. }) { &self.args[..] } else { &[] };
        pairs.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
    }

    pub fn is_exec(&self) -> bool {
        matches!(self.form, Form::Exec | Form::Check { exec: true })
    }
}

/// A flag of an instruction, `--name` or `--name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// From the first dash to the last byte of the value.
    pub span: Span,
    /// Without the dashes.
    pub name: CompactString,
    /// Without the dashes.
    pub name_span: Span,
    /// What stands behind `=`, quotes and escapes taken out as BuildKit does; None without `=`.
    pub value: Option<Word>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub span: Span,
    /// The value as BuildKit's parser has it. It may differ from the text at `span`: continuations, the
    /// escapes of JSON and of flags are taken out. Kept in place where it is short.
    pub text: CompactString,
}

/// A here-document of RUN, COPY or ADD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that opens it, `<<EOF`.
    pub opener: Span,
    pub name: CompactString,
    /// Whether variables in the body are expanded: the name isn't quoted.
    pub expand: bool,
    /// Whether leading tabs are taken off: `<<-`.
    pub strip_tabs: bool,
    /// The file descriptor before `<<`, 0 where none is written.
    pub fd: u32,
    /// The lines of the body with their line breaks.
    pub body: Span,
    /// The line that ends it, without blanks and line break; None where the file ends first.
    pub end: Option<Span>,
}
