//! Requests that go wrong, that are withdrawn, and that see exactly their version.

use crate::support::{DOC, echo, range, session};
use serde_json::{Value, json};

/// The hovers are asked for without waiting, so that edits and answers overtake each other if they can.
#[test]
fn every_hover_sees_exactly_the_version_before_it() {
    const EDITS: usize = 5_000;
    let mut client = session(json!({"textDocument": {"hover": {"contentFormat": ["markdown"]}}}));
    client.open(DOC, "dockerfile", 0, "# 버전 😀\nARG V=0\nFROM scratch\nARG V=0\nENV X=$V\n").unwrap();
    let (mut end, mut asked) = (7, Vec::with_capacity(EDITS));
    for version in 1..=EDITS {
        let text = format!("ARG V={version}");
        let changes = json!([{"range": range((3, 0), (3, end)), "text": text}]);
        end = text.len() as u32;
        client.change(DOC, version as i32, changes).unwrap();
        let place = json!({"textDocument": {"uri": DOC}, "position": {"line": 4, "character": 7}});
        asked.push((version, client.ask("textDocument/hover", place).unwrap()));
    }
    for (version, id) in asked {
        let hover = client.answer(id, "textDocument/hover").unwrap();
        let told = hover["contents"]["value"].as_str().unwrap();
        assert!(told.contains(&format!("Its value here is `{version}`.")), "version {version}: {told}");
        assert_eq!(hover["range"], range((4, 6), (4, 8)));
    }
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_panic_is_answered_and_the_server_lives_on() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FROM a\n").unwrap();
    for way in ["panic", "panicAtOnce"] {
        let error = client.request("plimsoll/debug", json!({way: true})).unwrap_err();
        assert_eq!(error.code(), Some(-32603), "{error}");
        assert!(error.to_string().contains("fault of its own"), "{error}");
    }
    client.change(DOC, 2, json!([{"text": "FROM b\n"}])).unwrap();
    assert_eq!(echo(&mut client, DOC), (2, "FROM b\n".to_string()));
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_request_is_cancelled_while_it_computes() {
    let mut client = session(json!({}));
    let spinning = |client: &mut plimsoll::cli::client::Client| {
        client.request("plimsoll/debug", json!({"stats": true})).unwrap()["spinning"].as_u64().unwrap()
    };
    let id = client.ask("plimsoll/debug", json!({"spin": true})).unwrap();
    while spinning(&mut client) == 0 {}
    client.notify("$/cancelRequest", json!({"id": id})).unwrap();
    assert_eq!(client.answer(id, "spin").unwrap_err().code(), Some(-32800));
    // It isn't only answered: what it computed has stopped.
    while spinning(&mut client) > 0 {}
    // Of a request that is answered or was never made nothing is left to cancel.
    for id in [json!(id), json!(999), json!("x"), Value::Null] {
        client.notify("$/cancelRequest", json!({"id": id})).unwrap();
    }
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn editing_goes_on_while_requests_compute() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FROM a\n").unwrap();
    let ids: Vec<u64> =
        (0..200).map(|_| client.ask("plimsoll/debug", json!({"spin": true})).unwrap()).collect();
    client.change(DOC, 2, json!([{"text": "FROM b\n"}])).unwrap();
    client.diagnostics(DOC, 2).unwrap();
    for id in &ids {
        client.notify("$/cancelRequest", json!({"id": id})).unwrap();
    }
    for id in ids {
        assert_eq!(client.answer(id, "spin").unwrap_err().code(), Some(-32800));
    }
    assert_eq!(echo(&mut client, DOC), (2, "FROM b\n".to_string()));
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn the_process_ends_although_requests_compute() {
    let mut client = session(json!({}));
    for _ in 0..8 {
        client.ask("plimsoll/debug", json!({"spin": true})).unwrap();
    }
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn ids_may_be_strings() {
    let mut client = session(json!({}));
    client.send(&json!({"jsonrpc": "2.0", "id": "seven", "method": "no/such"})).unwrap();
    let response = client.unmatched().unwrap();
    assert_eq!((&response["id"], &response["error"]["code"]), (&json!("seven"), &json!(-32601)));
}
