//! Writing several files so that all of them change, or none.

use super::changes::{Changed, Changes};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes all changes, or none: the new texts are written beside the files first, and put in their
/// places when all of them are there. A file that isn't any more what the change was made for is an
/// error, as is everything that the disk refuses; then everything is as it was before.
pub fn write_all(changes: &Changes, show: &dyn Fn(&Path) -> String) -> Result<(), String> {
    let mut ready = Vec::new();
    for (number, (path, changed)) in changes.files().enumerate() {
        let prepared = Prepared::new(path, changed, number);
        ready.push(prepared.map_err(|error| format!("{}: {}; nothing was written", show(path), error))?);
    }
    // Looked at again, as late as can be.
    for file in &ready {
        file.unchanged().map_err(|error| format!("{}: {error}; nothing was written", show(&file.path)))?;
    }
    for at in 0..ready.len() {
        if let Err(error) = ready[at].put() {
            let failed = show(&ready[at].path);
            let lost: Vec<String> = ready[..at]
                .iter_mut()
                .rev()
                .filter_map(|file| file.take_back().err().map(|_| show(&file.path)))
                .collect();
            return Err(match lost.is_empty() {
                true => format!("{failed}: {error}; all files are as they were before"),
                false => format!("{failed}: {error}; {} could not be set back", lost.join(", ")),
            });
        }
    }
    Ok(())
}

/// One file whose new text lies beside it. What isn't put in place is removed when this is dropped.
struct Prepared {
    /// The file itself, behind any symbolic link.
    path: PathBuf,
    before: Option<Vec<u8>>,
    /// The new text.
    fresh: PathBuf,
    /// The old text, once the new one is in place.
    old: Option<PathBuf>,
}

impl Prepared {
    fn new(path: &Path, changed: &Changed, number: usize) -> Result<Self, String> {
        let before = changed.before.as_ref().map(|text| text.as_bytes().to_vec());
        let path = match &before {
            // A link stays a link; what it leads to is written.
            Some(_) => fs::canonicalize(path).map_err(told)?,
            None => path.to_path_buf(),
        };
        let fresh = beside(&path, "new", number);
        let file = Self { path, before, fresh, old: None };
        file.unchanged()?;
        let mut out = create(&file.fresh).map_err(told)?;
        out.write_all(changed.after.as_bytes()).and_then(|()| out.sync_all()).map_err(told)?;
        if file.before.is_some() {
            let metadata = fs::metadata(&file.path).map_err(told)?;
            if metadata.permissions().readonly() {
                return Err("the file is read-only".to_string());
            }
            fs::set_permissions(&file.fresh, metadata.permissions()).map_err(told)?;
        }
        Ok(file)
    }

    /// Whether the file still is what the change was made for.
    fn unchanged(&self) -> Result<(), String> {
        match (&self.before, fs::read(&self.path)) {
            (Some(before), Ok(now)) if *before == now => Ok(()),
            (Some(_), Ok(_)) => Err("the file has changed meanwhile; run the command again".to_string()),
            (None, Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            (None, Ok(_)) => Err("the file is there by now; run the command again".to_string()),
            (_, Err(error)) => Err(told(error)),
        }
    }

    /// Puts the new text in the file's place, and keeps the old one.
    fn put(&mut self) -> Result<(), String> {
        self.unchanged()?;
        if self.before.is_none() {
            // Unlike a rename, a link doesn't replace what may be there by now.
            match fs::hard_link(&self.fresh, &self.path) {
                Ok(()) => drop(fs::remove_file(&self.fresh)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err("the file is there by now; run the command again".to_string());
                }
                // Not every file system has hard links.
                Err(_) => fs::rename(&self.fresh, &self.path).map_err(told)?,
            }
            return Ok(());
        }
        let old = beside(&self.path, "old", 0);
        fs::copy(&self.path, &old).map_err(told)?;
        self.old = Some(old);
        fs::rename(&self.fresh, &self.path).map_err(told)
    }

    /// Puts the old text back.
    fn take_back(&mut self) -> Result<(), String> {
        match (&self.before, self.old.take()) {
            (None, _) => fs::remove_file(&self.path).map_err(told),
            (Some(_), Some(old)) => fs::rename(&old, &self.path).map_err(told),
            (Some(before), None) => fs::write(&self.path, before).map_err(told),
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // What isn't there any more needs no removing, and what can't be removed can't be helped.
        let _ = fs::remove_file(&self.fresh);
        if let Some(old) = &self.old {
            let _ = fs::remove_file(old);
        }
    }
}

/// A name beside `path` that is nobody's.
fn beside(path: &Path, what: &str, number: usize) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".plimsoll-{}-{number}.{what}", std::process::id()));
    path.with_file_name(name)
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn told(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "it may not be written; look at its permissions".to_string(),
        io::ErrorKind::NotFound => "the file isn't there any more".to_string(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Edit, FileChange, FileEdit, FileId, Span, WorkspaceEdit};
    use std::sync::Arc;
    use tempfile::TempDir;

    fn show(path: &Path) -> String {
        path.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// Changes `a` from "one" to "two" and creates `b`.
    fn changes(folder: &TempDir) -> Changes {
        fs::write(folder.path().join("a"), "one").unwrap();
        let base: Arc<str> = Arc::from("one");
        let edits = vec![Edit::replace(Span::new(0, 3), "two")];
        let modify = FileChange::Modify { base: Arc::clone(&base), version: None, edits };
        let create = FileChange::Create { text: "new".to_string() };
        let edit = WorkspaceEdit {
            files: vec![
                FileEdit { file: FileId::Document, change: modify, label: None },
                FileEdit { file: FileId::Path(folder.path().join("b")), change: create, label: None },
            ],
        };
        let mut changes = Changes::default();
        changes.make(&edit, (&folder.path().join("a"), &base), &show).unwrap();
        changes
    }

    fn texts(folder: &TempDir) -> Vec<(String, String)> {
        let mut texts: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (show(&path), fs::read_to_string(&path).unwrap()))
            .collect();
        texts.sort();
        texts
    }

    fn pairs(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
    }

    #[test]
    fn all_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        write_all(&changes(&folder), &show).unwrap();
        assert_eq!(texts(&folder), pairs(&[("a", "two"), ("b", "new")]));
    }

    #[test]
    fn a_file_that_changed_meanwhile_keeps_all_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let changes = changes(&folder);
        fs::write(folder.path().join("a"), "typed meanwhile").unwrap();
        let error = write_all(&changes, &show).unwrap_err();
        assert_eq!(error, "a: the file has changed meanwhile; run the command again; nothing was written");
        assert_eq!(texts(&folder), pairs(&[("a", "typed meanwhile")]));
    }

    #[test]
    fn a_file_that_came_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let changes = changes(&folder);
        fs::write(folder.path().join("b"), "somebody's").unwrap();
        let error = write_all(&changes, &show).unwrap_err();
        assert!(error.starts_with("b: the file is there by now"), "{error}");
        assert_eq!(texts(&folder), pairs(&[("a", "one"), ("b", "somebody's")]));
    }

    #[test]
    fn what_was_put_in_place_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let changes = changes(&folder);
        let mut ready: Vec<Prepared> = changes
            .files()
            .enumerate()
            .map(|(number, (path, changed))| Prepared::new(path, changed, number).unwrap())
            .collect();
        ready.iter_mut().for_each(|file| file.put().unwrap());
        ready.iter_mut().for_each(|file| file.take_back().unwrap());
        drop(ready);
        assert_eq!(texts(&folder), pairs(&[("a", "one")]));
    }
}
