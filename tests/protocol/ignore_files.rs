//! `.dockerignore` documents, as a client sees them.

use crate::editor::Columns;
use crate::support::{range, start};
use plimsoll::cli::client::{Client, uri};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const TEXT: &str = "# 무시 😀\n**/node_modules\n문서 😀\n!문서 😀/b.md\nnode_modules\n*.log\n";

fn project() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Dockerfile", "FROM scratch\nCOPY . .\n");
    write("web/node_modules/big.js", &"x".repeat(3_000_000));
    write("web/index.ts", "1");
    write("문서 😀/a.md", "1");
    write("문서 😀/b.md", "22");
    write(".dockerignore", TEXT);
    folder
}

fn session(folder: &Path, capabilities: Value) -> Client {
    let mut client = start();
    client.initialize(json!({"rootUri": uri(folder), "capabilities": capabilities})).unwrap();
    client
}

fn codes(found: &[Value]) -> Vec<(u64, String, u64)> {
    let one = |found: &Value| {
        let line = found["range"]["start"]["line"].as_u64().unwrap();
        (line, found["code"].as_str().unwrap().to_owned(), found["severity"].as_u64().unwrap())
    };
    found.iter().map(one).collect()
}

fn hover(client: &mut Client, uri: &str, position: Value) -> Value {
    client.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": position})).unwrap()
}

#[test]
fn patterns_answer_in_the_clients_columns() {
    for columns in Columns::BOTH {
        let folder = project();
        let mut client = session(folder.path(), columns.offered(json!({})));
        let file = uri(&folder.path().join(".dockerignore"));
        client.open(&file, "ignore", 1, TEXT).unwrap();
        let told = hover(&mut client, &file, columns.position(TEXT, "문서 😀/b", 0));
        let text = told["contents"]["value"].as_str().unwrap();
        assert!(
            text.starts_with("**`!문서 😀/b.md`** takes back: 1 file, 2 bytes, measured on disk."),
            "{text}"
        );
        assert_eq!(columns.slice(TEXT, &told["range"]), "!문서 😀/b.md");
        assert_eq!(hover(&mut client, &file, json!({"line": 0, "character": 3})), Value::Null);

        let params = json!({"textDocument": {"uri": file}, "range": range((0, 0), (100, 0))});
        let hints = client.request("textDocument/inlayHint", params).unwrap();
        let [hint] = &hints.as_array().unwrap()[..] else { panic!("{hints}") };
        assert_eq!(hint["label"], "keeps out 1 file, 3.0 MB");
        assert_eq!(hint["position"], json!({"line": 1, "character": 15}));

        let at = columns.position(TEXT, "b.md", 0);
        let params = json!({"textDocument": {"uri": file}, "position": at});
        let list = client.request("textDocument/completion", params).unwrap();
        let items: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
        assert_eq!(items, ["a.md", "b.md"]);
        let edit = json!([list["items"][0]["textEdit"]]);
        assert!(columns.edited(TEXT, &edit).contains("\n!문서 😀/a.md\n"));

        let found = client.diagnostics(&file, 1).unwrap();
        let expected = [(4, "unmatched-pattern".to_owned(), 2), (5, "unmatched-pattern".to_owned(), 4)];
        assert_eq!(codes(&found), expected);
        assert_eq!(columns.slice(TEXT, &found[0]["range"]), "node_modules");
    }
}

