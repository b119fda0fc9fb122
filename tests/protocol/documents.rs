//! Open documents: their text under edits, their line ends and columns, their URIs.

use crate::support::{DOC, echo, range, session};
use plimsoll::cli::client::Client;
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

/// What a person asks for at `FROM node:20 AS build` in the first line, and what must not be nothing.
fn works(client: &mut Client, uri: &str) {
    let document = json!({"uri": uri});
    let (at, whole) = (json!({"line": 0, "character": 18}), range((0, 0), (2, 0)));
    let asked = [
        ("textDocument/hover", json!({"position": at})),
        ("textDocument/completion", json!({"position": at})),
        ("textDocument/references", json!({"position": at, "context": {"includeDeclaration": true}})),
        ("textDocument/rename", json!({"position": at, "newName": "made"})),
        ("textDocument/documentSymbol", json!({})),
        ("textDocument/formatting", json!({"options": {"tabSize": 4, "insertSpaces": true}})),
        ("textDocument/codeAction", json!({"range": whole, "context": {"diagnostics": []}})),
        ("textDocument/semanticTokens/full", json!({})),
    ];
    for (method, mut params) in asked {
        params["textDocument"] = document.clone();
        let answer = client.request(method, params).unwrap();
        assert!(answer != Value::Null && answer != json!([]), "{uri}: {method}");
    }
    let explain = json!({"command": "plimsoll.explain", "arguments": [uri]});
    let layers = client.request("workspace/executeCommand", explain).unwrap();
    assert_eq!(layers["steps"].as_array().unwrap().len(), 2, "{uri}");
}

const STAGE: &str = "from node:20 AS build\nRUN echo done\n";

#[test]
fn what_isnt_saved_or_lies_elsewhere_is_served_as_any_other_dockerfile() {
    let able = json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}});
    let mut client = session(able);
    for uri in [
        "untitled:Untitled-1",
        "vscode-remote://ssh-remote%2Bhost/srv/Dockerfile",
        "vscode-vfs://github/o/r/Dockerfile",
        "zipfile:///a.zip%3A%3A/Dockerfile",
        DOC,
    ] {
        client.open(uri, "dockerfile", 1, STAGE).unwrap();
        let found = client.diagnostics(uri, 1).unwrap();
        assert!(found.iter().any(|one| one["code"] == "instruction-casing"), "{uri}: {found:#?}");
        works(&mut client, uri);
    }
}

#[test]
fn dockerfiles_go_by_many_names() {
    let able = json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}});
    let mut client = session(able);
    for name in [
        "Dockerfile",
        "Containerfile",
        "Dockerfile.dev",
        "Containerfile.ci",
        "web.Dockerfile",
        "a/dockerfile",
    ] {
        let uri = format!("file:///no/such/folder/{name}");
        // Not every editor knows the language by the name.
        client.open(&uri, "plaintext", 1, STAGE).unwrap();
        works(&mut client, &uri);
    }
    for language in ["dockerfile", "containerfile", "Dockerfile", "docker"] {
        let uri = format!("file:///no/such/folder/{language}/base.txt");
        client.open(&uri, language, 1, STAGE).unwrap();
        works(&mut client, &uri);
    }
}

#[test]
fn a_document_that_changes_its_language_becomes_a_dockerfile_and_stops_being_one() {
    let mut client = session(json!({}));
    let uri = "file:///no/such/folder/build.txt";
    let hover = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}});
    let close = json!({"textDocument": {"uri": uri}});
    client.open(uri, "plaintext", 1, "FORM a\n").unwrap();
    assert_eq!(client.request("textDocument/hover", hover.clone()).unwrap(), Value::Null);
    client.notify("textDocument/didClose", close.clone()).unwrap();
    client.open(uri, "dockerfile", 1, "FORM a\n").unwrap();
    // What is published first is of the Dockerfile: nothing was said of the text.
    let first = client.expect("textDocument/publishDiagnostics", |_| true).unwrap();
    assert_eq!(first["diagnostics"][0]["code"], "unknown-instruction");
    client.notify("textDocument/didClose", close).unwrap();
    client.open(uri, "plaintext", 2, "FORM a\n").unwrap();
    client.expect("textDocument/publishDiagnostics", |params| params["diagnostics"] == json!([])).unwrap();
    assert_eq!(client.request("textDocument/hover", hover).unwrap(), Value::Null);
    assert_eq!(client.heard("textDocument/publishDiagnostics"), [Value::Null; 0]);
}

#[test]
fn no_message_is_shown_in_a_session_where_nothing_is_wrong() {
    let mut client = session(json!({"window": {"workDoneProgress": true}}));
    client.open(DOC, "dockerfile", 1, STAGE).unwrap();
    for version in 2..20 {
        client.change(DOC, version, json!([{"text": format!("FROM a\nRUN x{version}\nFORM\n")}])).unwrap();
    }
    client.diagnostics(DOC, 19).unwrap();
    client.change(DOC, 20, json!([{"text": STAGE}])).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": DOC}})).unwrap();
    let explain = json!({"command": "plimsoll.explain", "arguments": [DOC]});
    client.request("workspace/executeCommand", explain).unwrap();
    for method in ["window/showMessage", "window/showMessageRequest", "window/logMessage"] {
        assert_eq!(client.heard(method), [Value::Null; 0], "{method}");
    }
}
