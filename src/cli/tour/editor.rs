//! What an editor asks a language server for, and how it reads the answers.

use crate::cli::client::{Client, Error, uri};
use crate::text::{Edit, Encoding, LineTable, Position, Span};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// One open Dockerfile and the server that knows about it.
pub struct Editor {
    client: Client,
    uri: String,
    text: String,
    lines: LineTable,
}

/// A diagnostic as the server sent it.
pub struct Shown {
    pub rule: String,
    /// As in the protocol: 1 is an error, 4 a hint.
    pub severity: u64,
    pub message: String,
    pub url: Option<String>,
    pub span: Span,
    pub related: Vec<(Span, String)>,
    /// The titles of the quick fixes that come with it.
    pub fixes: Vec<String>,
}

/// A code action as the server sent it.
pub struct Action {
    pub title: String,
    pub disabled: Option<String>,
    whole: Value,
}

/// One file after a workspace edit.
pub struct FileAfter {
    pub uri: String,
    /// Why it changes, as the server puts it for the client's preview.
    pub label: Option<String>,
    pub before: Option<String>,
    pub after: String,
}

impl Editor {
    /// Starts `program` as a server for the folder `root` and opens the Dockerfile at `path` in it.
    pub fn open(program: &Path, root: &Path, path: &Path, text: &str) -> Result<Self, Error> {
        // What comes later than the first answer isn't shown.
        let mut command = std::process::Command::new(program);
        command.arg("lsp").env("PLIMSOLL_SHELLCHECK", "off");
        let mut client = Client::over(command)?;
        client.initialize(json!({
            "processId": std::process::id(),
            "clientInfo": {"name": "plimsoll tour", "version": env!("CARGO_PKG_VERSION")},
            "rootUri": uri(root),
            "workspaceFolders": [{"uri": uri(root), "name": "tour"}],
            "capabilities": capabilities(),
        }))?;
        let uri = uri(path);
        client.open(&uri, "dockerfile", 1, text)?;
        Ok(Self { client, uri, text: text.to_string(), lines: LineTable::lsp(text) })
    }

    /// The diagnostics, each with the quick fixes on offer for it.
    pub fn diagnostics(&mut self, actions: &[Action]) -> Result<Vec<Shown>, Error> {
        let document = json!({"textDocument": {"uri": self.uri}});
        let report = self.client.request("textDocument/diagnostic", document)?;
        let items = report["items"].as_array().cloned().unwrap_or_default();
        Ok(items.iter().map(|item| self.shown(item, actions)).collect())
    }

    /// The hover at a byte, as Markdown.
    pub fn hover(&mut self, offset: u32) -> Result<Option<String>, Error> {
        let position = self.lines.position(offset, &self.text, Encoding::Utf8);
        let params = json!({
            "textDocument": {"uri": self.uri},
            "position": {"line": position.line, "character": position.character},
        });
        let hover = self.client.request("textDocument/hover", params)?;
        Ok(hover["contents"]["value"].as_str().map(str::to_string))
    }

    /// What is on offer for the whole text. The server looks at the build context first.
    pub fn actions(&mut self) -> Result<Vec<Action>, Error> {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let end = self.lines.position(end, &self.text, Encoding::Utf8);
        let params = json!({
            "textDocument": {"uri": self.uri},
            "range": {
                "start": {"line": 0, "character": 0},
                "end": {"line": end.line, "character": end.character},
            },
            "context": {"diagnostics": []},
        });
        let found = self.client.request("textDocument/codeAction", params)?;
        let actions = found.as_array().cloned().unwrap_or_default().into_iter().map(|whole| Action {
            title: text(&whole["title"]).unwrap_or_default(),
            disabled: text(&whole["disabled"]["reason"]),
            whole,
        });
        Ok(actions.collect())
    }

