//! The commands that an editor builds its own views on.

use crate::editor::{Columns, Project};
use crate::support::{DOC, session, start};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

fn run(client: &mut Client, command: &str, arguments: Value) -> Value {
    client.request("workspace/executeCommand", json!({"command": command, "arguments": arguments})).unwrap()
}

fn step(answer: &Value, line: u64) -> &Value {
    answer["steps"].as_array().unwrap().iter().find(|step| step["line"] == line).unwrap()
}

#[test]
fn the_layers_are_told_as_explain_tells_them() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let mut client = start();
    client.initialize(json!({"processId": null, "rootUri": null, "capabilities": {}})).unwrap();
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let answer = run(&mut client, "plimsoll.explain", json!([uri]));
    assert_eq!((&answer["version"], &answer["uri"]), (&json!(1), &json!(uri)));
    assert_eq!(answer["document_version"], 1);
    assert_eq!(answer["stages"][0]["reach"], "image");
    let install = step(&answer, 9);
    assert_eq!((&install["instruction"], &install["text"]), (&json!("RUN"), &json!("RUN npm ci")));
    assert!(install["size"]["likely"].as_u64().unwrap() > 100_000_000, "{install}");
    assert!(install["shown"].as_str().unwrap().ends_with(" MB"), "{install}");
    assert_eq!(install.get("runs_again"), None, "nothing was asked of changes");
    assert!(answer["image"]["shown"].as_str().unwrap().starts_with("≈ "), "{}", answer["image"]);
}

#[test]
fn a_change_is_named_by_uri_by_path_or_by_argument() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let mut client = start();
    client.initialize(json!({"processId": null, "rootUri": null, "capabilities": {}})).unwrap();
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let beside = uri.replace("/Dockerfile", "/app/page.tsx");
    for named in [beside.as_str(), "app/page.tsx"] {
        let answer = run(&mut client, "plimsoll.explain", json!([uri, {"changed": [named]}]));
        let again = |line| step(&answer, line)["runs_again"].clone();
        assert_eq!([again(9), again(12), again(15)], [json!(false), json!(true), json!(true)], "{named}");
    }
    let answer = run(&mut client, "plimsoll.explain", json!([uri, {"changed_base": true}]));
    assert_eq!(step(&answer, 9)["runs_again"], true);
    let outside =
        json!({"command": "plimsoll.explain", "arguments": [uri, {"changed": ["file:///elsewhere/a"]}]});
    let refused = client.request("workspace/executeCommand", outside).unwrap_err();
    assert!(refused.to_string().contains("outside of the build context"), "{refused}");
}

#[test]
fn what_isnt_known_of_a_file_without_a_context_is_null() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FROM no/such:image\nRUN make\n").unwrap();
    let answer = run(&mut client, "plimsoll.explain", json!([DOC]));
    assert_eq!(answer["image"]["size"]["likely"], Value::Null);
    assert_eq!(step(&answer, 2)["size"], Value::Null);
    client.open("file:///no/such/folder/2/Dockerfile", "dockerfile", 1, "").unwrap();
    let empty = run(&mut client, "plimsoll.explain", json!(["file:///no/such/folder/2/Dockerfile"]));
    assert_eq!((&empty["target"], &empty["steps"]), (&Value::Null, &json!([])));
}

#[test]
fn a_conversion_is_answered_whole_and_nothing_is_changed() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let mut client = start();
    let edits = json!({"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}});
    client
        .initialize(json!({"processId": null, "rootUri": null, "capabilities": {"workspace": edits}}))
        .unwrap();
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let answer = run(&mut client, "plimsoll.convert", json!([uri]));
    assert_eq!(answer["outcome"], "converted", "{answer}");
    let changes = answer["edit"]["documentChanges"].as_array().unwrap();
    let named: Vec<&str> =
        changes.iter().filter_map(|change| change["textDocument"]["uri"].as_str()).collect();
    for file in ["/Dockerfile", "/next.config.ts", "/.dockerignore"] {
        assert!(named.iter().any(|uri| uri.ends_with(file)), "{file} isn't among {named:?}");
    }
    let (before, after) = (&answer["estimate"]["before"], &answer["estimate"]["after"]);
    assert!(after["likely"].as_u64().unwrap() < before["likely"].as_u64().unwrap(), "{answer}");
    assert!(client.heard("workspace/applyEdit").is_empty());
}

#[test]
fn a_refusal_says_why() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, "FROM scratch\n").unwrap();
    let answer = run(&mut client, "plimsoll.convert", json!([DOC]));
    assert_eq!(answer["outcome"], "refused");
    assert!(answer["reason"]["message"].as_str().unwrap().contains("Next.js"), "{answer}");
    for wrong in [json!([]), json!([DOC, ["app"]]), json!(["file:///not/open"])] {
        let params = json!({"command": "plimsoll.convert", "arguments": wrong});
        client.request("workspace/executeCommand", params).unwrap_err();
    }
}
