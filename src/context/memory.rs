use super::source::{Entry, ErrorKind, Kind, Source, SourceError, Stat, TextFile, normal};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Files that stand in memory only: for `untitled:` documents and for tests. Folders are there because
/// files are in them; a path that was put in with a trailing `/` is an empty folder.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, (Arc<str>, u64)>,
    folders: BTreeMap<PathBuf, u64>,
    /// Permission bits other than 0o644.
    modes: BTreeMap<PathBuf, u32>,
    /// Where the symbolic links among the files lead.
    links: BTreeMap<PathBuf, String>,
    /// Counts the changes; it stands in for the clock.
    clock: u64,
}

impl Memory {
    /// Nothing at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Files by path and text.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut memory = Self::new();
        for (path, text) in files {
            memory.insert(path, text);
        }
        memory
    }

    /// Puts a file in, or replaces it.
    pub fn insert(&mut self, path: &str, text: &str) {
        self.clock += 1;
        let place = normal(Path::new(path)).into_owned();
        // As on disk, a folder changes when a name comes or goes, not when a file in it is written.
        let mut gains = self.stat(&place).is_err();
        self.links.remove(&place);
        if path.ends_with('/') {
            self.folders.insert(place.clone(), self.clock);
        } else {
            self.files.insert(place.clone(), (Arc::from(text), self.clock));
        }
        let mut above = place.as_path();
        while let Some(parent) = above.parent() {
            let known = self.folders.contains_key(parent);
            if !known || gains {
                self.folders.insert(parent.to_path_buf(), self.clock);
            }
            gains = !known;
            above = parent;
        }
    }

    /// Puts a symbolic link in, or replaces it.
    pub fn insert_link(&mut self, path: &str, target: &str) {
        self.insert(path, "");
        self.links.insert(normal(Path::new(path)).into_owned(), target.to_owned());
    }

    /// Gives a file other permission bits.
    pub fn set_mode(&mut self, path: &str, mode: u32) {
        self.modes.insert(normal(Path::new(path)).into_owned(), mode);
    }

    /// Takes a file, a link or an empty folder out.
    pub fn remove(&mut self, path: &str) {
        self.clock += 1;
        let place = normal(Path::new(path)).into_owned();
        self.links.remove(&place);
        if (self.files.remove(&place).is_some() || self.folders.remove(&place).is_some())
            && let Some(parent) = place.parent()
        {
            self.folders.insert(parent.to_path_buf(), self.clock);
        }
    }
}

fn at(clock: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(clock))
}

impl Source for Memory {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        let stat = self.stat(path)?;
        match self.files.get(&*normal(path)) {
            Some((text, _)) => Ok(TextFile { text: text.clone(), version: None, stamp: stat.stamp() }),
            None => Err(SourceError::new(path, ErrorKind::WrongKind)),
        }
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        let target = self.links.get(&*normal(path)).cloned();
        target.ok_or_else(|| SourceError::new(path, ErrorKind::WrongKind))
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        let place = normal(path);
        let stat = |kind, size, mode, clock| Stat { kind, size, mode, modified: at(clock), version: None };
        if let Some((text, clock)) = self.files.get(&*place) {
            if self.links.contains_key(&*place) {
                return Ok(stat(Kind::Link, 0, 0o777, *clock));
            }
            let mode = self.modes.get(&*place).copied().unwrap_or(0o644);
            return Ok(stat(Kind::File, text.len() as u64, mode, *clock));
        }
        match self.folders.get(&*place) {
            Some(clock) => Ok(stat(Kind::Folder, 0, 0o755, *clock)),
            None => Err(SourceError::new(path, ErrorKind::NotFound)),
        }
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        let place = normal(folder).into_owned();
        if !self.stat(&place)?.is_folder() {
            return Err(SourceError::new(folder, ErrorKind::WrongKind));
        }
        let paths = self.folders.keys().chain(self.files.keys());
        for path in paths.filter(|path| path.parent() == Some(&place)) {
            let name = path.file_name().unwrap_or(OsStr::new("")).to_os_string();
            if each(Entry { name, stat: self.stat(path)? }).is_break() {
                break;
            }
        }
        Ok(())
    }
}
