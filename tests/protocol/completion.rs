//! What can be written at the caret, and what is said of it.

use crate::editor::{Columns, Project};
use crate::support::{DOC, session, start};
use plimsoll::cli::client::uri;
use serde_json::{Value, json};
use std::fs;

fn complete(columns: Columns, text: &str, behind: &str) -> Vec<Value> {
    let mut client = session(columns.offered(json!({})));
    client.open(DOC, "dockerfile", 1, text).unwrap();
    let mut position = columns.position(text, behind, 0);
    let width = match columns {
        Columns::Utf8 => behind.len(),
        Columns::Utf16 => behind.encode_utf16().count(),
    };
    position["character"] = json!(position["character"].as_u64().unwrap() as usize + width);
    let params = json!({"textDocument": {"uri": DOC}, "position": position});
    let list = client.request("textDocument/completion", params).unwrap();
    assert_eq!(list["isIncomplete"], false);
    list["items"].as_array().unwrap().clone()
}

#[test]
fn a_word_behind_other_letters_is_replaced_in_the_clients_columns() {
    let text = "FROM node:22 AS deps\nENV GREETING=1\nRUN echo 😀é $GREE && true\n";
    for columns in Columns::BOTH {
        let items = complete(columns, text, "$GR");
        let item = items.iter().find(|item| item["label"] == "GREETING").unwrap();
        let after = columns.edited(text, &json!([item["textEdit"]]));
        assert_eq!(after, text.replace("$GREE ", "$GREETING "));
    }
}

#[test]
fn half_a_line_is_completed_and_described() {
    for columns in Columns::BOTH {
        let markdown = json!({"textDocument": {"completion": {"completionItem":
            {"snippetSupport": true, "documentationFormat": ["markdown"]}}}});
        let mut client = session(columns.offered(markdown));
        client.open(DOC, "dockerfile", 1, "FROM a\nLABEL x=\"😀\"\nRUN --").unwrap();
        let params = json!({"textDocument": {"uri": DOC}, "position": {"line": 2, "character": 6}});
        let list = client.request("textDocument/completion", params).unwrap();
        let labels: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
        assert_eq!(labels, ["--mount", "--network", "--security"]);
        let sorted: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["sortText"].as_str().unwrap()).collect();
        assert!(sorted.is_sorted());
        let item = client.request("completionItem/resolve", list["items"][0].clone()).unwrap();
        assert_eq!(item["documentation"]["kind"], "markdown");
        assert!(item["documentation"]["value"].as_str().unwrap().contains("a cache, files of the context"));
        // An item of nobody's comes back as it is.
        let foreign = json!({"label": "x", "data": 7});
        assert_eq!(client.request("completionItem/resolve", foreign.clone()).unwrap(), foreign);

        let params = json!({"textDocument": {"uri": DOC}, "position": {"line": 2, "character": 2}});
        let list = client.request("textDocument/completion", params).unwrap();
        let run = list["items"].as_array().unwrap().iter().find(|item| item["label"] == "RUN").unwrap();
        assert_eq!(run["textEdit"]["newText"], "RUN");
    }
}

#[test]
fn files_of_the_project_and_its_scripts_are_offered() {
    for columns in Columns::BOTH {
        let mut project = Project::copy("nextjs-single-stage", columns);
        let mut client = start();
        let can = columns.offered(json!({}));
        client.initialize(json!({"processId": null, "rootUri": null, "capabilities": can})).unwrap();
        let document = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        // The answer comes when no look at the disk is going on any more.
        client.request("plimsoll/debug", json!({"context": document})).unwrap();
        let text = "FROM node:22\nCOPY pack\nRUN npm run b\n";
        client.change(&document, 2, json!([{"text": text}])).unwrap();
        let mut labels = |line: u32, character: u32| -> Vec<String> {
            let position = json!({"line": line, "character": character});
            let params = json!({"textDocument": {"uri": document}, "position": position});
            let list = client.request("textDocument/completion", params).unwrap();
            let items = list["items"].as_array().unwrap().iter();
            items.map(|item| item["label"].as_str().unwrap().to_owned()).collect()
        };
        assert!(labels(1, 9).contains(&"package.json".to_owned()));
        assert!(labels(2, 13).contains(&"build".to_owned()));
    }
}

