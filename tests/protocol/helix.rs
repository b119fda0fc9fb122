//! Helix: its own first message, and then what it sends when a person presses its keys. It takes what is pushed, always
//! resolves, counts columns in bytes and has a flat outline.

use crate::clients::editors;
use crate::editor::{Columns, Project};
use crate::support::{range, start};
use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::fs;
use toml::de::{DeTable, DeValue};

const COLUMNS: Columns = Columns::Utf8;

/// A server that Helix has started in the folder of `project`; none where its first message isn't there.
fn helix(project: &Project) -> Option<Client> {
    let text = fs::read_to_string(editors()?.join("initialize-helix.json")).unwrap();
    let mut message: Value = serde_json::from_str(&text).unwrap();
    let mut params = message["params"].take();
    let root = uri(project.root());
    params["processId"] = Value::Null;
    params["rootPath"] = json!(project.root());
    params["rootUri"] = json!(root);
    params["workspaceFolders"] = json!([{"name": "shop", "uri": root}]);
    let mut client = start();
    // It answers each section with null where `config` of languages.toml isn't set.
    client.initialize(params).unwrap();
    Some(client)
}

/// The file that is written while the tests look, with letters of several bytes.
const STAGES: &str = "ARG TAG=20\nFROM node:$TAG AS deps\nRUN echo '😀 안녕' && npm ci\nFROM deps AS last\nCOPY --from=deps /a /b\nRUN --mount=type=ca\n";

struct Open {
    /// Its folder goes with it.
    _project: Project,
    client: Client,
    uri: String,
}

impl Open {
    fn stages() -> Option<Self> {
        let project = Project::copy("nextjs-single-stage", COLUMNS);
        let mut client = helix(&project)?;
        let uri = project.uri("stages.Dockerfile");
        fs::write(project.path("stages.Dockerfile"), STAGES).unwrap();
        client.open(&uri, "dockerfile", 0, STAGES).unwrap();
        Some(Self { _project: project, client, uri })
    }

    fn ask(&mut self, method: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({"uri": self.uri});
        self.client.request(method, params).unwrap()
    }

    /// Asks at the end of the `n`th `needle`.
    fn ask_behind(&mut self, method: &str, needle: &str, n: usize) -> Value {
        let mut position = COLUMNS.position(STAGES, needle, n);
        position["character"] = json!(position["character"].as_u64().unwrap() as usize + needle.len());
        self.ask(method, json!({"position": position}))
    }

    fn ask_at(&mut self, method: &str, needle: &str, n: usize, mut params: Value) -> Value {
        params["position"] = COLUMNS.position(STAGES, needle, n);
        self.ask(method, params)
    }
}

fn standing_at(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|place| COLUMNS.slice(STAGES, &place["range"])).collect()
}

#[test]
fn findings_are_pushed_and_hovers_are_markdown_that_reads_well_as_it_stands() {
    let mut project = Project::copy("nextjs-single-stage", COLUMNS);
    let Some(mut client) = helix(&project) else { return };
    let dockerfile = project.open(&mut client, "Dockerfile", "dockerfile", 0);
    let told = client
        .expect("textDocument/publishDiagnostics", |params| {
            params["diagnostics"].as_array().unwrap().iter().any(|one| one["code"] == "dockerignore-missing")
        })
        .unwrap();
    for one in told["diagnostics"].as_array().unwrap() {
        // What it doesn't say that it shows isn't sent.
        assert_eq!((&one["relatedInformation"], &one["codeDescription"]), (&Value::Null, &Value::Null));
    }
    let text = project.text("Dockerfile");
    let position = COLUMNS.position(&text, "RUN npm ci", 0);
    let params = json!({"textDocument": {"uri": dockerfile}, "position": position});
    let hover = client.request("textDocument/hover", params).unwrap();
    assert_eq!(hover["contents"]["kind"], "markdown");
    let words = hover["contents"]["value"].as_str().unwrap();
    assert!(words.contains("node_modules"), "{words}");
    // Tables are shown raw, and where a link leads isn't shown: neither may carry what matters.
    assert!(!words.contains("|--") && !words.contains("command:"), "{words}");
}

