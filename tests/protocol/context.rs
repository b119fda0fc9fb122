//! The build context: taken from the editor where it has the file open, else from disk, and looked at
//! again where it may have changed.

use crate::support::{range, session, start};
use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn project() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM node:20-alpine\nCOPY . .\n").unwrap();
    fs::write(folder.path().join("package.json"), r#"{"name": "on-disk"}"#).unwrap();
    folder
}

fn open_dockerfile(client: &mut Client, folder: &Path) -> String {
    let dockerfile = uri(&folder.join("Dockerfile"));
    client.open(&dockerfile, "dockerfile", 1, "FROM node:20-alpine\nCOPY . .\n").unwrap();
    dockerfile
}

/// What the server knows of the context when no look is going on any more.
fn context(client: &mut Client, dockerfile: &str) -> Value {
    client.request("plimsoll/debug", json!({"context": dockerfile})).unwrap()
}

fn package(client: &mut Client, dockerfile: &str) -> String {
    context(client, dockerfile)["package"].as_str().unwrap_or_default().to_string()
}

#[test]
fn the_context_is_known_after_opening() {
    let folder = project();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let seen = context(&mut client, &dockerfile);
    assert_eq!(seen["root"].as_str(), folder.path().to_str());
    assert_eq!(seen["package"], r#"{"name": "on-disk"}"#);
    assert_eq!(seen["files"], json!(["Dockerfile", "package.json"]));
}

#[test]
fn what_the_editor_has_open_counts_instead_of_the_disk() {
    let folder = project();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let package_json = uri(&folder.path().join("package.json"));
    client.open(&package_json, "json", 1, r#"{"name": "opened"}"#).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "opened"}"#);
    client.change(&package_json, 2, json!([{"text": r#"{"name": "edited"}"#}])).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "edited"}"#);
    // Opened again with the same version and length, but another text.
    let close = json!({"textDocument": {"uri": package_json}});
    client.notify("textDocument/didClose", close.clone()).unwrap();
    client.open(&package_json, "json", 2, r#"{"name": "EDITED"}"#).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "EDITED"}"#);
    client.notify("textDocument/didClose", close).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "on-disk"}"#);
}

#[test]
fn a_dockerignore_holds_while_it_is_typed_and_before_it_is_saved() {
    let folder = project();
    fs::write(folder.path().join("notes.md"), "").unwrap();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let files = |client: &mut Client| context(client, &dockerfile)["files"].clone();
    assert_eq!(files(&mut client), json!(["Dockerfile", "notes.md", "package.json"]));
    let ignore = uri(&folder.path().join(".dockerignore"));
    client.open(&ignore, "ignore", 1, "").unwrap();
    client.change(&ignore, 2, json!([{"range": range((0, 0), (0, 0)), "text": "*.md"}])).unwrap();
    assert!(!files(&mut client).as_array().unwrap().contains(&json!("notes.md")));
    client.change(&ignore, 3, json!([{"range": range((0, 0), (0, 4)), "text": "#"}])).unwrap();
    assert!(files(&mut client).as_array().unwrap().contains(&json!("notes.md")));
    client.change(&ignore, 4, json!([{"text": "**\n"}])).unwrap();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": ignore}})).unwrap();
    // It was never saved: nothing is ignored.
    assert_eq!(files(&mut client), json!(["Dockerfile", "notes.md", "package.json"]));
}

#[test]
fn the_disk_is_looked_at_again_when_it_may_have_changed() {
    let folder = project();
    let path = folder.path().join("package.json");
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    context(&mut client, &dockerfile);

    fs::write(&path, r#"{"name": "saved-elsewhere"}"#).unwrap();
    let saved = json!({"textDocument": {"uri": dockerfile}});
    client.notify("textDocument/didSave", saved).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "saved-elsewhere"}"#);

    fs::write(&path, r#"{"name": "watched"}"#).unwrap();
    let watched = json!({"changes": [{"uri": uri(&path), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", watched.clone()).unwrap();
    client.notify("workspace/didChangeWatchedFiles", watched).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "watched"}"#);

    // A client that tells of nothing asks for code actions.
    fs::write(&path, r#"{"name": "unannounced"}"#).unwrap();
    let params = json!({"textDocument": {"uri": dockerfile}, "range": range((0, 0), (0, 0)), "context": {"diagnostics": []}});
    client.request("textDocument/codeAction", params).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "unannounced"}"#);

    fs::remove_file(&path).unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": dockerfile}})).unwrap();
    assert_eq!(context(&mut client, &dockerfile)["package"], Value::Null);
}

#[test]
fn typing_keeps_the_view_of_the_context() {
    let folder = project();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let before = context(&mut client, &dockerfile);
    client.change(&dockerfile, 2, json!([{"text": "FROM a\n"}])).unwrap();
    assert_eq!(context(&mut client, &dockerfile), before);
}

#[test]
fn a_document_that_is_no_file_yet_has_the_workspaces_context() {
    let folder = project();
    let mut client = start();
    client.initialize(json!({"capabilities": {}, "rootUri": uri(folder.path())})).unwrap();
    client.open("untitled:Untitled-1", "dockerfile", 1, "FROM a\n").unwrap();
    assert_eq!(package(&mut client, "untitled:Untitled-1"), r#"{"name": "on-disk"}"#);
}

#[test]
fn what_lies_on_another_machine_has_no_context_here() {
    let folder = project();
    let mut client = start();
    client.initialize(json!({"capabilities": {}, "rootUri": uri(folder.path())})).unwrap();
    let remote = "vscode-remote://ssh-remote%2Bhost/srv/Dockerfile";
    client.open(remote, "dockerfile", 1, "FROM a\n").unwrap();
    client.diagnostics(remote, 1).unwrap();
    assert_eq!(context(&mut client, remote), Value::Null);
}

#[test]
fn the_search_for_a_context_stays_in_the_workspace() {
    let folder = project();
    let inner = folder.path().join("docker");
    fs::create_dir(&inner).unwrap();
    let mut client = start();
    let workspaces = json!([{"uri": uri(&inner), "name": "docker"}]);
    client.initialize(json!({"capabilities": {}, "workspaceFolders": workspaces})).unwrap();
    let dockerfile = open_dockerfile(&mut client, &inner);
    assert_eq!(context(&mut client, &dockerfile)["root"].as_str(), inner.to_str());
    let added = json!([{"uri": uri(folder.path()), "name": "all"}]);
    let event = json!({"event": {"added": added, "removed": workspaces}});
    client.notify("workspace/didChangeWorkspaceFolders", event).unwrap();
    assert_eq!(context(&mut client, &dockerfile)["root"].as_str(), folder.path().to_str());
}

#[test]
fn who_pulls_is_asked_to_refresh_when_the_context_is_known() {
    let folder = project();
    let mut client = session(
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}}),
    );
    open_dockerfile(&mut client, folder.path());
    client.expect("workspace/diagnostic/refresh", |_| true).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_hover_has_the_disk_looked_at_again_for_clients_that_watch_nothing() {
    let folder = project();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let copy = json!({"textDocument": {"uri": dockerfile}, "position": {"line": 1, "character": 1}});
    let mut hover = || {
        let answer = client.request("textDocument/hover", copy.clone()).unwrap();
        let text = answer["contents"]["value"].as_str().unwrap().to_owned();
        // The look that the hover asked for is over when this is answered.
        context(&mut client, &dockerfile);
        text
    };
    assert!(hover().contains("There is no `.dockerignore`"));
    fs::write(folder.path().join(".dockerignore"), "package.json\n").unwrap();
    hover();
    assert!(hover().contains("keeps 1 file out"), "{}", hover());
}

#[test]
fn a_long_look_at_the_context_shows_its_progress() {
    let folder = project();
    let mut client = session(json!({"window": {"workDoneProgress": true}}));
    client.request("plimsoll/debug", json!({"hold": true})).unwrap();
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let token = client.expect("window/workDoneProgress/create", |_| true).unwrap()["token"].clone();
    let mut progress = |kind: &str| {
        let params = client.expect("$/progress", |params| params["value"]["kind"] == kind).unwrap();
        assert_eq!(params["token"], token);
        params["value"].clone()
    };
    let begin = progress("begin");
    assert_eq!((&begin["cancellable"], &begin["message"]), (&json!(true), &json!("0 files")));
    assert_eq!(progress("report")["message"], "0 files");
    client.request("plimsoll/debug", json!({"hold": false})).unwrap();
    client.expect("$/progress", |params| params["value"]["kind"] == "end").unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "on-disk"}"#);
}

#[test]
fn the_user_ends_a_look_at_the_context() {
    let folder = project();
    let mut client = session(json!({"window": {"workDoneProgress": true}}));
    client.request("plimsoll/debug", json!({"hold": true})).unwrap();
    let dockerfile = open_dockerfile(&mut client, folder.path());
    let begin = client.expect("$/progress", |params| params["value"]["kind"] == "begin").unwrap();
    client.notify("window/workDoneProgress/cancel", json!({"token": "another"})).unwrap();
    client.notify("window/workDoneProgress/cancel", json!({"token": begin["token"]})).unwrap();
    client.expect("$/progress", |params| params["value"]["kind"] == "end").unwrap();
    assert_eq!(context(&mut client, &dockerfile), Value::Null);
    client.request("plimsoll/debug", json!({"hold": false})).unwrap();
    // What looks again by itself doesn't look against the user's will.
    let hover = json!({"textDocument": {"uri": dockerfile}, "position": {"line": 1, "character": 1}});
    client.request("textDocument/hover", hover).unwrap();
    assert_eq!(context(&mut client, &dockerfile), Value::Null);
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": dockerfile}})).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "on-disk"}"#);
}

#[test]
fn a_client_that_shows_no_progress_is_told_of_none() {
    let folder = project();
    let mut client = session(json!({}));
    client.request("plimsoll/debug", json!({"hold": true})).unwrap();
    let dockerfile = open_dockerfile(&mut client, folder.path());
    client.diagnostics(&dockerfile, 1).unwrap();
    client.request("plimsoll/debug", json!({"hold": false})).unwrap();
    assert_eq!(package(&mut client, &dockerfile), r#"{"name": "on-disk"}"#);
    assert_eq!(client.heard("window/workDoneProgress/create"), [Value::Null; 0]);
    assert_eq!(client.heard("$/progress"), [Value::Null; 0]);
}

#[test]
fn a_file_that_comes_or_goes_is_seen_by_its_name() {
    let folder = project();
    let mut client = session(json!({}));
    let dockerfile = open_dockerfile(&mut client, folder.path());
    context(&mut client, &dockerfile);
    let files = |client: &mut Client| context(client, &dockerfile)["files"].clone();
    fs::create_dir_all(folder.path().join("src/deep")).unwrap();
    let new = folder.path().join("src/deep/new.ts");
    fs::write(&new, "new").unwrap();
    let watched = json!({"changes": [{"uri": uri(&new), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", watched).unwrap();
    assert_eq!(files(&mut client), json!(["Dockerfile", "package.json", "src/deep/new.ts"]));
    fs::remove_dir_all(folder.path().join("src")).unwrap();
    let watched = json!({"changes": [{"uri": uri(&new), "type": 3}]});
    client.notify("workspace/didChangeWatchedFiles", watched).unwrap();
    assert_eq!(files(&mut client), json!(["Dockerfile", "package.json"]));
}