#[test]
fn findings_are_mended_in_the_clients_columns() {
    let text = "# 무시 😀\n!문서 😀/b.md\n문서 😀\nnode_modules # 😀\nnode_modules\n[";
    for columns in Columns::BOTH {
        let folder = project();
        let literal = json!({"codeActionKind": {"valueSet": ["quickfix"]}});
        let can = json!({"textDocument": {"codeAction":
            {"codeActionLiteralSupport": literal, "isPreferredSupport": true}}});
        let mut client = session(folder.path(), columns.offered(can));
        let file = uri(&folder.path().join(".dockerignore"));
        client.open(&file, "ignore", 1, text).unwrap();
        let mut actions = |range: Value, only: Value| -> Vec<Value> {
            let context = json!({"diagnostics": [], "only": only});
            let params = json!({"textDocument": {"uri": file}, "range": range, "context": context});
            client.request("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
        };
        let all = actions(range((0, 0), (100, 0)), Value::Null);
        let titles: Vec<&str> = all.iter().map(|action| action["title"].as_str().unwrap()).collect();
        assert_eq!(
            titles,
            [
                "Move `!문서 😀/b.md` below `문서 😀` on line 3, which takes 1 file back",
                "Delete `!문서 😀/b.md`, which changes nothing",
                "Delete `node_modules # 😀`, which matches nothing now",
                "Write `**/node_modules`, which keeps 1 file out",
                "Delete `node_modules`, which matches nothing now",
                "Delete `[`",
            ]
        );
        let texts: Vec<String> =
            all.iter().map(|action| columns.edited(text, &action["edit"]["changes"][&file])).collect();
        assert_eq!(texts[0], "# 무시 😀\n문서 😀\n!문서 😀/b.md\nnode_modules # 😀\nnode_modules\n[");
        assert_eq!(texts[3], text.replace("\nnode_modules\n", "\n**/node_modules\n"));
        assert_eq!(texts[5], text.replace('[', ""));
        for action in &all {
            assert_eq!(action["kind"], "quickfix");
            assert_eq!(action["diagnostics"].as_array().unwrap().len(), 1);
        }
        assert_eq!(columns.slice(text, &all[0]["diagnostics"][0]["range"]), "!문서 😀/b.md");
        let at = columns.position(text, "[", 0);
        let one = actions(json!({"start": at, "end": at}), json!(["quickfix"]));
        assert_eq!(one.len(), 1);
        assert_eq!(actions(range((0, 0), (100, 0)), json!(["refactor", "source.fixAll"])), [Value::Null; 0]);
    }
}

#[test]
fn findings_follow_the_text_and_the_disk() {
    let folder = project();
    let mut client = session(folder.path(), json!({}));
    let file = uri(&folder.path().join(".dockerignore"));
    client.open(&file, "ignore", 1, "docs\n").unwrap();
    assert_eq!(codes(&client.diagnostics(&file, 1).unwrap()), [(0, "unmatched-pattern".to_owned(), 4)]);
    client.change(&file, 2, json!([{"text": "web\n!web/**\n["}])).unwrap();
    let expected = [(0, "undone-pattern".to_owned(), 2), (2, "refused-pattern".to_owned(), 1)];
    assert_eq!(codes(&client.diagnostics(&file, 2).unwrap()), expected);
    client.change(&file, 3, json!([{"text": "docs\n"}])).unwrap();
    assert_eq!(client.diagnostics(&file, 3).unwrap().len(), 1);
    fs::create_dir(folder.path().join("docs")).unwrap();
    fs::write(folder.path().join("docs/a"), "a").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": file}})).unwrap();
    let published = |params: &Value| params["uri"] == file.as_str() && params["diagnostics"] == json!([]);
    client.expect("textDocument/publishDiagnostics", published).unwrap();
    // Closed it has none.
    client.change(&file, 4, json!([{"text": "["}])).unwrap();
    assert_eq!(client.diagnostics(&file, 4).unwrap().len(), 1);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": file}})).unwrap();
    client.expect("textDocument/publishDiagnostics", published).unwrap();
}

#[test]
fn who_pulls_gets_the_same() {
    let folder = project();
    let can =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let mut client = session(folder.path(), can);
    let file = uri(&folder.path().join(".dockerignore"));
    client.open(&file, "ignore", 1, TEXT).unwrap();
    let answer = client.request("textDocument/diagnostic", json!({"textDocument": {"uri": file}})).unwrap();
    assert_eq!(codes(answer["items"].as_array().unwrap()).len(), 2);
    let params = json!({"textDocument": {"uri": file}, "previousResultId": answer["resultId"]});
    assert_eq!(client.request("textDocument/diagnostic", params).unwrap()["kind"], "unchanged");
    assert!(client.heard("textDocument/publishDiagnostics").is_empty());
}

#[test]
fn the_file_of_one_dockerfile_has_that_ones_context() {
    let folder = project();
    fs::write(folder.path().join("web/Dockerfile"), "FROM scratch\n").unwrap();
    fs::write(
        folder.path().join("compose.yaml"),
        "services: {a: {build: {context: ., dockerfile: web/Dockerfile}}}",
    )
    .unwrap();
    let mut client = session(folder.path(), json!({}));
    let own = uri(&folder.path().join("web/Dockerfile.dockerignore"));
    client.open(&own, "ignore", 1, "web/index.ts\nindex.ts\n").unwrap();
    let told = hover(&mut client, &own, json!({"line": 0, "character": 2}));
    assert!(
        told["contents"]["value"].as_str().unwrap().contains("keeps out of the build: 1 file, 1 byte"),
        "{told}"
    );
    // Beside no Dockerfile it isn't known what it is for.
    let lone = uri(&folder.path().join("other.dockerignore"));
    client.open(&lone, "ignore", 1, "gone\n[\n").unwrap();
    assert_eq!(codes(&client.diagnostics(&lone, 1).unwrap()), [(1, "refused-pattern".to_owned(), 1)]);
    let told = hover(&mut client, &lone, json!({"line": 0, "character": 2}));
    assert!(
        told["contents"]["value"].as_str().unwrap().starts_with("**`gone`** keeps out what it matches."),
        "{told}"
    );
}

#[test]
fn hints_can_be_switched_off() {
    let folder = project();
    fs::write(folder.path().join("plimsoll.toml"), "[hints]\nignored = false\n").unwrap();
    let mut client = session(folder.path(), json!({}));
    let file = uri(&folder.path().join(".dockerignore"));
    client.open(&file, "ignore", 1, TEXT).unwrap();
    client.diagnostics(&file, 1).unwrap();
    let params = json!({"textDocument": {"uri": file}, "range": range((0, 0), (100, 0))});
    assert_eq!(client.request("textDocument/inlayHint", params.clone()).unwrap(), json!([]));
    let settings = json!({"settings": {"plimsoll": {"hints": {"ignored": true}}}});
    client.notify("workspace/didChangeConfiguration", settings).unwrap();
    assert_eq!(client.request("textDocument/inlayHint", params).unwrap().as_array().unwrap().len(), 1);
}
