//! Going to names, and changing them.

use crate::editor::Columns;
use crate::support::{DOC, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

const TEXT: &str = "ARG V=22\nFROM node:$V AS 빌드x\nFROM node AS deps\nFROM deps AS last\nENV 😀x=1 PORT=3000\nRUN --mount=type=bind,from=deps,target=/d echo 😀 $PORT ${PORT:-x}\nCOPY --from=deps /a /b\nCOPY --from=1 <<EOF /c\n😀 $PORT\nEOF\nRUN echo ${PO";

fn at(columns: Columns, needle: &str, n: usize) -> Value {
    json!({"textDocument": {"uri": DOC}, "position": columns.position(TEXT, needle, n)})
}

fn open(columns: Columns, capabilities: Value) -> Client {
    let mut client = session(columns.offered(capabilities));
    client.open(DOC, "dockerfile", 3, TEXT).unwrap();
    client
}

/// The places of a list, each with its line and what stands there.
fn places(columns: Columns, list: &Value) -> Vec<(u64, String)> {
    let places = list.as_array().unwrap().iter().map(|place| {
        let range = &place["range"];
        (range["start"]["line"].as_u64().unwrap(), columns.slice(TEXT, range).to_owned())
    });
    places.collect()
}

#[test]
fn names_lead_to_their_declaration_and_to_all_their_places() {
    for columns in Columns::BOTH {
        let mut client = open(columns, json!({}));
        let found = client.request("textDocument/definition", at(columns, "PORT:", 0)).unwrap();
        assert_eq!((&found["uri"], &found["range"]["start"]["line"]), (&json!(DOC), &json!(4)));
        assert_eq!(columns.slice(TEXT, &found["range"]), "PORT");
        let mut asked = at(columns, "deps", 1);
        asked["context"] = json!({"includeDeclaration": true});
        let found = client.request("textDocument/references", asked.clone()).unwrap();
        let deps = || "deps".to_owned();
        let all = vec![(2, deps()), (3, deps()), (5, deps()), (6, deps()), (7, "1".to_owned())];
        assert_eq!(places(columns, &found), all);
        asked["context"] = json!({"includeDeclaration": false});
        let found = client.request("textDocument/references", asked).unwrap();
        assert_eq!(places(columns, &found), all[1..]);
        let found = client.request("textDocument/documentHighlight", at(columns, "PORT", 0)).unwrap();
        let lines: Vec<u64> = places(columns, &found).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [4, 5, 5, 8]);
        assert_eq!((&found[0]["kind"], &found[1]["kind"]), (&json!(3), &json!(2)));
        // Half typed, and where there is no name.
        let half = client.request("textDocument/definition", at(columns, "PO", 4)).unwrap();
        assert_eq!(half, Value::Null);
        assert_eq!(
            client.request("textDocument/documentHighlight", at(columns, "RUN", 0)).unwrap(),
            Value::Null
        );
    }
}

#[test]
fn a_client_that_takes_links_is_told_what_they_lead_from() {
    let columns = Columns::Utf16;
    let mut client = open(columns, json!({"textDocument": {"definition": {"linkSupport": true}}}));
    let found = client.request("textDocument/definition", at(columns, "1 <<EOF", 0)).unwrap();
    let slice = |field: &str| columns.slice(TEXT, &found[0][field]);
    assert_eq!(slice("originSelectionRange"), "1");
    assert_eq!(slice("targetSelectionRange"), "deps");
    assert_eq!(slice("targetRange"), "FROM node AS deps");
}

fn rename(client: &mut Client, mut at: Value, new: &str) -> Result<Value, String> {
    at["newName"] = json!(new);
    client.request("textDocument/rename", at).map_err(|error| error.to_string())
}

#[test]
fn a_rename_edits_every_place_of_the_name() {
    for columns in Columns::BOTH {
        let mut client = open(columns, json!({"textDocument": {"rename": {"prepareSupport": true}}}));
        let prepared = client.request("textDocument/prepareRename", at(columns, "PORT:", 0)).unwrap();
        assert_eq!(prepared["placeholder"], "PORT");
        assert_eq!(columns.slice(TEXT, &prepared["range"]), "PORT");
        // A client without annotations hears it before the user has typed a name.
        let told = client.expect("window/showMessage", |_| true).unwrap();
        assert!(told["message"].as_str().unwrap().contains("carries `PORT`"), "{told}");
        let edit = rename(&mut client, at(columns, "PORT:", 0), "HTTP").unwrap();
        assert_eq!(columns.edited(TEXT, &edit["changes"][DOC]), TEXT.replace("PORT", "HTTP"));
        let edit = rename(&mut client, at(columns, "deps", 0), "modules").unwrap();
        assert_eq!(columns.edited(TEXT, &edit["changes"][DOC]), TEXT.replace("deps", "modules"));
        let edit = rename(&mut client, at(columns, "EOF", 1), "TEXT").unwrap();
        assert_eq!(columns.edited(TEXT, &edit["changes"][DOC]), TEXT.replace("EOF", "TEXT"));
    }
}

