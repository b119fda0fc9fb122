//! The shape of a file: its outline, folds, selections and links, and the stages of a workspace.

use crate::editor::{Columns, Project};
use crate::support::{DOC, session, start};
use plimsoll::cli::client::uri;
use serde_json::{Value, json};
use std::fs;

const TEXT: &str = "# syntax=docker/dockerfile:1\nFROM node:22 AS 'x\nFROM node:22 AS deps\nRUN echo 😀 && \\\n  npm ci\nENV A=1 B=2\nFROM deps\nRUN <<";

#[test]
fn the_outline_is_a_tree_where_the_client_shows_one() {
    for columns in Columns::BOTH {
        let tree = json!({"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}});
        let mut client = session(columns.offered(tree));
        client.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let document = json!({"textDocument": {"uri": DOC}});
        let symbols = client.request("textDocument/documentSymbol", document.clone()).unwrap();
        let deps = &symbols[1];
        assert_eq!((&deps["name"], &deps["detail"]), (&json!("deps"), &json!("on node:22")));
        assert_eq!(columns.slice(TEXT, &deps["selectionRange"]), "deps");
        assert_eq!(deps["children"][0]["name"], "RUN echo 😀 && npm ci");
        assert!(columns.slice(TEXT, &deps["children"][0]["range"]).ends_with("npm ci"));
        assert_eq!(deps["children"][1]["children"][1]["name"], "B");

        let mut flat = session(columns.offered(json!({})));
        flat.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let symbols = flat.request("textDocument/documentSymbol", document).unwrap();
        let run =
            symbols.as_array().unwrap().iter().find(|it| it["name"] == "RUN echo 😀 && npm ci").unwrap();
        assert_eq!(run["containerName"], "deps");
        assert!(columns.slice(TEXT, &run["location"]["range"]).starts_with("RUN echo 😀"));
    }
}

#[test]
fn every_symbol_of_the_outline_is_written_as_the_protocol_has_it() {
    let tree = json!({"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}});
    let mut client = session(Columns::Utf16.offered(tree));
    let text = "FROM a\nMAINTAINER me\nENV A=\"\\t\" B=x\u{1}y\nRUN echo 'a' \"😀\" \\\\\n";
    client.open(DOC, "dockerfile", 1, text).unwrap();
    let range = |line: u32, from: u32, to: u32| json!({"start": {"line": line, "character": from}, "end": {"line": line, "character": to}});
    let expected = json!([{
        "name": "stage 0",
        "detail": "on a",
        "kind": 2,
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 20}},
        "selectionRange": range(0, 0, 6),
        "children": [
            {
                "name": "MAINTAINER me",
                "kind": 7,
                "tags": [1],
                "range": range(1, 0, 13),
                "selectionRange": range(1, 0, 10),
            },
            {
                "name": "ENV A B",
                "kind": 13,
                "range": range(2, 0, 16),
                "selectionRange": range(2, 0, 3),
                "children": [
                    {
                        "name": "A",
                        "detail": "\"\\t\"",
                        "kind": 13,
                        "range": range(2, 4, 10),
                        "selectionRange": range(2, 4, 5),
                    },
                    {
                        "name": "B",
                        "detail": "x\u{1}y",
                        "kind": 13,
                        "range": range(2, 11, 16),
                        "selectionRange": range(2, 11, 12),
                    },
                ],
            },
            {
                "name": "RUN echo 'a' \"😀\" \\\\",
                "kind": 12,
                "range": range(3, 0, 20),
                "selectionRange": range(3, 0, 3),
            },
        ],
    }]);
    let symbols =
        client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": DOC}})).unwrap();
    assert_eq!(symbols, expected, "{symbols:#}");
}

#[test]
fn stages_and_continued_lines_fold_up_to_the_clients_limit() {
    for (limit, expected) in [(None, vec![(2, 5), (3, 4), (6, 7)]), (Some(1), vec![(2, 5)])] {
        let mut folding = json!({"lineFoldingOnly": true});
        if let Some(limit) = limit {
            folding["rangeLimit"] = json!(limit);
        }
        let mut client = session(json!({"textDocument": {"foldingRange": folding}}));
        client.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let folds =
            client.request("textDocument/foldingRange", json!({"textDocument": {"uri": DOC}})).unwrap();
        let lines: Vec<(u64, u64)> = folds
            .as_array()
            .unwrap()
            .iter()
            .map(|fold| (fold["startLine"].as_u64().unwrap(), fold["endLine"].as_u64().unwrap()))
            .collect();
        assert_eq!(lines, expected);
        assert!(folds[0].get("startCharacter").is_none());
    }
}

#[test]
fn selections_grow_for_every_caret() {
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(json!({})));
        client.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let positions = [columns.position(TEXT, "ci\n", 0), columns.position(TEXT, "<<", 0)];
        let params = json!({"textDocument": {"uri": DOC}, "positions": positions});
        let found = client.request("textDocument/selectionRange", params).unwrap();
        let chain = |first: &Value| -> Vec<String> {
            let mut texts = Vec::new();
            let mut next = Some(first);
            while let Some(selection) = next {
                texts.push(columns.slice(TEXT, &selection["range"]).to_owned());
                next = selection.get("parent");
            }
            texts
        };
        assert_eq!(
            chain(&found[0])[..4],
            ["ci", "npm ci", "echo 😀 && \\\n  npm ci", "RUN echo 😀 && \\\n  npm ci"]
        );
        assert_eq!(chain(&found[1]).last().unwrap(), TEXT);
    }
}

