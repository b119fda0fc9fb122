//! Diagnostics: pushed or pulled, of the newest version only.

use crate::support::{DOC, range, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

fn pulling() -> Value {
    json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}})
}

const EDITS: i32 = 1_000;

/// A file with many faults. Each edit makes the keyword of its second line another one that isn't known.
fn faulty() -> String {
    let mut text = String::from("FROM debian\nCOPPY . .\n");
    for line in 0..200 {
        text.push_str(&format!("RUN apt-get update && apt-get install -y tool-{line}\n"));
    }
    text
}

fn edit(client: &mut Client, version: i32) {
    let end = if version == 1 { 5 } else { 1 + (version - 1).to_string().len() as u32 };
    let changes = json!([{"range": range((1, 0), (1, end)), "text": format!("X{version}")}]);
    client.change(DOC, version, changes).unwrap();
}

/// Whether the diagnostics are those of the text after the last edit.
fn are_of_the_last_version(found: &[Value]) -> bool {
    let of = |code: &str| found.iter().filter(|found| found["code"] == code).collect::<Vec<_>>();
    let unknown = of("unknown-instruction");
    unknown.len() == 1
        && unknown[0]["range"] == range((1, 0), (1, 5))
        && unknown[0]["message"].as_str().unwrap().contains("X1000")
        && of("apt-lists-left").len() == 200
}

/// The versions whose analysis was begun, none of them superseded by then.
fn begun(client: &mut Client) -> Vec<i64> {
    let stats = client.request("plimsoll/debug", json!({"stats": true})).unwrap();
    assert_eq!(stats["supersededBegun"], 0, "{stats}");
    let begun: Vec<i64> = stats["begun"].as_array().unwrap().iter().filter_map(Value::as_i64).collect();
    assert_eq!(begun.last(), Some(&i64::from(EDITS)));
    begun
}

#[test]
fn a_burst_ends_with_the_last_version_and_begins_no_superseded_one() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 0, &faulty()).unwrap();
    for version in 1..=EDITS {
        edit(&mut client, version);
    }
    let found = client.diagnostics(DOC, EDITS).unwrap();
    assert!(are_of_the_last_version(&found), "{found:?}");
    let begun = begun(&mut client);
    assert!(begun.is_sorted(), "{begun:?}");
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

/// Asked about each version, the server answers about those that were the newest when it came to them,
/// and has the client ask again otherwise.
#[test]
fn a_burst_of_pulls_ends_with_the_last_version_and_begins_no_superseded_one() {
    let mut client = session(pulling());
    client.open(DOC, "dockerfile", 0, &faulty()).unwrap();
    let mut asked = Vec::new();
    for version in 1..=EDITS {
        edit(&mut client, version);
        asked.push(client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": DOC}})).unwrap());
    }
    let last = asked.pop().unwrap();
    for id in asked {
        match client.answer(id, "textDocument/diagnostic") {
            Ok(report) => assert_eq!(report["kind"], "full"),
            Err(error) => assert_eq!(error.code(), Some(-32802), "{error}"),
        }
    }
    let report = client.answer(last, "textDocument/diagnostic").unwrap();
    assert!(are_of_the_last_version(report["items"].as_array().unwrap()), "{report}");
    begun(&mut client);
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn versions_are_published_in_their_order() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 0, "FROM a\n").unwrap();
    for version in 1..=300 {
        client.change(DOC, version, json!([{"text": format!("FROM a{version}\n")}])).unwrap();
    }
    let mut last = -1;
    while last < 300 {
        let params = client.expect("textDocument/publishDiagnostics", |_| true).unwrap();
        let version = params["version"].as_i64().unwrap();
        assert!(version >= last, "{version} after {last}");
        last = version;
    }
}

#[test]
fn closing_clears_what_was_pushed() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FORM a\n").unwrap();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": DOC}})).unwrap();
    let params =
        client.expect("textDocument/publishDiagnostics", |params| params.get("version").is_none()).unwrap();
    assert_eq!(params, json!({"uri": DOC, "diagnostics": []}));
    // A request behind it: had anything been published after the clearing, it would have come by now.
    client.request("plimsoll/debug", json!({"stats": true})).unwrap();
    assert!(client.heard("textDocument/publishDiagnostics").is_empty());
}

#[test]
fn who_pulls_is_not_pushed_to() {
    let mut client = session(pulling());
    client.open(DOC, "dockerfile", 1, "FORM a\n").unwrap();
    let pull = |previous: Option<&str>| {
        let mut params = json!({"textDocument": {"uri": DOC}});
        if let Some(previous) = previous {
            params["previousResultId"] = json!(previous);
        }
        params
    };
    let first = client.request("textDocument/diagnostic", pull(None)).unwrap();
    assert_eq!(first["kind"], "full", "{first}");
    assert!(first["items"].is_array());
    let id = first["resultId"].as_str().unwrap();
    let second = client.request("textDocument/diagnostic", pull(Some(id))).unwrap();
    assert_eq!(second, json!({"kind": "unchanged", "resultId": id}));
    client.change(DOC, 2, json!([{"text": "\n\n FORM b\n"}])).unwrap();
    client.request("textDocument/diagnostic", pull(Some("of another day"))).unwrap();
    assert!(client.heard("textDocument/publishDiagnostics").is_empty());
}

#[test]
fn who_is_pushed_to_cannot_pull() {
    for can in [json!({}), json!({"textDocument": {"diagnostic": {}}})] {
        let mut client = session(can);
        client.open(DOC, "dockerfile", 1, "FORM a\n").unwrap();
        client.diagnostics(DOC, 1).unwrap();
        let error =
            client.request("textDocument/diagnostic", json!({"textDocument": {"uri": DOC}})).unwrap_err();
        assert_eq!(error.code(), Some(-32601));
    }
}

#[test]
fn files_of_the_context_have_no_diagnostics() {
    let mut client = session(json!({}));
    for (name, language) in
        [("package.json", "json"), (".dockerignore", "ignore"), ("Dockerfile.dockerignore", "dockerfile")]
    {
        let uri = format!("file:///work/{name}");
        client.open(&uri, language, 1, "FORM a\n").unwrap();
        client.change(&uri, 2, json!([{"text": "FORM b\n"}])).unwrap();
        let place = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}});
        assert_eq!(client.request("textDocument/definition", place).unwrap(), Value::Null);
    }
    client.open(DOC, "dockerfile", 1, "FROM a\n").unwrap();
    client.expect("textDocument/publishDiagnostics", |params| params["uri"] == DOC).unwrap();
    // What lies in no known context is silent, and no Dockerfile.
    let published = client.heard("textDocument/publishDiagnostics");
    assert!(
        published.iter().all(|params| params["diagnostics"] == json!([]) || params["uri"] == DOC),
        "{published:?}"
    );
}