#[test]
fn what_cannot_be_renamed_is_declined_with_the_reason() {
    let columns = Columns::Utf16;
    let mut client = open(columns, json!({}));
    let refused = client.request("textDocument/prepareRename", at(columns, "1 <<EOF", 0)).unwrap_err();
    assert_eq!(refused.code(), Some(-32803));
    assert!(refused.to_string().contains("number of a stage"), "{refused}");
    assert_eq!(client.request("textDocument/prepareRename", at(columns, "RUN", 0)).unwrap(), Value::Null);
    assert!(
        rename(&mut client, at(columns, "deps", 0), "has space").unwrap_err().contains("can't name a stage")
    );
    assert!(rename(&mut client, at(columns, "deps", 0), "last").unwrap_err().contains("name of another one"));
    assert!(client.heard("window/showMessage").is_empty());
    // A client that doesn't ask first is told with the edit.
    rename(&mut client, at(columns, "V=22", 0), "NODE").unwrap();
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("--build-arg V"), "{told}");
}

#[test]
fn a_client_with_annotations_confirms_what_reaches_beyond_the_file() {
    let columns = Columns::Utf16;
    let edits = json!({"documentChanges": true, "changeAnnotationSupport": {"groupsOnLabel": true}});
    let can =
        json!({"workspace": {"workspaceEdit": edits}, "textDocument": {"rename": {"prepareSupport": true}}});
    let mut client = open(columns, can);
    client.request("textDocument/prepareRename", at(columns, "deps", 0)).unwrap();
    for (name, confirmed, said) in [
        ("deps", false, Some("--target deps")),
        ("PORT:", true, Some("carries `PORT`")),
        ("EOF", false, None),
    ] {
        let edit = rename(&mut client, at(columns, name, 0), "other").unwrap();
        let annotation = edit["changeAnnotations"].as_object().unwrap().values().next().unwrap();
        assert_eq!(annotation["needsConfirmation"], confirmed, "{annotation}");
        let description = annotation["description"].as_str();
        assert_eq!(description.is_some(), said.is_some(), "{annotation}");
        assert!(description.unwrap_or_default().contains(said.unwrap_or_default()), "{annotation}");
        assert_eq!(edit["documentChanges"][0]["textDocument"]["version"], 3);
    }
    assert!(client.heard("window/showMessage").is_empty());
}

#[test]
fn a_heredocs_two_names_are_linked() {
    for columns in Columns::BOTH {
        let mut client = open(columns, json!({}));
        let linked = client.request("textDocument/linkedEditingRange", at(columns, "EOF", 0)).unwrap();
        let names = linked["ranges"].as_array().unwrap().iter().map(|range| columns.slice(TEXT, range));
        assert_eq!(names.collect::<Vec<_>>(), ["EOF", "EOF"]);
        assert_eq!(
            client.request("textDocument/linkedEditingRange", at(columns, "deps", 0)).unwrap(),
            Value::Null
        );
    }
}

#[test]
fn stages_are_called_by_those_that_take_something_from_them() {
    for columns in Columns::BOTH {
        let mut client = open(columns, json!({}));
        let items = client.request("textDocument/prepareCallHierarchy", at(columns, "deps", 2)).unwrap();
        assert_eq!((&items[0]["name"], &items[0]["detail"]), (&json!("deps"), &json!("on node")));
        let calls = client.request("callHierarchy/incomingCalls", json!({"item": items[0]})).unwrap();
        let [call] = &calls.as_array().unwrap()[..] else { panic!("{calls}") };
        assert_eq!(call["from"]["name"], "last");
        let places: Vec<&str> =
            call["fromRanges"].as_array().unwrap().iter().map(|range| columns.slice(TEXT, range)).collect();
        assert_eq!(places, ["deps", "deps", "deps", "1"]);
        let calls = client.request("callHierarchy/outgoingCalls", json!({"item": call["from"]})).unwrap();
        assert_eq!(calls[0]["to"]["name"], "deps");
        // The item outlives the edit that takes its stage away, and the document.
        client.change(DOC, 4, json!([{"text": "FROM a\n"}])).unwrap();
        assert_eq!(
            client.request("callHierarchy/incomingCalls", json!({"item": items[0]})).unwrap(),
            Value::Null
        );
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": DOC}})).unwrap();
        assert_eq!(
            client.request("callHierarchy/outgoingCalls", json!({"item": items[0]})).unwrap(),
            Value::Null
        );
    }
}
