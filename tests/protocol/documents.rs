//! Open documents: their text under edits, their line ends and columns, their URIs.

use crate::support::{DOC, echo, range, session};
use serde_json::{Value, json};

fn encodings() -> [(&'static str, Value); 2] {
    [("utf-8", json!({"general": {"positionEncodings": ["utf-16", "utf-8"]}})), ("utf-16", json!({}))]
}

#[test]
fn utf_8_is_taken_where_it_is_offered() {
    for (wanted, capabilities) in encodings() {
        let mut client = crate::support::start();
        let result = client.initialize(json!({"capabilities": capabilities})).unwrap();
        assert_eq!(result["capabilities"]["positionEncoding"], wanted);
    }
    let utf_32 = json!({"capabilities": {"general": {"positionEncodings": ["utf-32"]}}});
    let result = crate::support::start().initialize(utf_32).unwrap();
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
}

#[test]
fn columns_count_the_negotiated_unit_past_an_emoji() {
    for (encoding, capabilities) in encodings() {
        let mut client = session(capabilities);
        client.open(DOC, "dockerfile", 1, "LABEL t=\"😀\" x=한y\n").unwrap();
        // "LABEL t=\"" is 9 units, the emoji 4 or 2, "\" x=" 4, 한 3 or 1.
        let y = if encoding == "utf-8" { 9 + 4 + 4 + 3 } else { 9 + 2 + 4 + 1 };
        client.change(DOC, 2, json!([{"range": range((0, y), (0, y + 1)), "text": "z"}])).unwrap();
        assert_eq!(echo(&mut client, DOC), (2, "LABEL t=\"😀\" x=한z\n".to_string()), "{encoding}");
        // A column inside the emoji means its start.
        client.change(DOC, 3, json!([{"range": range((0, 10), (0, 10)), "text": "!"}])).unwrap();
        assert_eq!(echo(&mut client, DOC), (3, "LABEL t=\"!😀\" x=한z\n".to_string()), "{encoding}");
    }
}

#[test]
fn lines_end_at_all_three_line_ends() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "a\rb\r\nc\nd\u{2028}e").unwrap();
    let edits = json!([
        {"range": range((1, 1), (1, 9)), "text": "!"},
        {"range": range((2, 0), (2, 1)), "text": "C"},
        {"range": range((3, 3), (3, 3)), "text": "?"},
        {"range": range((7, 0), (9, 9)), "text": "\n"},
    ]);
    client.change(DOC, 2, edits).unwrap();
    assert_eq!(echo(&mut client, DOC), (2, "a\rb!\r\nC\nd\u{2028}e?\n".to_string()));
}

#[test]
fn changes_build_one_on_another_and_a_full_one_begins_anew() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 7, "FROM a\n").unwrap();
    let edits = json!([
        {"range": range((0, 5), (0, 6)), "text": "b"},
        {"range": range((0, 6), (0, 6)), "text": "c", "rangeLength": 0},
        {"text": "RUN x\n"},
        {"range": range((0, 5), (0, 4)), "text": "Y "},
    ]);
    client.change(DOC, 9, edits).unwrap();
    // The last range runs backwards.
    assert_eq!(echo(&mut client, DOC), (9, "RUN Y \n".to_string()));
    client.change(DOC, 10, json!([])).unwrap();
    assert_eq!(echo(&mut client, DOC).0, 10);
}

#[test]
fn uris_come_back_to_the_byte() {
    let uris = [
        "file:///with%20blank/%ED%95%9C/Dockerfile",
        "file:///with%20blank/%ed%95%9c/Dockerfile",
        "file:///c%3A/Users/x/Dockerfile",
        "file:///C:/Users/x/Dockerfile",
        "file://server/share/Dockerfile",
        "untitled:Untitled-1",
        "vscode-remote://ssh-remote%2Bhost/srv/Dockerfile",
        "vscode-vfs://github/o/r/Dockerfile?ref=x#y",
        "file:///%FF/Dockerfile",
        "no uri at all",
    ];
    let mut client = session(json!({}));
    for uri in uris {
        client.open(uri, "dockerfile", 3, "FORM a\n").unwrap();
        client.diagnostics(uri, 3).unwrap();
        client.change(uri, 4, json!([{"text": format!("FROM {}\n", uri.len())}])).unwrap();
        client.diagnostics(uri, 4).unwrap();
    }
    for uri in uris {
        assert_eq!(echo(&mut client, uri), (4, format!("FROM {}\n", uri.len())), "{uri}");
    }
}

#[test]
fn edits_of_what_is_not_open_are_passed_over() {
    let mut client = session(json!({}));
    client.change(DOC, 2, json!([{"text": "FROM a\n"}])).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": DOC}})).unwrap();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": DOC}})).unwrap();
    client.open(DOC, "dockerfile", 1, "FROM b\n").unwrap();
    client.change("file:///other", 2, json!([{"text": "FROM c\n"}])).unwrap();
    assert_eq!(echo(&mut client, DOC), (1, "FROM b\n".to_string()));
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_document_that_is_closed_has_no_answers_and_one_opened_again_is_new() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 5, "FROM a\n").unwrap();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": DOC}})).unwrap();
    let hover = json!({"textDocument": {"uri": DOC}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.request("textDocument/hover", hover).unwrap_err().code(), Some(-32602));
    client.open(DOC, "dockerfile", 1, "FROM b\n").unwrap();
    assert_eq!(echo(&mut client, DOC), (1, "FROM b\n".to_string()));
}
