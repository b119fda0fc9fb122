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

/// What the server publishes for `uri`, once it holds what `wanted` asks for.
fn published(client: &mut Client, uri: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let told = |params: &Value| params["uri"] == uri && wanted(params["diagnostics"].as_array().unwrap());
    let params = client.expect("textDocument/publishDiagnostics", told).unwrap();
    params["diagnostics"].as_array().unwrap().clone()
}

fn codes(found: &[Value]) -> Vec<&str> {
    found.iter().filter_map(|one| one["code"].as_str()).collect()
}

#[test]
fn a_settings_file_holds_from_the_first_diagnostics_on_and_when_it_changes_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("plimsoll.toml");
    std::fs::write(&settings, "ignore = [\"DL3006\"]\n").unwrap();
    let uri = plimsoll::server::uri_of(&folder.path().join("Dockerfile"));
    let mut client = client(json!({}), Value::Null, Value::Null);
    client.open(&uri, "dockerfile", 1, "FROM node\n").unwrap();
    let first = published(&mut client, &uri, |_| true);
    assert!(!codes(&first).contains(&"unpinned-base-image"), "{first:#?}");

    std::fs::write(&settings, "ignore = []\nprofile = \"hadolint\"\n").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).unwrap();
    published(&mut client, &uri, |found| codes(found).contains(&"unpinned-base-image"));
    // The editor stands over the file.
    let off = json!({"plimsoll": {"ignore": ["DL3006"]}});
    client.notify("workspace/didChangeConfiguration", json!({"settings": off})).unwrap();
    published(&mut client, &uri, |found| !codes(found).contains(&"unpinned-base-image"));
}

#[test]
fn a_wrong_setting_is_shown_in_its_own_file_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plimsoll.toml");
    std::fs::write(&file, "profile = \"ä\"\nignore = [\"DL3006\"]\n").unwrap();
    let (dockerfile, settings) =
        (plimsoll::server::uri_of(&folder.path().join("Dockerfile")), plimsoll::server::uri_of(&file));
    let mut client = client(json!({}), Value::Null, Value::Null);
    client.open(&dockerfile, "dockerfile", 1, "FROM node\n").unwrap();
    let wrong = published(&mut client, &settings, |found| !found.is_empty());
    assert_eq!(wrong[0]["range"], range((0, 10), (0, 13)));
    assert!(wrong[0]["message"].as_str().unwrap().starts_with("profile takes one of"), "{wrong:#?}");
    // The rest of the file holds.
    let found = published(&mut client, &dockerfile, |_| true);
    assert!(!codes(&found).contains(&"unpinned-base-image"), "{found:#?}");

    // What the editor has open stands for the disk, and holds before it is saved.
    client.open(&settings, "toml", 1, "profile = \"hadolint\"\n").unwrap();
    published(&mut client, &settings, |found| found.is_empty());
    published(&mut client, &dockerfile, |found| codes(found).contains(&"unpinned-base-image"));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": settings}})).unwrap();
    published(&mut client, &settings, |found| !found.is_empty());
    published(&mut client, &dockerfile, |found| !codes(found).contains(&"unpinned-base-image"));
}

#[test]
fn hadolints_file_of_the_workspace_is_read_and_its_faults_are_shown_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".hadolint.yaml"), "ignored: DL3006\n").unwrap();
    std::fs::create_dir(folder.path().join("web")).unwrap();
    let root = plimsoll::server::uri_of(folder.path());
    let dockerfile = plimsoll::server::uri_of(&folder.path().join("web/Dockerfile"));
    let settings = plimsoll::server::uri_of(&folder.path().join(".hadolint.yaml"));
    let mut client = start();
    client.initialize(json!({"processId": null, "rootUri": root, "capabilities": {}})).unwrap();
    client.open(&dockerfile, "dockerfile", 1, "FROM node\n").unwrap();
    let wrong = published(&mut client, &settings, |found| !found.is_empty());
    assert_eq!(wrong[0]["range"], range((0, 9), (0, 15)));
    let found = published(&mut client, &dockerfile, |_| true);
    assert!(codes(&found).contains(&"unpinned-base-image"), "{found:#?}");
    std::fs::write(folder.path().join(".hadolint.yaml"), "ignored: [DL3006]\n").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": dockerfile}})).unwrap();
    published(&mut client, &settings, |found| found.is_empty());
    published(&mut client, &dockerfile, |found| !codes(found).contains(&"unpinned-base-image"));
}
