use super::Edit;
use std::path::PathBuf;
use std::sync::Arc;

/// Which file an edit is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileId {
    /// The Dockerfile itself, whatever it is called and wherever it lies, on disk or not.
    Document,
    /// Another file, by its absolute path.
    Path(PathBuf),
}

/// What happens to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// The text changes in places.
    Modify {
        /// The text that the edits were made for. They must not land in any other.
        base: Arc<str>,
        /// The version of the editor's document, where the text was taken from the editor.
        version: Option<i32>,
        /// All in offsets of `base`, none over another.
        edits: Vec<Edit>,
    },
    /// The file, which isn't there yet, is written with this text.
    Create {
        /// The whole of it.
        text: String,
    },
}

/// One file of a [`WorkspaceEdit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    /// Which one it is.
    pub file: FileId,
    /// What becomes of it.
    pub change: FileChange,
    /// A short sentence for the client's preview, where it has one: why this file changes.
    pub label: Option<String>,
}

/// Changes to one or more files that belong together: all are made, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkspaceEdit {
    /// Each file once.
    pub files: Vec<FileEdit>,
}

impl WorkspaceEdit {
    /// Edits of the Dockerfile alone. `base` is the text that they were made for.
    pub fn document(base: Arc<str>, edits: Vec<Edit>) -> Self {
        let change = FileChange::Modify { base, version: None, edits };
        Self { files: vec![FileEdit { file: FileId::Document, change, label: None }] }
    }

    /// Whether a file other than the Dockerfile changes.
    pub fn reaches_other_files(&self) -> bool {
        self.files.iter().any(|file| file.file != FileId::Document)
    }
}