    /// The files as they would be after the action. `read` gives the text of a file that isn't open.
    pub fn take(
        &mut self,
        action: &Action,
        read: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<FileAfter>, Error> {
        let resolved = self.client.request("codeAction/resolve", action.whole.clone())?;
        let edit = &resolved["edit"];
        // By URI, with the order in which the files come.
        let mut order: Vec<String> = Vec::new();
        let mut files: BTreeMap<String, FileAfter> = BTreeMap::new();
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            let is_new = change["kind"] == "create";
            let uri = if is_new { &change["uri"] } else { &change["textDocument"]["uri"] };
            let Some(uri) = text(uri) else { continue };
            let file = files.entry(uri.clone()).or_insert_with(|| {
                order.push(uri.clone());
                let before = match is_new {
                    true => None,
                    false if uri == self.uri => Some(self.text.clone()),
                    false => read(&uri),
                };
                FileAfter { uri, label: None, after: before.clone().unwrap_or_default(), before }
            });
            let edits: Vec<&Value> = change["edits"].as_array().into_iter().flatten().collect();
            if let Some(id) = edits.iter().find_map(|edit| edit["annotationId"].as_str()) {
                file.label = text(&edit["changeAnnotations"][id]["label"]);
            }
            let lines = LineTable::lsp(&file.after);
            let edits: Vec<Edit> = edits
                .iter()
                .map(|edit| {
                    let span = span(&edit["range"], &file.after, &lines);
                    Edit::replace(span, text(&edit["newText"]).unwrap_or_default())
                })
                .collect();
            file.after = crate::text::apply(&file.after, &edits).map_err(std::io::Error::other)?;
        }
        Ok(order.iter().filter_map(|uri| files.remove(uri)).collect())
    }

    /// Ends the server in the orderly way.
    pub fn close(self) -> Result<(), Error> {
        let status = self.client.shutdown()?;
        match status.success() {
            true => Ok(()),
            false => Err(std::io::Error::other(format!("it ended with {status}")).into()),
        }
    }

    fn shown(&self, item: &Value, actions: &[Action]) -> Shown {
        let place = |range: &Value| span(range, &self.text, &self.lines);
        let same = |other: &Value| other["range"] == item["range"] && other["code"] == item["code"];
        let fixes = actions.iter().filter(|action| {
            action.whole["kind"] == "quickfix"
                && action.disabled.is_none()
                && action.whole["command"].is_null()
                && action.whole["diagnostics"].as_array().is_some_and(|fixed| fixed.iter().any(same))
        });
        let related = item["relatedInformation"].as_array().into_iter().flatten();
        Shown {
            rule: text(&item["code"]).unwrap_or_default(),
            severity: item["severity"].as_u64().unwrap_or(1),
            message: text(&item["message"]).unwrap_or_default(),
            url: text(&item["codeDescription"]["href"]),
            span: place(&item["range"]),
            related: related
                .map(|one| (place(&one["location"]["range"]), text(&one["message"]).unwrap_or_default()))
                .collect(),
            fixes: fixes.map(|action| action.title.clone()).collect(),
        }
    }
}

impl Action {
    pub fn is_kind(&self, kind: &str) -> bool {
        self.whole["kind"] == kind
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

fn span(range: &Value, text: &str, lines: &LineTable) -> Span {
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    let at = |place: &Value| {
        let position = Position { line: number(&place["line"]), character: number(&place["character"]) };
        lines.offset(position, text, Encoding::Utf8)
    };
    let (start, end) = (at(&range["start"]), at(&range["end"]));
    Span::new(start.min(end), start.max(end))
}

/// What the tour can show: as much as the most able editors.
fn capabilities() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
        "textDocument": {
            "synchronization": {"dynamicRegistration": false},
            "hover": {"contentFormat": ["markdown"]},
            "diagnostic": {"codeDescriptionSupport": true, "relatedInformation": true},
            "publishDiagnostics": {"codeDescriptionSupport": true, "relatedInformation": true},
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor.rewrite"]}},
                "dataSupport": true,
                "disabledSupport": true,
                "isPreferredSupport": true,
                "resolveSupport": {"properties": ["edit"]},
            },
        },
        "workspace": {
            "diagnostics": {"refreshSupport": true},
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create"],
                "changeAnnotationSupport": {},
            },
        },
    })
}
