//! The files of a work tree as they stood at a revision of git.
//!
//! What a fresh checkout would hold isn't what an earlier build saw: `node_modules` is there in both and
//! in no commit. So a [`Revision`] is the work tree of now, changed back: what git knows to have changed
//! since is as it was, what git doesn't track and was told to ignore is as it is, and a file that git
//! neither tracks nor ignores is new and wasn't there.
//!
//! Whether a file has changed is git's own answer, by the index's stamps and, where they don't tell, by
//! the content as git would store it. So line endings that git converts and files that a filter such as
//! Git LFS puts in place are equal where git takes them for equal.

mod error;
mod objects;
mod open;
mod run;
#[cfg(test)]
mod tests;

pub use error::GitError;

use super::Disk;
use super::source::{Entry, ErrorKind, Kind, MAX_TEXT, Source, SourceError, Stamp, Stat, TextFile, normal};
use objects::Objects;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A work tree with the repository it belongs to, as it stood at one commit. Paths are those of the work
/// tree; what lies outside of it is as it is on disk.
///
/// A file that changed since has the permission bits that it has now, but for the executable bit, which
/// is all that git keeps; one that is gone has 0o644 or 0o755, what a checkout makes with the umask 022.
/// Its text is as git stores it: where git converts line endings, a changed file has the stored ones.
pub struct Revision {
    /// The commit's full name.
    commit: String,
    /// How the work tree's root is spelled, and where in the repository that spelling stands.
    roots: Vec<(PathBuf, PathBuf)>,
    /// The files that have changed since or are gone, by path in the repository.
    changed: BTreeMap<PathBuf, Blob>,
    /// The folders that those lie in.
    held: BTreeSet<PathBuf>,
    /// The files that weren't there.
    new: BTreeSet<PathBuf>,
    /// The folders that those lie in.
    above_new: BTreeSet<PathBuf>,
    /// Submodules at this revision: what they held isn't in this repository.
    submodules: Vec<PathBuf>,
    objects: Objects,
}

/// A file as it stood.
#[derive(Clone, Debug)]
struct Blob {
    id: String,
    kind: Kind,
    mode: u32,
    size: Size,
}

/// The length of a file as it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Known(u64),
    /// The object isn't in this clone.
    Missing,
    /// Git LFS keeps the content elsewhere; its pointer tells the length.
    Elsewhere(u64),
}

/// What a revision has at a path.
enum At<'a> {
    Blob(&'a Blob),
    /// A folder that a changed or vanished file lies in.
    Held,
    Absent,
    /// What is on disk.
    Disk,
}

impl Revision {
    /// The work tree that `folder` lies in, as it stood at `revision`: a commit's name, a branch, a tag,
    /// or what else git takes for one (`HEAD~3`). Nothing of the repository is run, nothing is fetched,
    /// and neither work tree nor index is written.
    pub fn open(folder: &Path, revision: &str) -> Result<Self, GitError> {
        open::open(folder, revision)
    }

    /// The full name of the commit.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Whether a path lies in the work tree; of what doesn't, git knows no earlier state.
    pub fn covers(&self, path: &Path) -> bool {
        self.inside(path).is_some()
    }

    /// What can't be known of `folder` as it stood, in sentences for the user; such files are taken as
    /// they are now.
    pub fn unknown(&self, folder: &Path) -> Vec<String> {
        let mut unknown = Vec::new();
        let Some(folder) = self.inside(folder) else {
            let shown = folder.display();
            return vec![format!(
                "{shown} lies in no git repository that is known here; it is taken as unchanged"
            )];
        };
        for path in self.submodules.iter().filter(|path| path.starts_with(&folder)) {
            let shown = path.display();
            unknown.push(format!("{shown} is a submodule; what it held is taken to be what it holds now"));
        }
        let within = self.changed.iter().filter(|(path, _)| path.starts_with(&folder));
        let missing = within.filter(|(_, blob)| blob.size == Size::Missing).count();
        if missing > 0 {
            let files = if missing == 1 { "1 file".to_string() } else { format!("{missing} files") };
            unknown.push(format!(
                "what {files} held isn't in this clone, which was made without all contents; their sizes count as 0"
            ));
        }
        unknown
    }

