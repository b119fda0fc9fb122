use super::source::{Entry, Kind, Source, SourceError, Stat, TextFile, normal};
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Another source with the editor's open documents laid over it: what is open is read from the editor,
/// with its version, so that an edit never lands in a text that it wasn't made for. A document that
/// isn't saved yet is there all the same.
pub struct Overlay<'a> {
    under: &'a dyn Source,
    open: BTreeMap<PathBuf, (Arc<str>, i32)>,
}

impl<'a> Overlay<'a> {
    /// `open` gives each open document's path, text and version.
    pub fn new(under: &'a dyn Source, open: impl IntoIterator<Item = (PathBuf, Arc<str>, i32)>) -> Self {
        let open = open
            .into_iter()
            .map(|(path, text, version)| (normal(&path).into_owned(), (text, version)))
            .collect();
        Self { under, open }
    }

    fn stat_open(&self, path: &Path, text: &str, version: i32) -> Stat {
        let under = self.under.stat(path).ok();
        Stat {
            kind: Kind::File,
            size: text.len() as u64,
            mode: under.map_or(0o644, |stat| stat.mode),
            // The text doesn't change with the disk, so neither does its stamp.
            modified: None,
            version: Some(version),
        }
    }
}

impl Source for Overlay<'_> {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        match self.open.get(&*normal(path)) {
            Some((text, version)) => Ok(TextFile {
                text: text.clone(),
                version: Some(*version),
                stamp: self.stat_open(path, text, *version).stamp(),
            }),
            None => self.under.read(path),
        }
    }

    fn bytes(&self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        match self.open.get(&*normal(path)) {
            Some((text, _)) => each(text.as_bytes()),
            None => self.under.bytes(path, each)?,
        }
        Ok(())
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        self.under.link(path)
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        match self.open.get(&*normal(path)) {
            Some((text, version)) => Ok(self.stat_open(path, text, *version)),
            None => self.under.stat(path),
        }
    }

    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        match self.open.get(&*normal(path)) {
            Some((text, version)) => Ok(self.stat_open(path, text, *version)),
            None => self.under.target(path),
        }
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        let normal_folder = normal(folder).into_owned();
        let here: Vec<(&OsStr, Stat)> = self
            .open
            .iter()
            .filter(|(path, _)| path.parent() == Some(&normal_folder))
            .filter_map(|(path, (text, version))| {
                Some((path.file_name()?, self.stat_open(path, text, *version)))
            })
            .collect();
        if here.is_empty() {
            return self.under.list(folder, each);
        }
        let names: HashSet<&OsStr> = here.iter().map(|(name, _)| *name).collect();
        let mut stopped = false;
        let result = self.under.list(folder, &mut |entry| {
            if names.contains(entry.name.as_os_str()) {
                return ControlFlow::Continue(());
            }
            let flow = each(entry);
            stopped = flow.is_break();
            flow
        });
        if !stopped {
            for (name, stat) in here {
                if each(Entry { name: name.to_os_string(), stat }).is_break() {
                    break;
                }
            }
        }
        match result {
            // A folder that only unsaved documents are in.
            Err(error) if error.is_absent() => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn what_is_open_comes_from_the_editor() {
        let disk = Memory::from_files([("/app/package.json", "{}"), ("/app/a.txt", "a")]);
        let open = [
            (PathBuf::from("/app/./package.json"), Arc::from("{\"name\":\"x\"}"), 7),
            (PathBuf::from("/app/new.txt"), Arc::from("unsaved"), 1),
        ];
        let overlay = Overlay::new(&disk, open);
        let read = overlay.read(Path::new("/app/package.json")).unwrap();
        assert_eq!((&*read.text, read.version), ("{\"name\":\"x\"}", Some(7)));
        assert_eq!(overlay.stat(Path::new("/app/package.json")).unwrap().size, 12);
        assert_eq!(overlay.read(Path::new("/app/a.txt")).unwrap().version, None);
        let mut names = Vec::new();
        overlay
            .list(Path::new("/app"), &mut |entry| {
                names.push((entry.name.to_string_lossy().into_owned(), entry.stat.size));
                ControlFlow::Continue(())
            })
            .unwrap();
        names.sort();
        assert_eq!(names, [("a.txt".into(), 1), ("new.txt".into(), 7), ("package.json".into(), 12)]);
    }
}
