//! The lossless tree of a Dockerfile: parsing never fails, never loses a byte, and has BuildKit's values.
//!
//! [`parse`] gives a [`Tree`] of items (directives, comments, instructions) over tokens that cover the
//! text. An [`Instruction`] holds the values that BuildKit's parser has, each with its place in the file;
//! [`instruction`] turns them into typed fields.

mod arguments;
mod directive;
mod error;
mod heredoc;
pub mod instruction;
mod keyword;
mod parser;
mod tokens;
mod tree;
mod words;

pub mod duration;
pub mod expand;
pub mod flags;
pub mod image;
pub mod indent;
pub mod suggest;

pub use error::{ErrorKind, SyntaxError};
pub use keyword::Keyword;
pub use parser::{parse, parse_lines};
pub use tree::{
    Comment, Directive, Flag, Form, Heredoc, Instruction, InstructionId, Item, Token, TokenKind, Tree, Word,
};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
