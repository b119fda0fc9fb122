//! Text without meaning: spans, lines, positions, edits and the rope document.
//!
//! Two notions of a line live here and must not be mixed. The LSP ends a line at `\n`, `\r\n` and a
//! lone `\r` ([`LineTable::lsp`]); BuildKit ends one only at `\n` ([`LineTable::physical`]), and the
//! grammar, the command line and its JSON count those.

#![warn(missing_docs)]

mod diff;
mod document;
mod edit;
mod lines;
mod span;
mod splice;
mod words;
mod workspace_edit;
mod xml;

pub use diff::line_edits;
pub use document::{Change, Document};
pub use edit::{Edit, EditError, apply};
pub use lines::{Encoding, LineTable, Position, PositionRange, Positions, newline};
pub use span::Span;
pub use splice::{Piece, Splice};
pub use words::count;
pub use workspace_edit::{FileChange, FileEdit, FileId, WorkspaceEdit};
pub use xml::xml_escape;
