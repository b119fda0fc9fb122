use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The outside world: what [`super::View::gather`] may ask of it. [`super::Disk`] is the real one,
/// [`super::Overlay`] lays an editor's open documents over another, [`super::Memory`] is a map,
/// [`super::Revision`] is a work tree as it stood at a revision of git.
pub trait Source: Send + Sync {
    /// The text of a file. A byte order mark is part of it, so that offsets are those of the file.
    ///
    /// Fails where the file isn't there, can't be opened, isn't UTF-8, or is longer than
    /// [`MAX_TEXT`].
    fn read(&self, path: &Path) -> Result<TextFile, SourceError>;

    /// Gives the bytes of a file to `each`, piece by piece, whatever they are and however many.
    fn bytes(&self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        each(self.read(path)?.text.as_bytes());
        Ok(())
    }

    /// Where a symbolic link leads, as it is written in it.
    fn link(&self, path: &Path) -> Result<String, SourceError> {
        Err(SourceError::new(path, ErrorKind::WrongKind))
    }

    /// What stands at `path`; a symbolic link is not followed.
    fn stat(&self, path: &Path) -> Result<Stat, SourceError>;

    /// What a symbolic link at `path` leads to, in the end; the same as [`Source::stat`] where there is
    /// no link. Its stamp is that of what [`Source::read`] would read.
    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        self.stat(path)
    }

    /// Calls `each` for everything directly in the folder, in no particular order, until it breaks.
    /// An entry that can't be looked at is left out.
    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError>;
}

/// The longest text that is read, in bytes: beyond the largest lockfiles in use, far below what hurts.
pub const MAX_TEXT: u64 = 64 << 20;

/// A text and where it stood when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    pub text: Arc<str>,
    /// The version of the open document that the text was taken from; `None` where it came from disk.
    pub version: Option<i32>,
    pub stamp: Stamp,
}

/// What tells one state of a file or folder from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Length in bytes; 0 for a folder.
    pub size: u64,
    pub modified: Option<SystemTime>,
    /// The version of the open document, where there is one.
    pub version: Option<i32>,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub kind: Kind,
    /// Length in bytes of a file's content; 0 for everything else.
    pub size: u64,
    /// Unix permission bits (`0o7777`). Where the system has none, 0o755, which is what BuildKit's
    /// client sends from Windows.
    pub mode: u32,
    pub modified: Option<SystemTime>,
    /// The version of the open document, where there is one.
    pub version: Option<i32>,
}

impl Stat {
    /// The part of it that changes when the file does.
    pub fn stamp(&self) -> Stamp {
        Stamp { size: self.size, modified: self.modified, version: self.version }
    }

    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }
}

/// The kinds of things in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    File,
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A socket, a pipe, a device: nothing that a build takes.
    Other,
}

/// One name in a folder.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: OsString,
    pub stat: Stat,
}

/// Why the outside world didn't answer. `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    pub path: PathBuf,
    pub kind: ErrorKind,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    NotFound,
    Denied,
    /// A folder or something else where a file was asked for, or the other way round.
    WrongKind,
    /// Not UTF-8; the byte at which it ceases to be.
    NotText {
        at: usize,
    },
    TooLong {
        size: u64,
    },
    /// What the system said.
    Other(String),
}

impl SourceError {
    pub fn new(path: &Path, kind: ErrorKind) -> Self {
        Self { path: path.to_path_buf(), kind }
    }

    /// Whether there is simply nothing at the path.
    pub fn is_absent(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            ErrorKind::NotFound => write!(f, "{path} isn't there"),
            ErrorKind::Denied => write!(f, "{path} may not be read; look at its permissions"),
            ErrorKind::WrongKind => {
                write!(f, "{path} is something else than was looked for (a folder, a file)")
            }
            ErrorKind::NotText { at } => {
                write!(f, "{path} isn't UTF-8 text (byte {at}); save it as UTF-8 to have it read")
            }
            ErrorKind::TooLong { size } => {
                write!(f, "{path} has {size} bytes; files over {} MB aren't read", MAX_TEXT >> 20)
            }
            ErrorKind::Other(said) => write!(f, "{path} can't be read: {said}"),
        }
    }
}

impl std::error::Error for SourceError {}

/// `path` without `.` and with `..` taken back, by its letters alone: no link is followed. Two spellings
/// of a path in the same folder are equal afterwards.
pub fn normal(path: &Path) -> Cow<'_, Path> {
    let odd = |c: Component<'_>| matches!(c, Component::CurDir | Component::ParentDir);
    if !path.components().any(odd) {
        return Cow::Borrowed(path);
    }
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_taken_out_of_a_path() {
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(normal(Path::new("../x/..")), Path::new(".."));
        assert_eq!(normal(Path::new("/../a")), Path::new("/a"));
        assert!(matches!(normal(Path::new("/a/b")), Cow::Borrowed(_)));
    }
}
