//! Formatting a document, some of its lines, and the line that is being typed.

use crate::editor::{Columns, Project};
use crate::support::{DOC, session, start};
use plimsoll::cli::client::uri;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const TEXT: &str = "from a\nlabel t=\"😀\"  u=1 \\\n v=2\nrun x \\\n";

/// What the edits of an answer put in the place of what.
fn told(columns: Columns, answer: &Value) -> Vec<(String, String)> {
    let edits = answer.as_array().unwrap().iter();
    edits
        .map(|edit| {
            (columns.slice(TEXT, &edit["range"]).to_owned(), edit["newText"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn small_edits_lay_out_a_file_some_lines_and_the_line_being_typed() {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(json!({})));
        client.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let options = json!({"tabSize": 2, "insertSpaces": true});
        let params = json!({"textDocument": {"uri": DOC}, "options": options});
        let all = client.request("textDocument/formatting", params.clone()).unwrap();
        let case = [pair("from", "FROM"), pair("label", "LABEL"), pair("  ", " "), pair("run", "RUN")];
        assert_eq!(told(columns, &all), case);

        let mut lines = params.clone();
        lines["range"] = json!({"start": {"line": 1, "character": 3}, "end": {"line": 2, "character": 0}});
        let some = client.request("textDocument/rangeFormatting", lines).unwrap();
        assert_eq!(told(columns, &some), case[1..3]);

        let mut typed = params;
        typed["position"] = json!({"line": 4, "character": 0});
        typed["ch"] = json!("\n");
        let one = client.request("textDocument/onTypeFormatting", typed).unwrap();
        assert_eq!(one[0]["newText"], " ", "as the file has it: {one}");
    }
}

/// Each folder of `fixtures/format` is a case: its Dockerfile, the settings that hold, and what is expected. The
/// editor and the command line make the same of it, and once is enough.
#[test]
fn every_case_is_laid_out_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format");
    let mut cases = 0;
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        for columns in Columns::BOTH {
            let mut project = Project::copy(&format!("format/{name}"), columns);
            let expected = project.text("expected/Dockerfile");
            let mut client = start();
            let root = uri(project.root());
            let can = columns.offered(json!({}));
            client.initialize(json!({"rootUri": root, "capabilities": can})).unwrap();
            let document = project.open(&mut client, "Dockerfile", "dockerfile", 1);
            let options = json!({"tabSize": 4, "insertSpaces": true});
            let params = json!({"textDocument": {"uri": document}, "options": options});
            let edits = client.request("textDocument/formatting", params.clone()).unwrap();
            let text = columns.edited(&project.text("Dockerfile"), &edits);
            assert_eq!(text, expected, "{name}");
            project.replace(&mut client, "Dockerfile", 2, &expected);
            assert_eq!(client.request("textDocument/formatting", params).unwrap(), json!([]), "{name}");
            cases += 1;
        }
        let project = Project::copy(&format!("format/{name}"), Columns::Utf16);
        let fmt = |more: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
            let ran = command.args(["fmt", "Dockerfile"]).args(more).current_dir(project.root()).output();
            ran.unwrap().status.code()
        };
        assert_eq!(fmt(&[]), Some(0), "{name}");
        assert_eq!(project.text("Dockerfile"), project.text("expected/Dockerfile"), "{name}");
        assert_eq!(fmt(&["--check"]), Some(0), "{name}");
    }
    assert!(cases >= 20, "{cases}");
}
