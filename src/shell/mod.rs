//! The commands inside RUN (and the shell form of CMD, ENTRYPOINT and HEALTHCHECK): a tolerant lexer and
//! a light command tree, with exact spans in the Dockerfile.
//!
//! [`parse`] reads a [`Splice`], the logical text of an instruction whose continuations and Dockerfile
//! comments are already taken out. It never fails: what it can't make sense of becomes an error beside
//! the tree, and the commands around it stay. Every `span` in the tree counts bytes of the source that
//! the splice was cut from; so a word's span holds the whole word even where a continuation runs
//! through it.
//!
//! - [`Script::commands`] lists every simple command, those in subshells, substitutions, `sh -c '…'` and
//!   here-documents read by a shell included, each with what connects it to the one before.
//! - [`unwrap`] sees through `sudo`, `env A=b`, `npx` and their like.
//! - [`packages::of`] says what a package manager is asked to do.
//! - [`next`] recognises `next build`, `next start` and `next dev`.
//!
//! # What is understood
//!
//! The grammar is POSIX's (Shell Command Language, 2.10) with bash's additions where dash and BusyBox
//! merely reject them: a linter gains nothing from refusing `[[ … ]]`.
//!
//! - Words: `'…'`, `"…"`, `$'…'`, `$"…"`, `\`, patterns, `$x`, `${x…}` with every operator, `$(…)`, backquotes,
//!   `$((…))`, `<(…)` and `>(…)`; assignments and arrays.
//! - Commands: pipelines, `&&` and `||`, lists, `( … )`, `{ …; }`, `if`, `for`, `select`, `while`, `until`,
//!   `case`, `[[ … ]]`, `(( … ))`, functions in both forms; every redirection, here-documents and
//!   here-strings.
//! - Scripts in the arguments of `sh -c`, `eval` and their like, four deep, and here-documents that a shell reads.
//! - cmd and PowerShell ([`Dialect`]): words, variables and commands, without a tree of their compound
//!   commands. A bracket parts commands there; `$(…)` of PowerShell is read wherever it expands.
//!
//! Aliases, globs and the values of variables are not followed. Reading takes time and memory linear in
//! the length of the text, whatever it holds; depth ends at [`MAX_DEPTH`].

mod arithmetic;
mod cmd;
mod commands;
mod compound;
mod directory;
mod expansion;
mod few;
mod flat;
mod inner;
mod lexer;
pub mod next;
pub mod packages;
mod parser;
mod pieces;
mod powershell;
mod text;
mod tree;
mod word;
mod wrappers;

#[cfg(test)]
mod tests;

pub use commands::{Command, Link, Nesting};
pub use few::Few;
pub use pieces::{Piece, PieceKind};
pub use text::Text;
pub use tree::{
    AndOr, Assignment, Branch, CaseItem, Compound, CompoundKind, Connector, Expansion, HereDoc, Item, Joined,
    List, Node, Operator, Part, PartKind, Pipe, Piped, Pipeline, Redirect, RedirectKind, Script, Separator,
    ShellError, SimpleCommand, Word,
};
pub use wrappers::{Invocation, assignment, unwrap};

use crate::text::{Span, Splice};
use std::sync::Arc;

/// Nested deeper than this, a construct is kept as one opaque part and [`Script::truncated`] is set.
pub const MAX_DEPTH: u32 = 64;

/// Which language the text is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `sh`, `bash`, `dash`, `ash`, `zsh`, `ksh`.
    #[default]
    Posix,
    /// `cmd.exe`, the default of Windows images.
    Cmd,
    /// `powershell` and `pwsh`.
    PowerShell,
}

impl Dialect {
    /// The dialect that the words of a SHELL instruction ask for. A program that isn't known counts as a
    /// POSIX shell.
    pub fn of_shell(words: &[&str]) -> Dialect {
        let program = words.first().copied().unwrap_or("");
        let base = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
        match base.strip_suffix(".exe").unwrap_or(&base) {
            "cmd" => Dialect::Cmd,
            "powershell" | "pwsh" => Dialect::PowerShell,
            _ => Dialect::Posix,
        }
    }
}

/// Reads a script. Never fails and never panics; what is wrong stands in [`Script::errors`].
///
/// `source` is the text that `script` was cut from; spans of the result count its bytes.
pub fn parse(script: &Splice, source: &str, dialect: Dialect) -> Script {
    let text = Arc::new(Text::of_splice(script, source));
    match dialect {
        Dialect::Posix => parser::parse(text, 0, 0),
        Dialect::Cmd => cmd::parse(text),
        Dialect::PowerShell => powershell::parse(text),
    }
}

/// Reads a POSIX script that stands alone, as those of package.json do; spans count bytes of `text`.
pub fn parse_str(text: &str) -> Script {
    parse(&Splice::of(Span::new(0, text.len() as u32)), text, Dialect::Posix)
}

/// The script of an exec form (`CMD ["npm", "start"]`): one command whose words are taken as they are.
///
/// Each word comes with its value and its span in `source`, quotes included. The body of
/// `["sh", "-c", "…"]` is parsed with exact spans where the JSON string has no escapes; where it has, its
/// commands carry the span of the whole string.
pub fn exec<'a>(words: impl IntoIterator<Item = (&'a str, Span)>, source: &str) -> Script {
    parser::exec(words, source)
}