#[test]
fn images_and_files_are_links() {
    for columns in Columns::BOTH {
        let mut project = Project::copy("nextjs-single-stage", columns);
        let mut client = start();
        let can = columns.offered(json!({"textDocument": {"documentLink": {"tooltipSupport": true}}}));
        client.initialize(json!({"processId": null, "rootUri": null, "capabilities": can})).unwrap();
        let document = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let text = fs::read_to_string(project.path("Dockerfile")).unwrap();
        let links =
            client.request("textDocument/documentLink", json!({"textDocument": {"uri": document}})).unwrap();
        let links: Vec<(&str, &str)> = links
            .as_array()
            .unwrap()
            .iter()
            .map(|link| (columns.slice(&text, &link["range"]), link["target"].as_str().unwrap()))
            .collect();
        let image = links.iter().find(|(text, _)| text.starts_with("node:")).unwrap();
        assert_eq!(image.1, "https://hub.docker.com/_/node");
        let manifest = links.iter().find(|(text, _)| *text == "package.json").unwrap();
        assert_eq!(manifest.1, project.uri("package.json"));
    }
}

#[test]
fn the_stages_of_a_workspace_are_found_open_or_not() {
    let folder = tempfile::Builder::new().prefix("작업 ").tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    write(".gitignore", "out/\n");
    write("out/Dockerfile", "FROM a AS hidden\n");
    write("a/Dockerfile", "# 😀\nFROM a AS build-one\n");
    write("b/web.Dockerfile", "FROM a AS builder\nFROM b AS other\n");
    write("b/README.md", "FROM a AS build-none\n");
    let open = write("c/Dockerfile", "FROM a AS build-on-disk\n");
    let mut client = start();
    let root = uri(folder.path());
    client.initialize(json!({"processId": null, "rootUri": root, "capabilities": {}})).unwrap();
    client.open(&uri(&open), "dockerfile", 1, "FROM a AS build-in-editor\n").unwrap();
    let mut found = |query: &str| -> Vec<(String, String)> {
        let symbols = client.request("workspace/symbol", json!({"query": query})).unwrap();
        let symbols = symbols.as_array().unwrap().iter().map(|symbol| {
            let file = symbol["location"]["uri"].as_str().unwrap().rsplit('/').take(2).collect::<Vec<_>>();
            (symbol["name"].as_str().unwrap().to_owned(), format!("{}/{}", file[1], file[0]))
        });
        symbols.collect()
    };
    let names = |found: Vec<(String, String)>| found.into_iter().map(|it| it.0).collect::<Vec<_>>();
    let expected =
        [("build-in-editor", "c/Dockerfile"), ("build-one", "a/Dockerfile"), ("builder", "b/web.Dockerfile")];
    assert_eq!(found("Build"), expected.map(|(name, file)| (name.to_owned(), file.to_owned())));
    assert_eq!(names(found("bone")), ["build-one"]);
    assert_eq!(names(found("")).len(), 4);
    assert_eq!(names(found("hidden")), [""; 0]);
    // A file that changes on disk is read again.
    write("a/Dockerfile", "FROM a AS built-anew\n");
    assert_eq!(names(found("anew")), ["built-anew"]);
}
