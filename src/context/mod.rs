//! The outside world behind one trait: the only place below server and cli that reads disk or starts a program.
mod disk;
pub mod dockerignore;
mod memory;
mod overlay;
mod source;
pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;
pub use source::{Entry, ErrorKind, Kind, MAX_TEXT, Source, SourceError, Stamp, Stat, TextFile, normal};
