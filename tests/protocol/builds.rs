//! The builds of Compose and Bake files that use a Dockerfile, as a client sees them.
//!
//! Each folder of `fixtures/builds` is a case: `expected.json` says by Dockerfile which builds are found, and what
//! context and target follow.

use crate::editor::{Columns, Project};
use crate::support::start;
use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn session(project: &Project, columns: Columns) -> Client {
    let mut client = start();
    let root = uri(project.root());
    let params = json!({"rootUri": root, "workspaceFolders": [{"uri": root, "name": "all"}], "capabilities":
        columns.offered(json!({"textDocument": {"hover": {"contentFormat": ["markdown"]}}}))});
    client.initialize(params).unwrap();
    client
}

fn explained(client: &mut Client, uri: &str) -> Value {
    let params = json!({"command": "plimsoll.explain", "arguments": [uri]});
    client.request("workspace/executeCommand", params).unwrap()
}

fn hover(client: &mut Client, uri: &str, position: Value) -> String {
    let params = json!({"textDocument": {"uri": uri}, "position": position});
    let answer = client.request("textDocument/hover", params).unwrap();
    answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

fn first_lens(client: &mut Client, uri: &str) -> String {
    let found = client.request("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).unwrap();
    found[0]["command"]["title"].as_str().unwrap().to_owned()
}

#[test]
fn every_case_finds_its_builds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/builds");
    let mut cases = 0;
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let mut project = Project::copy(&format!("builds/{name}"), Columns::Utf16);
        let mut client = session(&project, Columns::Utf16);
        let expected: Value = serde_json::from_str(&project.text("expected.json")).unwrap();
        for (dockerfile, expected) in expected.as_object().unwrap() {
            let uri = project.open(&mut client, dockerfile, "dockerfile", 1);
            let seen = explained(&mut client, &uri);
            assert_eq!(seen["builds"], expected["builds"], "{name}: {dockerfile}");
            assert_eq!(seen["target"], expected["target"], "{name}: {dockerfile}");
            let inside = expected["context"].as_str().unwrap();
            let context = Path::new(seen["context"]["path"].as_str().unwrap());
            assert_eq!(context, project.root().join(inside).components().as_path(), "{name}: {dockerfile}");
            cases += 1;
        }
    }
    assert_eq!(cases, 6, "Dockerfiles in fixtures/builds");
}

#[test]
fn a_rename_says_which_builds_name_the_stage_before_it_happens() {
    for columns in Columns::BOTH {
        let mut project = Project::copy("builds/several", columns);
        let mut client = session(&project, columns);
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let text = format!("# 이름 😀\n{}", project.text("Dockerfile"));
        project.replace(&mut client, "Dockerfile", 2, &text);
        let params = json!({"textDocument": {"uri": uri}, "position": columns.position(&text, "dev", 1)});
        let found = client.request("textDocument/prepareRename", params).unwrap();
        assert_eq!(columns.slice(&text, &found["range"]), "dev");
        let said =
            |params: &Value| params["message"].as_str().unwrap().contains("`compose.yml, service dev` asks");
        client.expect("window/showMessage", said).unwrap();
        let before = project.text("compose.yml");
        let params = json!({"textDocument": {"uri": uri}, "position": columns.position(&text, "dev", 1),
            "newName": "debug"});
        let edit = client.request("textDocument/rename", params).unwrap();
        project.apply(&edit);
        assert_eq!(project.text("Dockerfile"), text.replace("dev", "debug"));
        assert_eq!(project.text("compose.yml"), before);
    }
}

#[test]
fn values_say_where_they_come_from_in_both_encodings() {
    for columns in Columns::BOTH {
        let mut project = Project::copy("builds/monorepo", columns);
        let mut client = session(&project, columns);
        let dockerfile = project.open(&mut client, "apps/web/Dockerfile", "dockerfile", 1);
        let text = project.text("apps/web/Dockerfile");
        let told = hover(&mut client, &dockerfile, columns.position(&text, "GREETING}", 0));
        assert!(told.contains("Its value here is `안녕 😀`, from compose.yaml, service web."), "{told}");
        let told = hover(&mut client, &dockerfile, columns.position(&text, "FROM", 0));
        assert!(
            told.contains("starts from `node:24-alpine`") && told.contains("**Built as** compose.yaml"),
            "{told}"
        );
        assert_eq!(
            first_lens(&mut client, &dockerfile),
            "built as compose.yaml, service web · context . · 4 arguments"
        );
    }
}

