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
    links: BTreeMap<PathBuf, (PathBuf, u64)>,
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
        let is_new = !self.files.contains_key(&place) && self.links.remove(&place).is_none();
        if path.ends_with('/') {
            self.folders.insert(place.clone(), self.clock);
        } else {
            self.files.insert(place.clone(), (Arc::from(text), self.clock));
        }
        let mut above = place.as_path();
        while let Some(parent) = above.parent() {
            // As on disk, a folder changes when a name comes or goes, not when a file in it is written.
            let known = self.folders.contains_key(parent);
            if !known || (is_new && Some(parent) == place.parent()) {
                self.folders.insert(parent.to_path_buf(), self.clock);
            }
            above = parent;
        }
    }

    /// Puts a symbolic link in, which leads to `target` as it is written.
    pub fn insert_link(&mut self, path: &str, target: &str) {
        self.insert(path, "");
        let place = normal(Path::new(path)).into_owned();
        self.files.remove(&place);
        self.links.insert(place, (PathBuf::from(target), self.clock));
    }

    /// Takes a file or a link out.
    pub fn remove(&mut self, path: &str) {
        self.clock += 1;
        let place = normal(Path::new(path)).into_owned();
        let was_there = self.files.remove(&place).is_some() | self.links.remove(&place).is_some();
        if was_there && let Some(parent) = place.parent() {
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

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        let place = normal(path);
        let stat = |kind, size, mode, clock| Stat { kind, size, mode, modified: at(clock), version: None };
        if let Some((text, clock)) = self.files.get(&*place) {
            return Ok(stat(Kind::File, text.len() as u64, 0o644, *clock));
        }
        if let Some((_, clock)) = self.links.get(&*place) {
            return Ok(stat(Kind::Link, 0, 0o777, *clock));
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
        let paths = self.folders.keys().chain(self.files.keys()).chain(self.links.keys());
        for path in paths.filter(|path| path.parent() == Some(&place)) {
            let name = path.file_name().unwrap_or(OsStr::new("")).to_os_string();
            if each(Entry { name, stat: self.stat(path)? }).is_break() {
                break;
            }
        }
        Ok(())
    }
    fn link(&self, path: &Path) -> Result<PathBuf, SourceError> {
        match self.links.get(&*normal(path)) {
            Some((target, _)) => Ok(target.clone()),
            None => Err(SourceError::new(path, ErrorKind::WrongKind)),
        }
    }
}
