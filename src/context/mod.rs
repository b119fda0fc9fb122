//! The outside world behind one trait: the only place below server and cli that reads disk or starts a program.
mod disk;
pub mod dockerignore;
mod memory;
mod overlay;
mod package_json;
mod problem;
mod script_words;
mod scripts;
mod source;
pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;
pub use package_json::{ModuleType, PackageJson, PackageManagerField};
pub use problem::Problem;
pub use scripts::{NextStart, StartKind};
pub use source::{Entry, ErrorKind, Kind, MAX_TEXT, Source, SourceError, Stamp, Stat, TextFile, normal};
