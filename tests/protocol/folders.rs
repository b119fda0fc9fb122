//! Several workspace folders: which settings and which context hold for a document, by where it lies.

use crate::support::start;
use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::fs;

const TEXT: &str = "FROM node\nRUN echo done\n";
const RULE: &str = "unpinned-base-image";

fn asks() -> Value {
    json!({"workspace": {"configuration": true, "workspaceFolders": true}})
}

/// A server with these folders open, whose client says what is set in each.
fn client(folders: &[(&str, Value)]) -> Client {
    let mut client = start();
    client.set_settings(json!({}));
    for (folder, settings) in folders {
        client.set_settings_of(folder, settings.clone());
    }
    let named: Vec<Value> = folders.iter().map(|(folder, _)| json!({"uri": folder, "name": "x"})).collect();
    client.initialize(json!({"capabilities": asks(), "workspaceFolders": named})).unwrap();
    client
}

fn quiet() -> Value {
    json!({"ignore": [RULE]})
}

/// Waits until what is shown of `uri` holds the finding, or doesn't.
fn shows(client: &mut Client, uri: &str, wanted: bool) {
    let told = |params: &Value| {
        let found = params["diagnostics"].as_array().unwrap();
        params["uri"] == uri && found.iter().any(|one| one["code"] == RULE) == wanted
    };
    client.expect("textDocument/publishDiagnostics", told).unwrap();
}

fn changed(client: &mut Client) {
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).unwrap();
}

#[test]
fn each_folders_own_settings_hold_for_its_documents_and_change_alive() {
    let root = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        fs::create_dir_all(root.path().join(name)).unwrap();
        uri(&root.path().join(name))
    };
    // The second folder lies within the first one.
    let (shop, web) = (folder("shop"), folder("shop/web"));
    let mut client = client(&[(&shop, json!({})), (&web, quiet())]);
    let asked = client.expect("workspace/configuration", |_| true).unwrap();
    assert_eq!(
        asked["items"],
        json!([
            {"section": "plimsoll"},
            {"scopeUri": shop, "section": "plimsoll"},
            {"scopeUri": web, "section": "plimsoll"},
        ])
    );
    let (outer, inner) = (format!("{shop}/Dockerfile"), format!("{web}/Dockerfile"));
    client.open(&outer, "dockerfile", 1, TEXT).unwrap();
    shows(&mut client, &outer, true);
    client.open(&inner, "dockerfile", 1, TEXT).unwrap();
    shows(&mut client, &inner, false);

    client.set_settings_of(&shop, quiet());
    client.set_settings_of(&web, json!({}));
    changed(&mut client);
    // They are published in the order of the documents' names or the other way round: each is waited for.
    let mut open = vec![(&outer, false), (&inner, true)];
    while !open.is_empty() {
        let told = client.expect("textDocument/publishDiagnostics", |_| true).unwrap();
        let has = told["diagnostics"].as_array().unwrap().iter().any(|one| one["code"] == RULE);
        open.retain(|(uri, wanted)| told["uri"] != **uri || has != *wanted);
    }
}

#[test]
fn a_folder_that_comes_later_is_asked_about_and_one_that_goes_sets_nothing_more() {
    let root = tempfile::tempdir().unwrap();
    let folder = uri(root.path());
    let mut client = client(&[]);
    let dockerfile = format!("{folder}/Dockerfile");
    client.open(&dockerfile, "dockerfile", 1, TEXT).unwrap();
    shows(&mut client, &dockerfile, true);
    client.set_settings_of(&folder, quiet());
    let event = |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});
    let named = json!([{"uri": folder, "name": "x"}]);
    client.notify("workspace/didChangeWorkspaceFolders", event(named.clone(), json!([]))).unwrap();
    shows(&mut client, &dockerfile, false);
    client.notify("workspace/didChangeWorkspaceFolders", event(json!([]), named)).unwrap();
    shows(&mut client, &dockerfile, true);
}

#[test]
fn a_folder_of_another_machine_has_its_settings_too() {
    let folder = "vscode-vfs://github/o/r";
    let mut client = client(&[(folder, quiet()), ("vscode-vfs://github/o/rest", json!({}))]);
    let (inside, beside) = (format!("{folder}/Dockerfile"), format!("{folder}est/Dockerfile"));
    for (uri, wanted) in [(inside, false), (beside, true)] {
        client.open(&uri, "dockerfile", 1, TEXT).unwrap();
        shows(&mut client, &uri, wanted);
    }
}

#[test]
fn a_folder_that_says_nothing_has_what_holds_everywhere() {
    let mut client = client(&[("file:///no/such", Value::Null)]);
    client.set_settings(quiet());
    changed(&mut client);
    client.open("file:///no/such/Dockerfile", "dockerfile", 1, TEXT).unwrap();
    shows(&mut client, "file:///no/such/Dockerfile", false);
}

#[test]
fn the_context_that_an_editor_sets_is_relative_to_the_documents_folder_of_the_workspace() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().canonicalize().unwrap();
    for (name, file) in [("one/src", "a.txt"), ("one/docker", "b.txt"), ("two", "c.txt")] {
        fs::create_dir_all(path.join(name)).unwrap();
        fs::write(path.join(name).join(file), "").unwrap();
    }
    let (one, two) = (uri(&path.join("one")), uri(&path.join("two")));
    let mut client = client(&[(&one, json!({"context": "src"})), (&two, json!({}))]);
    let dockerfile = format!("{one}/docker/Dockerfile");
    client.open(&dockerfile, "dockerfile", 1, TEXT).unwrap();
    let mut root_of =
        |uri: &str| client.request("plimsoll/debug", json!({"context": uri})).unwrap()["root"].take();
    // The answer to what is set may come behind the first look.
    let wanted = |name: &str| json!(path.join(name).to_str().unwrap());
    let first = root_of(&dockerfile);
    assert!([wanted("one/src"), wanted("one/docker")].contains(&first), "{first}");
    while root_of(&dockerfile) != wanted("one/src") {}
    let other = format!("{two}/Dockerfile");
    client.open(&other, "dockerfile", 1, TEXT).unwrap();
    let seen = client.request("plimsoll/debug", json!({"context": other})).unwrap();
    assert_eq!(seen["root"], wanted("two"));
}

#[test]
fn a_wrong_setting_is_told_once_however_often_and_wherever_it_is_said() {
    let wrong = json!({"profile": "loose"});
    let mut client = client(&[("file:///no/such", wrong.clone()), ("file:///no/other", wrong.clone())]);
    client.set_settings(wrong);
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("plimsoll.profile"), "{told}");
    for _ in 0..3 {
        changed(&mut client);
        client.expect("workspace/configuration", |_| true).unwrap();
    }
    // Mended, it may be told anew.
    client.set_settings(json!({}));
    client.set_settings_of("file:///no/such", json!({}));
    client.set_settings_of("file:///no/other", json!({}));
    changed(&mut client);
    client.expect("workspace/configuration", |_| true).unwrap();
    client.set_settings(json!({"hints": 3}));
    changed(&mut client);
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("plimsoll.hints"), "{told}");
}
