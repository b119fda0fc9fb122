//! Everything that lies in a build context, what .dockerignore keeps out included.

use super::source::{Kind, Source};
use super::view::{Cancelled, Totals};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// All files and folders of a context at one moment, each folder before what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    entries: Vec<Entry>,
    /// There are more files than were looked at.
    pub truncated: bool,
}

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the context's root, with `/`.
    pub path: Box<str>,
    /// Bytes of a file's content; 0 for a symbolic link and for a folder.
    pub bytes: u64,
    pub is_folder: bool,
    /// The index behind the last entry that lies in it.
    end: u32,
}

/// The most files and folders that are looked at.
const MOST: usize = 400_000;

impl Inventory {
    /// Lists the folder `root` with all that is in it. What can't be listed has nothing in it.
    pub fn take(source: &dyn Source, root: &Path, cancel: &AtomicBool) -> Result<Self, Cancelled> {
        Self::take_at_most(source, root, cancel, MOST)
    }

    fn take_at_most(
        source: &dyn Source,
        root: &Path,
        cancel: &AtomicBool,
        most: usize,
    ) -> Result<Self, Cancelled> {
        let mut inventory = Self::default();
        // The folders that are open, each with what is still to come of it, last first.
        let mut open: Vec<(Option<usize>, Vec<Entry>)> = vec![(None, list(source, root, ""))];
        while let Some((folder, rest)) = open.last_mut() {
            if cancel.load(Ordering::Relaxed) {
                return Err(Cancelled);
            }
            let Some(mut entry) = rest.pop().filter(|_| inventory.entries.len() < most) else {
                inventory.truncated |= inventory.entries.len() >= most && !rest.is_empty();
                let end = inventory.entries.len() as u32;
                if let Some(entry) = folder.and_then(|at| inventory.entries.get_mut(at)) {
                    entry.end = end;
                }
                open.pop();
                continue;
            };
            let at = inventory.entries.len();
            entry.end = at as u32 + 1;
            if entry.is_folder {
                let inner = list(source, &root.join(&*entry.path), &entry.path);
                open.push((Some(at), inner));
            }
            inventory.entries.push(entry);
        }
        Ok(inventory)
    }

    /// Each folder before what is in it, the names of a folder sorted.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is in the entry at `at`, the entry itself included.
    pub fn below(&self, at: usize) -> &[Entry] {
        let end = self.entries.get(at).map_or(at, |entry| entry.end as usize);
        self.entries.get(at..end).unwrap_or_default()
    }

    /// The indices of what lies directly in a folder; None stands for the root.
    pub fn children(&self, folder: Option<usize>) -> impl Iterator<Item = usize> {
        let (mut next, end) = match folder {
            Some(at) => (at + 1, at + self.below(at).len()),
            None => (0, self.entries.len()),
        };
        std::iter::from_fn(move || {
            let at = next;
            next += self.below(at).len().max(1);
            (at < end).then_some(at)
        })
    }

    /// The index of what lies at a path.
    pub fn at(&self, path: &str) -> Option<usize> {
        let mut folder = None;
        let mut known = String::new();
        for part in path.split('/') {
            known.push_str(part);
            folder = Some(self.children(folder).find(|at| *self.entries[*at].path == *known)?);
            known.push('/');
        }
        folder
    }

    /// The files in the entry at `at`, itself included.
    pub fn totals(&self, at: usize) -> Totals {
        let mut totals = Totals::default();
        self.below(at).iter().filter(|entry| !entry.is_folder).for_each(|file| totals.add(file.bytes));
        totals
    }
}

impl Entry {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// What is in a folder, the last name first.
fn list(source: &dyn Source, folder: &Path, path: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let _ = source.list(folder, &mut |entry| {
        if entry.stat.kind != Kind::Other {
            let name = entry.name.to_string_lossy();
            let path = if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
            let is_folder = entry.stat.is_folder();
            found.push(Entry { path: path.into(), bytes: entry.stat.size, is_folder, end: 0 });
        }
        ControlFlow::Continue(())
    });
    found.sort_unstable_by(|a, b| b.path.cmp(&a.path));
    found
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn folders_stand_before_what_is_in_them() {
        let source =
            Memory::from_files([("/w/b.txt", "12"), ("/w/a/x", "1"), ("/w/a/y/z", "123"), ("/w/a.md", "")]);
        let never = AtomicBool::new(false);
        let all = Inventory::take(&source, Path::new("/w"), &never).unwrap();
        let paths: Vec<&str> = all.entries().iter().map(|entry| &*entry.path).collect();
        assert_eq!(paths, ["a", "a/x", "a/y", "a/y/z", "a.md", "b.txt"]);
        assert_eq!(all.totals(0), Totals { files: 2, bytes: 4 });
        assert_eq!(all.children(None).collect::<Vec<_>>(), [0, 4, 5]);
        assert_eq!(all.children(Some(0)).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((all.at("a/y/z"), all.at("a/q"), all.at("")), (Some(3), None, None));
        let some = Inventory::take_at_most(&source, Path::new("/w"), &never, 3).unwrap();
        assert_eq!((some.entries().len(), some.truncated, some.totals(0).files), (3, true, 1));
        assert!(Inventory::take(&source, Path::new("/w"), &AtomicBool::new(true)).is_err());
        assert!(Inventory::take(&source, Path::new("/gone"), &never).unwrap().entries().is_empty());
    }
}