#[test]
fn every_action_is_resolved_and_the_conversion_leaves_what_the_command_writes() {
    let mut project = Project::copy("nextjs-single-stage", COLUMNS);
    let Some(mut client) = helix(&project) else { return };
    let expected = project.converted_by_command();
    let dockerfile = project.open(&mut client, "Dockerfile", "dockerfile", 0);
    let shown = client.diagnostics(&dockerfile, 0).unwrap();
    let params = json!({
        "textDocument": {"uri": dockerfile}, "range": range((0, 0), (0, 0)),
        "context": {"diagnostics": shown, "triggerKind": 1},
    });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    let convert =
        actions.as_array().unwrap().iter().find(|action| action["kind"] == "refactor.rewrite").unwrap();
    let resolved = client.request("codeAction/resolve", convert.clone()).unwrap();
    project.apply(&resolved["edit"]);
    for (name, text) in expected {
        assert_eq!(project.text(&name), text, "{name}");
    }
    // Each of the others can be resolved too, as Helix does it: it sends back what it was sent.
    for action in actions.as_array().unwrap().iter().filter(|action| action["data"].is_object()) {
        if action != convert && action["disabled"].is_null() {
            let resolved = client.request("codeAction/resolve", action.clone()).unwrap();
            assert!(resolved["edit"].is_object() || resolved["command"].is_object(), "{resolved}");
        }
    }
}

#[test]
fn completions_come_with_the_word_typed_replaced_and_are_described_when_they_are_chosen() {
    let Some(mut open) = Open::stages() else { return };
    let list = open.ask_behind("textDocument/completion", "type=ca", 0);
    let items = list["items"].as_array().unwrap();
    let cache = items.iter().find(|item| item["label"] == "cache").unwrap().clone();
    let after = COLUMNS.edited(STAGES, &json!([cache["textEdit"]]));
    assert!(after.contains("RUN --mount=type=cache"), "{after}");
    let resolved = open.client.request("completionItem/resolve", cache).unwrap();
    let words = resolved["documentation"]["value"].as_str().or(resolved["documentation"].as_str()).unwrap();
    assert!(!words.is_empty());
    let forms = open.ask_behind("textDocument/signatureHelp", "COPY ", 0);
    assert!(forms["signatures"][0]["label"].as_str().unwrap().starts_with("COPY"), "{forms}");
}

#[test]
fn names_lead_to_their_places_and_are_renamed() {
    let Some(mut open) = Open::stages() else { return };
    let here = json!({"context": {"includeDeclaration": true}});
    let definition = open.ask_at("textDocument/definition", "deps", 2, json!({}));
    assert_eq!((&definition["uri"], &definition["range"]["start"]["line"]), (&json!(open.uri), &json!(1)));
    let references = open.ask_at("textDocument/references", "deps", 0, here);
    assert_eq!(standing_at(&references), ["deps"; 3]);
    let highlights = open.ask_at("textDocument/documentHighlight", "TAG", 1, json!({}));
    assert_eq!(standing_at(&highlights), ["TAG", "TAG"]);
    let prepared = open.ask_at("textDocument/prepareRename", "deps", 1, json!({}));
    let whole = if prepared["range"].is_object() { &prepared["range"] } else { &prepared };
    assert_eq!(COLUMNS.slice(STAGES, whole), "deps");
    let edit = open.ask_at("textDocument/rename", "deps", 1, json!({"newName": "modules"}));
    let edits = &edit["documentChanges"][0]["edits"];
    // It takes no annotations, so the edits are plain ones.
    assert!(edits.as_array().unwrap().iter().all(|edit| edit["annotationId"].is_null()));
    assert_eq!(COLUMNS.edited(STAGES, edits), STAGES.replace("deps", "modules"));
}

#[test]
fn symbols_of_the_file_and_of_the_workspace_are_listed() {
    let Some(mut open) = Open::stages() else { return };
    let symbols = open.ask("textDocument/documentSymbol", json!({}));
    let symbols = symbols.as_array().unwrap();
    // Its flat list has the place of each.
    assert!(symbols.iter().all(|symbol| symbol["location"]["uri"] == open.uri), "{symbols:#?}");
    let names: Vec<&str> = symbols.iter().filter_map(|symbol| symbol["name"].as_str()).collect();
    assert!(names.contains(&"deps") && names.contains(&"last"), "{names:?}");
    let found = open.client.request("workspace/symbol", json!({"query": "las"})).unwrap();
    assert_eq!(found[0]["name"], "last");
    assert_eq!(found[0]["location"]["uri"], open.uri);
}

