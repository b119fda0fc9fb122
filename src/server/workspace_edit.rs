//! Edits of one or several files, in the form that the client can take.

use crate::text::{Edit, FileChange, FileEdit, FileId, LineTable, WorkspaceEdit};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tower_lsp::gen_lsp_types as lsp;

use super::documents::Version;
use super::session::Session;
use super::state::State;
use super::{lock, to_lsp, uri};

/// The edit as the client can take it, or a sentence that says why it can't be made.
///
/// The edits of a file are made for one text. Where the editor shows another by now, nothing is edited.
pub fn to_lsp(edit: &WorkspaceEdit, version: &Version, state: &State) -> Result<lsp::WorkspaceEdit, String> {
    let session = state.session();
    if edit.reaches_other_files() && !session.creates_files {
        return Err("this editor doesn't say that it can change several files for a server".to_string());
    }
    let mut files = Vec::with_capacity(edit.files.len());
    for file in &edit.files {
        files.push(Target::find(file, version, state)?);
    }
    if !session.document_changes {
        let changes = files.iter().filter_map(|file| {
            let FileChange::Modify { base, edits, .. } = &file.edit.change else { return None };
            Some((lsp::Uri(file.uri.clone()), text_edits(edits, base, session)))
        });
        return Ok(lsp::WorkspaceEdit { changes: Some(changes.collect()), ..Default::default() });
    }
    let mut changes = Vec::new();
    let mut annotations = HashMap::new();
    for (index, file) in files.iter().enumerate() {
        let annotation = session.change_annotations.then(|| {
            let id = format!("plimsoll-{index}");
            annotations.insert(id.clone(), file.annotation());
            id
        });
        file.changes(annotation, session, &mut changes);
    }
    Ok(lsp::WorkspaceEdit {
        changes: None,
        document_changes: Some(changes),
        change_annotations: (!annotations.is_empty()).then_some(annotations),
    })
}

/// A file that an edit changes, as the client knows it.
struct Target<'a> {
    edit: &'a FileEdit,
    uri: String,
    /// The version of the open document; `None` where the file isn't open.
    version: Option<i32>,
}

impl<'a> Target<'a> {
    fn find(edit: &'a FileEdit, version: &Version, state: &State) -> Result<Self, String> {
        let path = match &edit.file {
            FileId::Document => {
                check(&edit.change, Some(&version.text()), "the Dockerfile")?;
                return Ok(Self { edit, uri: version.uri.to_string(), version: Some(version.number) });
            }
            FileId::Path(path) => path,
        };
        let open = lock(&state.documents).at(path).cloned();
        if let Some(open) = open {
            check(&edit.change, Some(&open.text()), &name(path))?;
            return Ok(Self { edit, uri: open.uri.to_string(), version: Some(open.number) });
        }
        let uri = match &version.path {
            Some(known) => uri::beside(&version.uri, known, path),
            None => uri::from_path(path),
        };
        Ok(Self { edit, uri, version: None })
    }

    fn changes(&self, annotation: Option<String>, session: &Session, changes: &mut Vec<lsp::DocumentChange>) {
        let uri = lsp::Uri(self.uri.clone());
        let edits = match &self.edit.change {
            FileChange::Modify { base, edits, .. } => text_edits(edits, base, session),
            FileChange::Create { text } => {
                // Should the file be there by now, it is neither emptied nor replaced.
                let options = lsp::CreateFileOptions { overwrite: None, ignore_if_exists: Some(true) };
                let create = lsp::CreateFile {
                    uri: uri.clone(),
                    options: Some(options),
                    annotation_id: annotation.clone(),
                };
                changes.push(lsp::DocumentChange::CreateFile(create));
                vec![lsp::TextEdit { range: lsp::Range::default(), new_text: text.clone() }]
            }
        };
        let edits = edits.into_iter().map(|text_edit| match &annotation {
            Some(id) => {
                lsp::Edit::AnnotatedTextEdit(lsp::AnnotatedTextEdit { annotation_id: id.clone(), text_edit })
            }
            None => lsp::Edit::TextEdit(text_edit),
        });
        changes.push(lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                version: self.version,
                text_document_identifier: lsp::TextDocumentIdentifier { uri },
            },
            edits: edits.collect(),
        }));
    }

    /// What the client's preview says of the file. What lies outside the open Dockerfile is confirmed.
    fn annotation(&self) -> lsp::ChangeAnnotation {
        let label = match (&self.edit.label, &self.edit.file, &self.edit.change) {
            (Some(label), ..) => label.clone(),
            (None, FileId::Document, _) => "Change the Dockerfile".to_string(),
            (None, FileId::Path(path), FileChange::Create { .. }) => format!("Create {}", name(path)),
            (None, FileId::Path(path), FileChange::Modify { .. }) => format!("Change {}", name(path)),
        };
        let elsewhere = self.edit.file != FileId::Document;
        lsp::ChangeAnnotation { label, needs_confirmation: Some(elsewhere), description: None }
    }
}

/// Whether the editor's text is the one that the change was made for.
fn check(change: &FileChange, shown: Option<&Arc<str>>, name: &str) -> Result<(), String> {
    match (change, shown) {
        (FileChange::Modify { base, .. }, Some(shown)) if base != shown => {
            Err(format!("{name} has changed meanwhile; ask for the actions again"))
        }
        (FileChange::Create { .. }, Some(shown)) if !shown.is_empty() => {
            Err(format!("{name} is open in the editor by now; ask for the actions again"))
        }
        _ => Ok(()),
    }
}

fn text_edits(edits: &[Edit], base: &str, session: &Session) -> Vec<lsp::TextEdit> {
    let lines = LineTable::lsp(base);
    let edits = edits.iter().map(|edit| lsp::TextEdit {
        range: to_lsp::range(edit.span, base, &lines, session),
        new_text: edit.text.clone(),
    });
    edits.collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