/// Strings of the JSON form, paths in quotes, contexts of a Compose file, users and devices: whole lines and
/// half-typed ones.
#[test]
fn what_stands_in_quotes_and_is_named_elsewhere_is_offered() {
    for columns in Columns::BOTH {
        let mut project = Project::copy("nextjs-single-stage", columns);
        fs::create_dir(project.path("그림 😀")).unwrap();
        fs::write(project.path("그림 😀/a b.svg"), "<svg/>").unwrap();
        let compose = "services: {web: {build: {context: ., additional_contexts: {shared: ../공유}}}}\n";
        fs::write(project.path("compose.yaml"), compose).unwrap();
        let mut client = start();
        let root = uri(project.root());
        let can = columns.offered(json!({}));
        client.initialize(json!({"processId": null, "rootUri": root, "capabilities": can})).unwrap();
        let document = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        client.request("plimsoll/debug", json!({"context": document})).unwrap();
        let above = "FROM node:22\nRUN useradd -g node 앱\n";
        let cases = [
            (
                r#"LABEL a="😀"⏎CMD ["npm", "run", "|"]"#,
                "start",
                r#"LABEL a="😀"⏎CMD ["npm", "run", "start"]"#,
            ),
            (r#"RUN ["npm","run","|"#, "build", r#"RUN ["npm","run","build""#),
            (r#"COPY ["그림 😀/|, "/앱 😀/"]"#, "a b.svg", r#"COPY ["그림 😀/a b.svg", "/앱 😀/"]"#),
            (r#"COPY "그림 |"#, "\"그림 😀/\"", r#"COPY ["그림 😀/", "./"]"#),
            ("COPY --chown=앱 --from=sh| /😀 ./", "shared", "COPY --chown=앱 --from=shared /😀 ./"),
            ("COPY --chown=| /😀 ./", "앱:node", "COPY --chown=앱:node /😀 ./"),
            ("RUN --device=nv|", "nvidia.com/gpu=all", "RUN --device=nvidia.com/gpu=all"),
        ];
        for (version, (before, label, after)) in (2..).zip(cases) {
            let line = before.replace('⏎', "\n");
            let text = format!("{above}{}\nRUN true\n", line.replace('|', ""));
            client.change(&document, version, json!([{"text": text}])).unwrap();
            let mark = format!("{above}{line}");
            let position = columns.position(&mark, "|", 0);
            let params = json!({"textDocument": {"uri": document}, "position": position});
            let list = client.request("textDocument/completion", params).unwrap();
            let items = list["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["label"] == label);
            let item = item.unwrap_or_else(|| panic!("{before} has no {label} among {list}"));
            let edited = columns.edited(&text, &json!([item["textEdit"]]));
            assert_eq!(edited, format!("{above}{}\nRUN true\n", after.replace('⏎', "\n")));
        }
    }
}

#[test]
fn the_form_of_what_is_being_written_is_shown() {
    let text = "FROM a\nLABEL é=\"😀\"\nRUN --mount=type=cache,sharing= npm ci\n";
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(json!({})));
        client.open(DOC, "dockerfile", 1, text).unwrap();
        let params = json!({"textDocument": {"uri": DOC}, "position": columns.position(text, " npm ci", 0)});
        let help = client.request("textDocument/signatureHelp", params).unwrap();
        let (signature, active) = (&help["signatures"][0], help["activeParameter"].as_u64().unwrap());
        assert!(signature["label"].as_str().unwrap().starts_with("--mount=type="));
        assert_eq!(signature["parameters"][active as usize]["label"], "sharing=shared|private|locked");
        let params = json!({"textDocument": {"uri": DOC}, "position": {"line": 1, "character": 6}});
        let help = client.request("textDocument/signatureHelp", params).unwrap();
        assert_eq!(help["signatures"][0]["label"], "LABEL name=value…");
        let params = json!({"textDocument": {"uri": DOC}, "position": {"line": 0, "character": 0}});
        assert_eq!(client.request("textDocument/signatureHelp", params).unwrap(), Value::Null);
    }
}
