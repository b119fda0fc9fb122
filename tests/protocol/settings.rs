//! An editor's settings: with `initialize`, sent later, and asked for.

use crate::support::{DOC, range, start};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

const TEXT: &str = "FROM node:22-alpine\nCOPY . .\nRUN npm ci\n";

fn client(capabilities: Value, options: Value, settings: Value) -> Client {
    let mut client = start();
    client.set_settings(settings);
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options,
    });
    client.initialize(params).unwrap();
    client
}

fn hints(client: &mut Client) -> usize {
    let params = json!({"textDocument": {"uri": DOC}, "range": range((0, 0), (9, 0))});
    client.request("textDocument/inlayHint", params).unwrap().as_array().unwrap().len()
}

fn lenses(client: &mut Client) -> usize {
    let params = json!({"textDocument": {"uri": DOC}});
    client.request("textDocument/codeLens", params).unwrap().as_array().unwrap().len()
}

#[test]
fn what_initialize_sets_holds() {
    let options =
        json!({"hints": {"weight": false, "cache": false}, "lenses": {"image": false, "stages": false}});
    let mut client = client(json!({}), options, Value::Null);
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    assert_eq!((hints(&mut client), lenses(&mut client)), (0, 0));
}

#[test]
fn what_is_sent_later_holds_for_open_documents() {
    let mut client = client(json!({}), Value::Null, Value::Null);
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    assert!(hints(&mut client) > 0);
    let off = json!({"plimsoll": {"hints": {"weight": false, "cache": false}, "profile": "strict"}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": off})).unwrap();
    assert_eq!(hints(&mut client), 0);
    // The other profile finds something else, which is published for the same version.
    client.notify("workspace/didChangeConfiguration", json!({"settings": {}})).unwrap();
    assert!(hints(&mut client) > 0);
}

#[test]
fn a_client_that_answers_is_asked_at_the_start_and_at_each_change() {
    let capabilities = json!({"workspace": {
        "configuration": true,
        "didChangeConfiguration": {"dynamicRegistration": true},
        "inlayHint": {"refreshSupport": true},
    }});
    let mut client = client(capabilities, Value::Null, json!({"hints": {"weight": false, "cache": false}}));
    let asked = client.expect("workspace/configuration", |_| true).unwrap();
    assert_eq!(asked["items"], json!([{"section": "plimsoll"}]));
    client
        .expect("client/registerCapability", |params| {
            params["registrations"][0]["method"] == "workspace/didChangeConfiguration"
        })
        .unwrap();
    client.expect("workspace/inlayHint/refresh", |_| true).unwrap();
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    assert_eq!(hints(&mut client), 0);
    client.set_settings(json!({"hints": {"weight": true}}));
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).unwrap();
    // One refresh may still be of the context that was looked at meanwhile.
    while hints(&mut client) == 0 {
        client.expect("workspace/inlayHint/refresh", |_| true).unwrap();
    }
}

#[test]
fn a_client_that_has_nothing_to_say_keeps_what_initialize_set() {
    let capabilities = json!({"workspace": {"configuration": true}});
    let options = json!({"hints": {"weight": false, "cache": false}});
    let mut client = client(capabilities, options, Value::Null);
    client.expect("workspace/configuration", |_| true).unwrap();
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    // The answer to the question above is read before this request.
    assert_eq!(hints(&mut client), 0);
}

#[test]
fn a_wrong_setting_is_told_and_switches_nothing_off() {
    let mut client = client(json!({}), json!({"profile": "loose"}), Value::Null);
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("plimsoll.profile"), "{told}");
    client.open(DOC, "dockerfile", 1, "FROM node\nRUM x\n").unwrap();
    assert!(!client.diagnostics(DOC, 1).unwrap().is_empty());
}
