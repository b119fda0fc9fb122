//! `textDocument/semanticTokens/full`, `full/delta` and `range`.

mod collect;
mod encode;
mod script;

use super::Snapshot;
use crate::text::{Encoding, Span};

pub use encode::{TokensEdit, difference};

/// What a token is. The number of each is its place in [`TOKEN_TYPES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum TokenType {
    /// An instruction, AS, a reserved word of the shell.
    Keyword,
    /// A comment.
    Comment,
    /// The name of a parser directive.
    Macro,
    /// An image.
    Type,
    /// The name of a stage.
    Class,
    /// A variable.
    Variable,
    /// A flag, or an option of a command.
    Parameter,
    /// The key of a label or of a mount.
    Property,
    /// One of the words that a flag takes.
    EnumMember,
    /// Text in quotes, the text of a heredoc.
    String,
    /// A port, a duration, the number of a stage.
    Number,
    /// What joins commands.
    Operator,
    /// The program that a command runs.
    Function,
}

/// The protocol's names of the token types, by number.
pub const TOKEN_TYPES: [&str; 13] = [
    "keyword",
    "comment",
    "macro",
    "type",
    "class",
    "variable",
    "parameter",
    "property",
    "enumMember",
    "string",
    "number",
    "operator",
    "function",
];

/// The protocol's names of the modifiers, by bit.
pub const TOKEN_MODIFIERS: [&str; 2] = ["declaration", "deprecated"];

/// The bit of [`TOKEN_MODIFIERS`] for a name where it is declared.
pub const DECLARATION: u8 = 1;
/// The bit for what should no longer be used.
pub const DEPRECATED: u8 = 2;

/// A stretch of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands, perhaps over several lines.
    pub span: Span,
    /// What it is.
    pub kind: TokenType,
    /// Bits of [`TOKEN_MODIFIERS`].
    pub modifiers: u8,
}

/// How a client takes tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// In what it counts columns.
    pub encoding: Encoding,
    /// Whether a token may run over the end of a line.
    pub multiline: bool,
}

/// The tokens of the file, in the order of the text; none overlaps another.
pub fn semantic_tokens(snapshot: &Snapshot) -> Vec<Token> {
    collect::tokens(snapshot, Span::new(0, snapshot.source().len() as u32))
}

/// The tokens as the protocol has them, five numbers each: lines down, columns on, length, type, modifiers.
/// `within` is the part of the text that is asked for; None for all of it.
pub fn encoded_tokens(snapshot: &Snapshot, within: Option<Span>, manner: Manner) -> Vec<u32> {
    let all = Span::new(0, snapshot.source().len() as u32);
    let tokens = collect::tokens(snapshot, within.unwrap_or(all));
    encode::encode(&tokens, snapshot.source(), snapshot.lines(), manner)
}

#[cfg(test)]
mod tests;
