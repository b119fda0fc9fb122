//! Edits of several files, carried out in memory before anything is written.

use crate::context::{Disk, Overlay, Source};
use crate::text::{FileChange, FileId, WorkspaceEdit, apply};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files that have changed, with what they were.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    files: BTreeMap<PathBuf, Changed>,
}

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// None: the file isn't there yet.
    pub before: Option<Arc<str>>,
    pub after: Arc<str>,
}

impl Changes {
    /// The files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&PathBuf, &Changed)> {
        self.files.iter().filter(|(_, changed)| changed.before.as_ref() != Some(&changed.after))
    }

    /// The text of a file as it stands after the changes so far.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        self.files.get(path).map(|changed| &changed.after)
    }

    /// The disk with the changes laid over it.
    pub fn over_disk(&self) -> Overlay<'static> {
        let open = self.files.iter().map(|(path, changed)| (path.clone(), Arc::clone(&changed.after), 0));
        Overlay::new(&Disk, open.collect::<Vec<_>>())
    }

    /// Carries out `edit`, all of it or, with a sentence that says why, none. `document` is where the
    /// Dockerfile lies and its text.
    pub fn make(
        &mut self,
        edit: &WorkspaceEdit,
        document: (&Path, &Arc<str>),
        show: &dyn Fn(&Path) -> String,
    ) -> Result<(), String> {
        let mut made = self.files.clone();
        for file in &edit.files {
            let path = match &file.file {
                FileId::Document => document.0,
                FileId::Path(path) => path,
            };
            let now = match (made.get(path), &file.file) {
                (Some(changed), _) => Some(Arc::clone(&changed.after)),
                (None, FileId::Document) => Some(Arc::clone(document.1)),
                (None, FileId::Path(path)) => match Disk.read(path) {
                    Ok(file) => Some(file.text),
                    Err(error) if error.is_absent() => None,
                    Err(error) => return Err(error.to_string()),
                },
            };
            let after: Arc<str> = match (&file.change, &now) {
                (FileChange::Modify { base, edits, .. }, Some(now)) if base == now => apply(base, edits)
                    .map_err(|error| format!("{} can't be edited: {error}", show(path)))?
                    .into(),
                (FileChange::Modify { .. }, _) => {
                    return Err(format!("{} has changed meanwhile; run the command again", show(path)));
                }
                (FileChange::Create { text }, None) => text.as_str().into(),
                (FileChange::Create { .. }, Some(_)) => {
                    return Err(format!("{} is there by now; run the command again", show(path)));
                }
            };
            made.entry(path.to_path_buf())
                .and_modify(|changed| changed.after = Arc::clone(&after))
                .or_insert(Changed { before: now, after });
        }
        self.files = made;
        Ok(())
    }
}
