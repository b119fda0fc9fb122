//! An editor's view of a project: a copy of a fixture, and edits of the server applied to its files as the
//! specification says.

use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The unit of a client's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    Utf8,
    Utf16,
}

impl Columns {
    pub const BOTH: [Columns; 2] = [Columns::Utf8, Columns::Utf16];

    /// `capabilities` of a client that counts in this unit.
    pub fn offered(self, mut capabilities: Value) -> Value {
        if self == Columns::Utf8 {
            capabilities["general"] = json!({"positionEncodings": ["utf-8", "utf-16"]});
        }
        capabilities
    }

    /// The byte offset of a position. One that the text doesn't have is a fault of the server here.
    fn offset(self, text: &str, position: &Value) -> usize {
        let number = |field: &str| position[field].as_u64().unwrap() as usize;
        let start = match number("line") {
            0 => 0,
            line => match text.match_indices('\n').nth(line - 1) {
                Some((at, _)) => at + 1,
                // The start of the line behind the last one is the text's end.
                None if number("character") == 0 && text.matches('\n').count() + 1 == line => {
                    return text.len();
                }
                None => panic!("the text has no line {line}"),
            },
        };
        let (mut at, mut column) = (start, 0);
        for c in text[start..].chars() {
            if column >= number("character") {
                break;
            }
            column += match self {
                Columns::Utf8 => c.len_utf8(),
                Columns::Utf16 => c.len_utf16(),
            };
            at += c.len_utf8();
        }
        assert_eq!(column, number("character"), "the line has the column");
        at
    }

    /// The position of the `n`th `needle` in `text`, counted from 0.
    pub fn position(self, text: &str, needle: &str, n: usize) -> Value {
        let at = text.match_indices(needle).nth(n).expect("the text has the words").0;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let character = match self {
            Columns::Utf8 => at - start,
            Columns::Utf16 => text[start..at].encode_utf16().count(),
        };
        json!({"line": text[..at].matches('\n').count(), "character": character})
    }

    /// What stands at a range.
    pub fn slice<'a>(self, text: &'a str, range: &Value) -> &'a str {
        &text[self.offset(text, &range["start"])..self.offset(text, &range["end"])]
    }

    /// `text` after the edits, which are all made for the text before any of them.
    pub fn edited(self, text: &str, edits: &Value) -> String {
        let mut places: Vec<(usize, usize, &str)> = edits
            .as_array()
            .unwrap()
            .iter()
            .map(|edit| {
                let at = |end: &str| self.offset(text, &edit["range"][end]);
                (at("start"), at("end"), edit["newText"].as_str().unwrap())
            })
            .collect();
        places.sort_by_key(|place| (place.0, place.1));
        let (mut out, mut done) = (String::new(), 0);
        for (start, end, new) in places {
            assert!(done <= start && start <= end, "the edits overlap");
            out.push_str(&text[done..start]);
            out.push_str(new);
            done = end;
        }
        out + &text[done..]
    }
}

/// The position of the first `needle` in `text`, as a client that counts bytes sees it.
pub fn position(text: &str, needle: &str) -> Value {
    let at = text.find(needle).expect("the text has the words");
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    json!({"line": text[..at].matches('\n').count(), "character": at - start})
}

/// A copy of a project that an editor works on.
pub struct Project {
    folder: tempfile::TempDir,
    columns: Columns,
    /// What the editor has open, by URI: version and text.
    open: BTreeMap<String, (i32, String)>,
}

impl Project {
    /// A copy of `fixtures/<name>`.
    pub fn copy(name: &str, columns: Columns) -> Self {
        let folder = tempfile::Builder::new().prefix("프로젝트 ").tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name), folder.path());
        Self { folder, columns, open: BTreeMap::new() }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn uri(&self, name: &str) -> String {
        uri(&self.path(name))
    }

    /// The file as the editor shows it, else as it lies on disk.
    pub fn text(&self, name: &str) -> String {
        match self.open.get(&self.uri(name)) {
            Some((_, text)) => text.clone(),
            None => fs::read_to_string(self.path(name)).unwrap(),
        }
    }

    /// Opens a file with the text that it has on disk. Returns its URI.
    pub fn open(&mut self, client: &mut Client, name: &str, language: &str, version: i32) -> String {
        let (uri, text) = (self.uri(name), fs::read_to_string(self.path(name)).unwrap());
        client.open(&uri, language, version, &text).unwrap();
        self.open.insert(uri.clone(), (version, text));
        uri
    }

    /// Types: the open file has another text, unsaved.
    pub fn replace(&mut self, client: &mut Client, name: &str, version: i32, text: &str) {
        let uri = self.uri(name);
        client.change(&uri, version, json!([{"text": text}])).unwrap();
        self.open.insert(uri, (version, text.to_string()));
    }

    /// Applies an edit: open files in the editor, others on disk. Returns the files that it changed, in
    /// its order. An edit that is made for another version than the editor's isn't to be applied.
    pub fn apply(&mut self, edit: &Value) -> Vec<String> {
        let mut changed = Vec::new();
        for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
            self.change(uri, edits);
            changed.push(uri.clone());
        }
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            let uri = change["uri"].as_str().or(change["textDocument"]["uri"].as_str()).unwrap();
            match change["kind"].as_str() {
                Some("create") => {
                    let path = self.at(uri);
                    assert!(!path.exists(), "{uri} is there already");
                    fs::write(path, "").unwrap();
                }
                Some(kind) => panic!("an edit doesn't {kind} files"),
                None => {
                    let shown = self.open.get(uri).map(|(version, _)| *version);
                    assert_eq!(change["textDocument"]["version"], json!(shown), "{uri}");
                    self.change(uri, &change["edits"]);
                    changed.push(uri.to_string());
                }
            }
        }
        changed
    }

    fn change(&mut self, uri: &str, edits: &Value) {
        match self.open.get_mut(uri) {
            Some((version, text)) => {
                *text = self.columns.edited(text, edits);
                *version += 1;
            }
            None => {
                let path = self.at(uri);
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, self.columns.edited(&text, edits)).unwrap();
            }
        }
    }

    /// Where a file of the project with this URI lies.
    fn at(&self, wanted: &str) -> PathBuf {
        let name = wanted.rsplit('/').next().unwrap();
        let path = self.path(name);
        assert_eq!(uri(&path), wanted, "the edit stays in the folder");
        path
    }

    /// What `plimsoll convert --format json` makes of the project on disk: text by file name.
    pub fn converted_by_command(&self) -> BTreeMap<String, String> {
        self.converted_with(&[])
    }

    /// The same with answers, each `key=value`.
    pub fn converted_with(&self, answers: &[&str]) -> BTreeMap<String, String> {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["convert", "Dockerfile", "--format", "json"])
            .args(answers.iter().flat_map(|answer| ["--answer", answer]))
            .current_dir(self.root())
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["outcome"], "converted", "{answer}");
        let files = answer["files"].as_array().unwrap().iter();
        files
            .map(|file| {
                let text = |field: &str| file[field].as_str().unwrap().to_string();
                (text("path"), text("text"))
            })
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
