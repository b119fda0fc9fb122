//! Edits of one or several files, in the form that the client can take.

use crate::text::{Edit, FileChange, FileEdit, FileId, LineTable, WorkspaceEdit};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use tower_lsp::gen_lsp_types as lsp;

use super::documents::{Documents, Version};
use super::session::Session;
use super::{lock, to_lsp, uri};

/// Why an edit isn't made, in a sentence.
#[derive(Debug)]
pub enum Refusal {
    /// A file is no longer what the edit was made for; an edit that is asked for anew may be made.
    Changed(String),
    /// This client can't be given the edit.
    Impossible(String),
}

impl Refusal {
    pub fn into_reason(self) -> String {
        match self {
            Refusal::Changed(reason) | Refusal::Impossible(reason) => reason,
        }
    }
}

/// The edit as the client can take it. Files are created before others are changed: where the client
/// stops at what it can't do, the Dockerfile doesn't yet rely on a file that isn't there.
///
/// The edits of a file are made for one text. Where the editor shows another by now, nothing is edited.
pub fn to_lsp(
    edit: &WorkspaceEdit,
    version: &Version,
    session: &Session,
    documents: &Mutex<Documents>,
) -> Result<lsp::WorkspaceEdit, Refusal> {
    if edit.reaches_other_files() && !session.creates_files {
        let reason = "this editor doesn't say that it can change several files for a server";
        return Err(Refusal::Impossible(reason.to_string()));
    }
    let mut files = Vec::with_capacity(edit.files.len());
    for file in &edit.files {
        files.push(Target::find(file, version, documents)?);
    }
    files.sort_by_key(|file| !matches!(file.edit.change, FileChange::Create { .. }));
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
    fn find(edit: &'a FileEdit, version: &Version, documents: &Mutex<Documents>) -> Result<Self, Refusal> {
        let path = match &edit.file {
            FileId::Document => {
                check(&edit.change, &version.text(), "the Dockerfile")?;
                return Ok(Self { edit, uri: version.uri.to_string(), version: Some(version.number) });
            }
            FileId::Path(path) => path,
        };
        let open = lock(documents).at(path).cloned();
        if let Some(open) = open {
            check(&edit.change, &open.text(), &name(path))?;
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
                // An edit that is resolved was made for what is on disk at that moment: the new file's one
                // empty line is replaced, which Neovim would else keep at the end. An edit that was sent
                // with the list may be taken much later, so it only adds.
                let line = u32::from(session.resolves_edits);
                let range = lsp::Range { end: lsp::Position { line, character: 0 }, ..Default::default() };
                vec![lsp::TextEdit { range, new_text: text.clone() }]
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
fn check(change: &FileChange, shown: &str, name: &str) -> Result<(), Refusal> {
    match change {
        FileChange::Modify { base, .. } if **base != *shown => {
            Err(Refusal::Changed(format!("{name} has changed meanwhile; ask for the actions again")))
        }
        FileChange::Create { .. } if !shown.is_empty() => {
            Err(Refusal::Changed(format!("{name} is open in the editor by now; ask for the actions again")))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Encoding, Span};
    use serde_json::{Value, json};
    use std::sync::Arc;

    const DOCKERFILE: &str = "FROM a\r\n";
    const CONFIG: &str = "// 😀\r\nconst c = {}\r\n";

    fn converted(session: Session, documents: Documents) -> Result<Value, String> {
        let insert = |at, text: &str| vec![Edit::insert(at, text)];
        let brace = CONFIG.find('}').unwrap() as u32;
        let modify = |base: &str, edits| FileChange::Modify { base: base.into(), version: None, edits };
        let edit = WorkspaceEdit {
            files: vec![
                FileEdit {
                    file: FileId::Document,
                    change: modify(DOCKERFILE, vec![Edit::replace(Span::new(5, 6), "b")]),
                    label: None,
                },
                FileEdit {
                    file: FileId::Path("/p/next.config.js".into()),
                    change: modify(CONFIG, insert(brace, "output: 1")),
                    label: Some("Have Next.js trace".into()),
                },
                FileEdit {
                    file: FileId::Path("/p/.dockerignore".into()),
                    change: FileChange::Create { text: "node_modules\n".into() },
                    label: None,
                },
            ],
        };
        let mut documents = documents;
        let (_, version) =
            documents.open("file:///p/Docker%66ile", "dockerfile", 4, DOCKERFILE, Arc::default());
        let edit = to_lsp(&edit, &version, &session, &Mutex::new(documents)).map_err(Refusal::into_reason)?;
        Ok(serde_json::to_value(edit).unwrap())
    }

    fn able() -> Session {
        Session { document_changes: true, creates_files: true, resolves_edits: true, ..Session::default() }
    }

    #[test]
    fn files_are_changed_and_created_in_one_edit() {
        let (line, column) = (1, 11);
        let at = |line, character| json!({"line": line, "character": character});
        let expected = json!({"documentChanges": [
            {"uri": "file:///p/.dockerignore", "options": {"ignoreIfExists": true}, "kind": "create"},
            {
                "textDocument": {"version": null, "uri": "file:///p/.dockerignore"},
                "edits": [{"range": {"start": at(0, 0), "end": at(1, 0)}, "newText": "node_modules\n"}],
            },
            {
                "textDocument": {"version": 4, "uri": "file:///p/Docker%66ile"},
                "edits": [{"range": {"start": at(0, 5), "end": at(0, 6)}, "newText": "b"}],
            },
            {
                "textDocument": {"version": null, "uri": "file:///p/next.config.js"},
                "edits": [{"range": {"start": at(line, column), "end": at(line, column)}, "newText": "output: 1"}],
            },
        ]});
        assert_eq!(converted(able(), Documents::default()).unwrap(), expected);
    }

    #[test]
    fn an_open_file_is_named_as_the_client_names_it_with_its_version() {
        let mut documents = Documents::default();
        documents.open("file:///p/next%2Econfig.js", "javascript", 9, CONFIG, Arc::default());
        let edit = converted(able(), documents).unwrap();
        let document = &edit["documentChanges"][3]["textDocument"];
        assert_eq!(*document, json!({"version": 9, "uri": "file:///p/next%2Econfig.js"}));
    }

    #[test]
    fn an_edit_never_lands_in_a_text_it_was_not_made_for() {
        let mut documents = Documents::default();
        documents.open("file:///p/next.config.js", "javascript", 9, "changed", Arc::default());
        let reason = converted(able(), documents).unwrap_err();
        assert!(reason.starts_with("next.config.js has changed"), "{reason}");
        let mut documents = Documents::default();
        documents.open("file:///p/.dockerignore", "ignore", 1, "dist\n", Arc::default());
        let reason = converted(able(), documents).unwrap_err();
        assert!(reason.starts_with(".dockerignore is open"), "{reason}");
    }

    #[test]
    fn changes_of_other_files_are_labelled_and_confirmed_where_the_client_can() {
        let edit = converted(Session { change_annotations: true, ..able() }, Documents::default()).unwrap();
        let labels: Vec<(&Value, &Value)> = edit["documentChanges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change.get("annotationId").unwrap_or(&change["edits"][0]["annotationId"]))
            .map(|id| &edit["changeAnnotations"][id.as_str().unwrap()])
            .map(|annotation| (&annotation["label"], &annotation["needsConfirmation"]))
            .collect();
        let expected = [
            (&json!("Create .dockerignore"), &json!(true)),
            (&json!("Create .dockerignore"), &json!(true)),
            (&json!("Change the Dockerfile"), &json!(false)),
            (&json!("Have Next.js trace"), &json!(true)),
        ];
        assert_eq!(labels, expected);
    }

    #[test]
    fn a_client_that_cannot_create_files_gets_edits_of_the_dockerfile_only() {
        let session = Session { encoding: Encoding::Utf8, ..Session::default() };
        assert!(converted(session.clone(), Documents::default()).is_err());
        let mut documents = Documents::default();
        let (_, version) = documents.open("untitled:a", "dockerfile", 4, DOCKERFILE, Arc::default());
        let edit = WorkspaceEdit::document(DOCKERFILE.into(), vec![Edit::delete(Span::new(0, 6))]);
        let edit = to_lsp(&edit, &version, &session, &Mutex::new(documents)).unwrap();
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 6}});
        let expected = json!({"changes": {"untitled:a": [{"range": range, "newText": ""}]}});
        assert_eq!(serde_json::to_value(edit).unwrap(), expected);
    }
}
