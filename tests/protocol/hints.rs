//! What stands behind and above the lines: inlay hints, code lenses, and the picture they lead to.

use crate::editor::{Columns, Project};
use crate::support::{DOC, range, session, start};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

fn hints(client: &mut Client, uri: &str) -> Vec<(Value, String)> {
    let params = json!({"textDocument": {"uri": uri}, "range": range((0, 0), (1000, 0))});
    let found = client.request("textDocument/inlayHint", params).unwrap();
    let found = found.as_array().cloned().unwrap_or_default();
    found.iter().map(|hint| (hint["position"].clone(), hint["label"].as_str().unwrap().to_owned())).collect()
}

fn lenses(client: &mut Client, uri: &str) -> Vec<Value> {
    let found = client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).unwrap();
    found.as_array().cloned().unwrap_or_default()
}

#[test]
fn a_hint_stands_behind_the_instruction_in_the_clients_columns() {
    let text = "FROM node:22-alpine\nCOPY . .\nRUN echo 😀 &&\\\n  echo 완료\n";
    for (columns, character) in [(Columns::Utf8, 13), (Columns::Utf16, 9)] {
        let mut client = session(columns.offered(json!({})));
        client.open(DOC, "dockerfile", 1, text).unwrap();
        let found = hints(&mut client, DOC);
        let last = found.last().unwrap();
        assert_eq!(
            *last,
            (json!({"line": 3, "character": character}), "runs again with any file".to_owned())
        );
    }
}

#[test]
fn a_lens_leads_to_the_picture() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let mut client = session(json!({"experimental": {"plimsollShowsPictures": true}}));
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let lenses = lenses(&mut client, &uri);
    assert_eq!(lenses.len(), 1, "one stage needs one lens: {lenses:?}");
    let command = &lenses[0]["command"];
    assert!(command["title"].as_str().unwrap().starts_with("final image "), "{command}");
    assert_eq!(lenses[0]["range"]["start"], json!({"line": 1, "character": 0}));
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let picture = client.request("workspace/executeCommand", params).unwrap();
    assert_eq!(picture["title"], "Dockerfile");
    let drawn = roxmltree::Document::parse(picture["svg"].as_str().unwrap()).unwrap();
    assert!(drawn.descendants().any(|node| node.text() == Some("RUN npm ci")));
    assert!(picture["html"].as_str().unwrap().starts_with("<!doctype html>"));
    assert!(client.heard("window/showMessage").is_empty());
}

#[test]
fn a_client_without_a_window_is_told_how_to_see_the_picture() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FROM scratch\n").unwrap();
    let show = |arguments: Value| json!({"command": "plimsoll.showPicture", "arguments": arguments});
    client.request("workspace/executeCommand", show(json!([DOC]))).unwrap();
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("plimsoll explain --format html"), "{told}");
    for wrong in [json!([]), json!([7]), json!(["file:///not/open"])] {
        client.request("workspace/executeCommand", show(wrong)).unwrap_err();
    }
}

#[test]
fn a_client_that_can_is_asked_to_fetch_them_again_when_the_context_is_known() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let mut client = start();
    let refresh = json!({"refreshSupport": true});
    let capabilities = json!({"workspace": {"inlayHint": refresh, "codeLens": refresh}});
    client.initialize(json!({"processId": null, "rootUri": null, "capabilities": capabilities})).unwrap();
    project.open(&mut client, "Dockerfile", "dockerfile", 1);
    client.expect("workspace/inlayHint/refresh", |_| true).unwrap();
    client.expect("workspace/codeLens/refresh", |_| true).unwrap();
}