    /// A path of this machine as one of the repository.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let path = normal(path);
        self.roots.iter().find_map(|(root, prefix)| Some(prefix.join(path.strip_prefix(root).ok()?)))
    }

    fn at(&self, path: &Path) -> At<'_> {
        let Some(inside) = self.inside(path) else { return At::Disk };
        if let Some(blob) = self.changed.get(&inside) {
            At::Blob(blob)
        } else if self.held.contains(&inside) {
            At::Held
        } else if self.new.contains(&inside)
            || self.above_new.contains(&inside) && !self.lives(path, &inside, 0)
        {
            At::Absent
        } else {
            At::Disk
        }
    }

    /// Whether something in a folder that holds new files was there before them.
    fn lives(&self, folder: &Path, inside: &Path, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        let mut lives = false;
        let listed = Disk.list(folder, &mut |entry| {
            let inside = inside.join(&entry.name);
            let is_new = match entry.stat.kind {
                Kind::Folder if self.above_new.contains(&inside) => {
                    !self.lives(&folder.join(&entry.name), &inside, depth + 1)
                }
                _ => self.new.contains(&inside),
            };
            lives = !is_new;
            if lives { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        lives || listed.is_err()
    }

    /// Where a path leads, by the links that stood at the revision. Links of the disk are left to it.
    fn follow(&self, path: &Path) -> Result<PathBuf, SourceError> {
        let mut place = normal(path).into_owned();
        for _ in 0..MAX_LINKS {
            match self.at(&place) {
                At::Blob(blob) if blob.kind == Kind::Link => {
                    let link = run::path_of(&self.content(&place, blob)?);
                    place = normal(&place.parent().unwrap_or(Path::new("/")).join(link)).into_owned();
                }
                _ => return Ok(place),
            }
        }
        Err(SourceError::new(path, ErrorKind::Other("its links lead in a circle".to_string())))
    }

    fn content(&self, path: &Path, blob: &Blob) -> Result<Vec<u8>, SourceError> {
        let other = |said: &str| SourceError::new(path, ErrorKind::Other(said.to_string()));
        match blob.size {
            Size::Known(_) => match self.objects.content(&blob.id) {
                Ok(Some(bytes)) => Ok(bytes),
                Ok(None) => Err(other("what it held isn't in this clone")),
                Err(error) => Err(other(&error.to_string())),
            },
            Size::Missing => Err(other("what it held isn't in this clone")),
            Size::Elsewhere(_) => Err(other("what it held is kept by Git LFS")),
        }
    }
}

/// How deep folders of new files are followed.
const MAX_DEPTH: usize = 100;

/// How many links are followed from one to the next, as many as Linux does.
const MAX_LINKS: usize = 40;

impl Blob {
    fn stat(&self) -> Stat {
        let size = match self.size {
            Size::Known(size) | Size::Elsewhere(size) if self.kind == Kind::File => size,
            _ => 0,
        };
        Stat { kind: self.kind, size, mode: self.mode, modified: None, version: None }
    }
}

impl Source for Revision {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        let place = self.follow(path)?;
        match self.at(&place) {
            At::Disk => Disk.read(&place),
            At::Held => Err(SourceError::new(path, ErrorKind::WrongKind)),
            At::Absent => Err(SourceError::new(path, ErrorKind::NotFound)),
            At::Blob(blob) => {
                let stamp: Stamp = blob.stat().stamp();
                if stamp.size > MAX_TEXT {
                    return Err(SourceError::new(path, ErrorKind::TooLong { size: stamp.size }));
                }
                let text = String::from_utf8(self.content(path, blob)?).map_err(|error| {
                    SourceError::new(path, ErrorKind::NotText { at: error.utf8_error().valid_up_to() })
                })?;
                Ok(TextFile { text: Arc::from(text), version: None, stamp })
            }
        }
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        match self.at(path) {
            At::Disk => Disk.stat(path),
            At::Absent => Err(SourceError::new(path, ErrorKind::NotFound)),
            At::Blob(blob) => Ok(blob.stat()),
            At::Held => match Disk.stat(path) {
                Ok(stat) if stat.is_folder() => Ok(stat),
                _ => Ok(Stat { kind: Kind::Folder, size: 0, mode: 0o755, modified: None, version: None }),
            },
        }
    }

    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        let place = self.follow(path)?;
        match self.at(&place) {
            At::Disk => Disk.target(&place),
            _ => self.stat(&place),
        }
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        let is_held = match self.at(folder) {
            At::Absent => return Err(SourceError::new(folder, ErrorKind::NotFound)),
            At::Blob(_) => return Err(SourceError::new(folder, ErrorKind::WrongKind)),
            At::Held => true,
            At::Disk => false,
        };
        let Some(inside) = self.inside(folder) else { return Disk.list(folder, each) };
        let mut stopped = false;
        let listed = Disk.list(folder, &mut |entry| {
            let path = inside.join(&entry.name);
            let is_folder = entry.stat.is_folder();
            let is_other = self.changed.contains_key(&path)
                || self.new.contains(&path)
                || self.held.contains(&path) && !is_folder
                || self.above_new.contains(&path)
                    && !self.held.contains(&path)
                    && is_folder
                    && !self.lives(&folder.join(&entry.name), &path, 0);
            if is_other {
                return ControlFlow::Continue(());
            }
            let flow = each(entry);
            stopped = flow.is_break();
            flow
        });
        match listed {
            // A folder that is gone.
            Err(error) if is_held && matches!(error.kind, ErrorKind::NotFound | ErrorKind::WrongKind) => {}
            Err(error) if is_held && Disk.stat(folder).is_ok_and(|stat| stat.is_folder()) => {
                return Err(error);
            }
            Err(error) if !is_held => return Err(error),
            _ => {}
        }
        let files = self.changed.range(inside.clone()..).map(|(path, _)| path);
        let folders = self.held.range(inside.clone()..);
        for path in files.take_while(|path| path.starts_with(&inside)) {
            if stopped {
                break;
            }
            if path.parent() == Some(&inside)
                && let (Some(name), Some(blob)) = (path.file_name(), self.changed.get(path))
            {
                stopped = each(Entry { name: name.to_os_string(), stat: blob.stat() }).is_break();
            }
        }
        for path in folders.take_while(|path| path.starts_with(&inside)) {
            if stopped {
                break;
            }
            if path.parent() == Some(&inside)
                && let Some(name) = path.file_name()
                && !Disk.stat(&folder.join(name)).is_ok_and(|stat| stat.is_folder())
            {
                let stat = Stat { kind: Kind::Folder, size: 0, mode: 0o755, modified: None, version: None };
                stopped = each(Entry { name: name.to_os_string(), stat }).is_break();
            }
        }
        Ok(())
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        match self.at(path) {
            At::Disk => Disk.link(path),
            At::Blob(blob) if blob.kind == Kind::Link => {
                Ok(String::from_utf8_lossy(&self.content(path, blob)?).into_owned())
            }
            At::Blob(_) | At::Held => Err(SourceError::new(path, ErrorKind::WrongKind)),
            At::Absent => Err(SourceError::new(path, ErrorKind::NotFound)),
        }
    }

    fn bytes(&self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        let place = self.follow(path)?;
        match self.at(&place) {
            At::Disk => Disk.bytes(&place, each)?,
            At::Blob(blob) => each(&self.content(path, blob)?),
            At::Held => return Err(SourceError::new(path, ErrorKind::WrongKind)),
            At::Absent => return Err(SourceError::new(path, ErrorKind::NotFound)),
        }
        Ok(())
    }
}