#[test]
fn a_file_and_a_selection_are_formatted() {
    let Some(mut open) = Open::stages() else { return };
    let loose = "from  node:20\nrun   echo 😀\ncopy  a b\n";
    open.client.change(&open.uri, 1, json!([{"text": loose}])).unwrap();
    let options = json!({"tabSize": 2, "insertSpaces": true});
    let all = open.ask("textDocument/formatting", json!({"options": options}));
    assert_eq!(COLUMNS.edited(loose, &all), "FROM node:20\nRUN echo 😀\nCOPY a b\n");
    let line = range((2, 0), (2, 9));
    let some = open.ask("textDocument/rangeFormatting", json!({"options": options, "range": line}));
    assert_eq!(COLUMNS.edited(loose, &some), "from  node:20\nrun   echo 😀\nCOPY a b\n");
}

#[test]
fn hints_stand_behind_their_lines() {
    let mut project = Project::copy("nextjs-single-stage", COLUMNS);
    let Some(mut client) = helix(&project) else { return };
    let dockerfile = project.open(&mut client, "Dockerfile", "dockerfile", 0);
    let params = json!({"textDocument": {"uri": dockerfile}, "range": range((0, 0), (60, 0))});
    let hints = client.request("textDocument/inlayHint", params).unwrap();
    let text = project.text("Dockerfile");
    let lines: Vec<&str> = text.lines().collect();
    assert!(!hints.as_array().unwrap().is_empty());
    for hint in hints.as_array().unwrap() {
        let at = &hint["position"];
        let line = lines[at["line"].as_u64().unwrap() as usize];
        assert_eq!(at["character"].as_u64().unwrap() as usize, line.len(), "{hint}");
        assert!(hint["label"].is_string() || hint["label"].is_array());
    }
}

#[test]
fn its_config_table_is_what_holds() {
    let project = Project::copy("nextjs-single-stage", COLUMNS);
    let Some(mut client) = helix(&project) else { return };
    let uri = project.uri("other.Dockerfile");
    client.open(&uri, "dockerfile", 0, "FROM node\n").unwrap();
    let has = |params: &Value| {
        params["diagnostics"].as_array().unwrap().iter().any(|one| one["code"] == "unpinned-base-image")
    };
    client.expect("textDocument/publishDiagnostics", |params| params["uri"] == uri && has(params)).unwrap();
    // `[language-server.plimsoll.config.plimsoll]` as `:config-reload` has it sent.
    client.set_settings(json!({"ignore": ["unpinned-base-image"]}));
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"plimsoll": {}}})).unwrap();
    client.expect("textDocument/publishDiagnostics", |params| params["uri"] == uri && !has(params)).unwrap();
    drop(project);
}

/// The keys that Helix documents for `[language-server.NAME]` and `[[language]]`; another one is an error to it.
const SERVER_KEYS: [&str; 6] =
    ["command", "args", "config", "timeout", "environment", "required-root-patterns"];
const LANGUAGE_KEYS: [&str; 6] =
    ["name", "language-servers", "roots", "auto-format", "file-types", "formatter"];

fn json_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(table) => json_of_table(table),
        DeValue::Boolean(flag) => json!(flag),
        other => json!(other.as_str().expect("nothing but texts, lists and tables is needed")),
    }
}

fn json_of_table(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), json_of(value.get_ref())));
    Value::Object(entries.collect())
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_shipped_languages_toml_has_helixs_keys_and_starts_the_server() {
    let text = include_str!("../../editors/helix/languages.toml");
    // What is commented out is to be taken as it stands.
    let whole = text.replace("\n# [", "\n[").replace("\n# profile", "\nprofile");
    assert_ne!(text, whole);
    for text in [text, &whole] {
        let table = json_of_table(DeTable::parse(text).unwrap().get_ref());
        let (server, language) = (&table["language-server"]["plimsoll"], &table["language"][0]);
        assert!(keys(server).iter().all(|key| SERVER_KEYS.contains(key)), "{server}");
        assert!(keys(language).iter().all(|key| LANGUAGE_KEYS.contains(key)), "{language}");
        assert_eq!((&language["name"], &server["command"]), (&json!("dockerfile"), &json!("plimsoll")));
        assert_eq!(language["language-servers"], json!(["plimsoll"]));
        let args: Vec<&str> = server["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut client = Client::spawn(env!("CARGO_BIN_EXE_plimsoll"), &args).unwrap();
        let options = json!({"capabilities": {}, "initializationOptions": server["config"]});
        client.initialize(options).unwrap();
        client.request("workspace/symbol", json!({"query": ""})).unwrap();
        assert_eq!(client.heard("window/showMessage"), [Value::Null; 0]);
        assert_eq!(client.shutdown().unwrap().code(), Some(0));
    }
}
