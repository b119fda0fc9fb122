//! Formatting a document, some of its lines, and the line that is being typed.

use crate::editor::Columns;
use crate::support::{DOC, session};
use serde_json::{Value, json};

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