#[test]
fn an_edit_of_the_compose_file_counts_before_it_is_saved() {
    let mut project = Project::copy("builds/monorepo", Columns::Utf16);
    let mut client = session(&project, Columns::Utf16);
    let dockerfile = project.open(&mut client, "apps/web/Dockerfile", "dockerfile", 1);
    let used = |client: &mut Client| explained(client, &dockerfile)["builds"][0].clone();
    assert_eq!(used(&mut client)["arguments"]["API_URL"], "http://api:4000");
    project.open(&mut client, "compose.yaml", "yaml", 1);
    let text = project.text("compose.yaml");
    project.replace(&mut client, "compose.yaml", 2, &text.replace("http://api:${API_PORT}", "https://new"));
    assert_eq!(used(&mut client)["arguments"]["API_URL"], "https://new");
    // Half typed it keeps what it said.
    project.replace(&mut client, "compose.yaml", 3, &text.replace("http://api:${API_PORT}", "\"https://n"));
    assert_eq!(used(&mut client)["arguments"]["API_URL"], "https://new");
    // Closed unsaved, the disk counts.
    let close = json!({"textDocument": {"uri": project.uri("compose.yaml")}});
    client.notify("textDocument/didClose", close).unwrap();
    assert_eq!(used(&mut client)["arguments"]["API_URL"], "http://api:4000");
}

#[test]
fn files_that_come_and_go_are_seen() {
    let mut project = Project::copy("builds/several", Columns::Utf16);
    let mut client = session(&project, Columns::Utf16);
    let dockerfile = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    explained(&mut client, &dockerfile);
    let told = |client: &mut Client, path: &Path, kind: u32| {
        let changes = json!({"changes": [{"uri": uri(path), "type": kind}]});
        client.notify("workspace/didChangeWatchedFiles", changes).unwrap();
    };
    let compose = project.path("compose.yml");
    fs::remove_file(&compose).unwrap();
    told(&mut client, &compose, 3);
    let names = |client: &mut Client| -> Vec<String> {
        let seen = explained(client, &dockerfile);
        seen["builds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&mut client), ["release"]);
    let text = project.text("Dockerfile");
    let value = hover(&mut client, &dockerfile, Columns::Utf16.position(&text, "MODE\n", 0));
    assert!(value.contains("`release`, from docker-bake.json, target release"), "{value}");
    let compose = project.path("docker-compose.yaml");
    fs::write(&compose, "services: {one: {build: .}}\n").unwrap();
    told(&mut client, &compose, 1);
    assert_eq!(names(&mut client), ["one", "release"]);
}

#[test]
fn the_setting_chooses_and_what_is_set_counts_over_a_build() {
    let mut project = Project::copy("builds/several", Columns::Utf16);
    fs::create_dir(project.path("other")).unwrap();
    let mut client = session(&project, Columns::Utf16);
    let dockerfile = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let lens = |client: &mut Client, settings: Value| {
        client
            .notify("workspace/didChangeConfiguration", json!({"settings": {"plimsoll": settings}}))
            .unwrap();
        let seen = explained(client, &dockerfile);
        (first_lens(client, &dockerfile), seen)
    };
    let (title, _) = lens(&mut client, json!({"build": "dev"}));
    assert_eq!(title, "built as compose.yml, service dev · context . · target dev · 3 more builds use it");
    let (title, seen) = lens(&mut client, json!({"build": "release", "context": project.path("other")}));
    assert!(title.starts_with("built as docker-bake.json, target release"), "{title}");
    assert!(seen["context"]["path"].as_str().unwrap().ends_with("/other"), "{}", seen["context"]);
    let (title, seen) = lens(&mut client, json!({"build": "none"}));
    assert!(title.starts_with("final image"), "{title}");
    assert_eq!(seen["builds"], json!([]));
    let (title, _) = lens(&mut client, json!({"lenses": {"build": false}}));
    assert!(title.starts_with("final image"), "{title}");
}
