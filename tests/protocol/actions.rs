//! Code actions, from the offer to the files on disk.

use crate::editor::{Columns, Project, position};
use crate::support::{range, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};
use std::fs;

const CONTENT_MODIFIED: Option<i64> = Some(-32801);

/// What an editor says that can do everything that matters here.
fn able() -> Value {
    json!({
        "textDocument": {
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
                "resolveSupport": {"properties": ["edit"]},
                "dataSupport": true,
                "disabledSupport": true,
                "isPreferredSupport": true,
            },
            "publishDiagnostics": {"codeDescriptionSupport": true, "relatedInformation": true},
        },
        "workspace": {"workspaceEdit": {
            "documentChanges": true,
            "resourceOperations": ["create", "rename", "delete"],
        }},
    })
}

/// `able`, without the field of what lies at the pointer `parent`.
fn without(parent: &str, field: &str) -> Value {
    let mut can = able();
    can.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).unwrap();
    can
}

fn offers(client: &mut Client, uri: &str, range: Value, only: &[&str]) -> Vec<Value> {
    let mut context = json!({"diagnostics": []});
    if !only.is_empty() {
        context["only"] = json!(only);
    }
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
    client.request("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
}

fn everywhere() -> Value {
    range((0, 0), (100, 0))
}

/// The conversion, if it is offered.
fn conversion(client: &mut Client, uri: &str) -> Option<Value> {
    let found = offers(client, uri, everywhere(), &["refactor.rewrite"]);
    assert!(found.len() < 2, "{found:?}");
    found.into_iter().next()
}

fn resolve(client: &mut Client, action: &Value) -> Value {
    client.request("codeAction/resolve", action.clone()).unwrap()["edit"].take()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

/// The diagnostics of this version once the project's files are known, which `settled` tells.
fn diagnostics(client: &mut Client, uri: &str, settled: impl Fn(&[&str]) -> bool) -> Vec<Value> {
    let params = client
        .expect("textDocument/publishDiagnostics", |params| {
            let codes: Vec<&str> =
                params["diagnostics"].as_array().unwrap().iter().filter_map(|d| d["code"].as_str()).collect();
            params["uri"] == uri && settled(&codes)
        })
        .unwrap();
    params["diagnostics"].as_array().unwrap().clone()
}

#[test]
fn the_faults_of_a_real_project_are_marked_where_they_are() {
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(able()));
        let mut project = Project::copy("nextjs-single-stage", columns);
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 7);
        let found = diagnostics(&mut client, &uri, |codes| codes.contains(&"dockerignore-missing"));
        let text = project.text("Dockerfile");
        let marked: Vec<(&str, &str)> = found
            .iter()
            .map(|found| (found["code"].as_str().unwrap(), columns.slice(&text, &found["range"])))
            .collect();
        let expected = [
            ("no-non-root-user", "node:20-alpine"),
            ("single-stage-next-image", "node:20-alpine"),
            ("package-manager-cache-mount", "npm ci"),
            ("dockerignore-missing", "."),
            ("next-cache-mount", "npm run build"),
            ("node-cmd-npm", "\"npm\""),
        ];
        assert_eq!(marked, expected);
        for found in &found {
            assert_eq!(found["source"], "plimsoll");
            assert!(found["severity"].is_u64() && found["message"].is_string(), "{found}");
            // A link is there where there is a page, and nowhere else.
            if let Some(page) = found.get("codeDescription") {
                assert!(page["href"].as_str().unwrap().starts_with("https://"), "{found}");
            }
        }
        let own = found.iter().find(|found| found["code"] == "single-stage-next-image").unwrap();
        if option_env!("PLIMSOLL_RULES_URL").is_none_or(str::is_empty) {
            assert_eq!(own.get("codeDescription"), None, "{own}");
        }
        assert_eq!(client.shutdown().unwrap().code(), Some(0));
    }
}

#[test]
fn the_conversion_leaves_the_files_that_the_command_writes() {
    for columns in Columns::BOTH {
        for fixture in ["nextjs-single-stage", "convert/korean_comments", "convert/crlf"] {
            let mut client = session(columns.offered(able()));
            let mut project = Project::copy(fixture, columns);
            let expected = project.converted_by_command();
            let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
            let offer = conversion(&mut client, &uri).unwrap();
            assert_eq!((offer.get("edit"), offer.get("disabled")), (None, None), "{offer}");
            let edit = resolve(&mut client, &offer);
            project.apply(&edit);
            for (name, text) in &expected {
                assert_eq!(project.text(name), *text, "{name} of {fixture}, {columns:?}");
            }
            let changes = edit["documentChanges"].as_array().unwrap();
            let changed = changes.iter().filter(|change| change.get("edits").is_some()).count();
            assert_eq!(changed, expected.len(), "{edit}");
            assert_eq!(client.shutdown().unwrap().code(), Some(0));
        }
    }
}

#[test]
fn the_edit_creates_files_first_and_names_the_versions_of_open_ones() {
    let mut client = session(able());
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 12);
    let offer = conversion(&mut client, &uri).unwrap();
    let edit = resolve(&mut client, &offer);
    let changes = edit["documentChanges"].as_array().unwrap();
    assert_eq!(
        (&changes[0]["kind"], &changes[0]["uri"]),
        (&json!("create"), &json!(project.uri(".dockerignore")))
    );
    let mut documents: Vec<&Value> = changes[1..].iter().map(|change| &change["textDocument"]).collect();
    documents.sort_by_key(|document| document["uri"].as_str());
    let expected = [
        json!({"uri": project.uri(".dockerignore"), "version": null}),
        json!({"uri": uri, "version": 12}),
        json!({"uri": project.uri("next.config.ts"), "version": null}),
    ];
    assert_eq!(documents, expected.each_ref());
    assert_eq!((edit.get("changes"), edit.get("changeAnnotations")), (None, None));
}

#[test]
fn unsaved_changes_of_another_file_are_what_is_edited() {
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(able()));
        let mut project = Project::copy("nextjs-single-stage", columns);
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let config = project.open(&mut client, "next.config.ts", "typescript", 3);
        let unsaved = "// 설정 😀\nexport default { reactStrictMode: /* 아니 */ false }\n";
        project.replace(&mut client, "next.config.ts", 4, unsaved);
        let offer = conversion(&mut client, &uri).unwrap();
        let edit = resolve(&mut client, &offer);
        let changed = project.apply(&edit);
        assert!(changed.contains(&config), "{changed:?}");
        let text = project.text("next.config.ts");
        assert!(
            text.starts_with("// 설정 😀\nexport default {") && text.contains("/* 아니 */ false"),
            "{text}"
        );
        assert!(text.contains("output: \"standalone\""), "{text}");
        // The file on disk is the user's to save.
        assert!(!fs::read_to_string(project.path("next.config.ts")).unwrap().contains("standalone"));
    }
}

/// What a script of the project says decides, as it stands on the screen.
#[test]
fn unsaved_changes_of_a_script_are_what_is_read() {
    let mut client = session(able());
    let mut project = Project::copy("convert/start_script_read_through", Columns::Utf16);
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    assert_eq!(offer.get("disabled"), None, "{offer}");
    project.open(&mut client, "start.sh", "shellscript", 1);
    project.replace(&mut client, "start.sh", 2, "#!/bin/sh\nexec npm run dev\n");
    let offer = conversion(&mut client, &uri).unwrap();
    let why = offer["disabled"]["reason"].as_str().unwrap();
    assert!(why.contains("`exec npm run dev` on line 2 of start.sh"), "{why}");
    project.replace(&mut client, "start.sh", 3, "#!/bin/sh\nexec npm start -- -p 9000\n");
    let offer = conversion(&mut client, &uri).unwrap();
    let edit = resolve(&mut client, &offer);
    project.apply(&edit);
    assert!(project.text("Dockerfile").contains("ENV PORT=9000"), "{}", project.text("Dockerfile"));
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn an_edit_is_made_for_the_text_of_the_moment_or_refused() {
    let mut client = session(able());
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    project.open(&mut client, "next.config.ts", "typescript", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    // The other file has changed since: the edit is made for it as it is now.
    project.replace(&mut client, "next.config.ts", 2, "export default {}\n");
    let edit = resolve(&mut client, &offer);
    let versions: Vec<&Value> = edit["documentChanges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["textDocument"]["uri"] == project.uri("next.config.ts"))
        .map(|change| &change["textDocument"]["version"])
        .collect();
    assert_eq!(versions, [&json!(2)]);
    // The Dockerfile has changed since: what was offered was offered for another text.
    let text = format!("# 새 줄\n{}", project.text("Dockerfile"));
    project.replace(&mut client, "Dockerfile", 2, &text);
    let refused = client.request("codeAction/resolve", offer.clone()).unwrap_err();
    assert_eq!(refused.code(), CONTENT_MODIFIED, "{refused}");
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).unwrap();
    let refused = client.request("codeAction/resolve", offer).unwrap_err();
    assert_eq!(refused.code(), CONTENT_MODIFIED, "{refused}");
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_file_that_the_editor_has_opened_meanwhile_is_not_created_over() {
    let mut client = session(able());
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    // Typed in the editor, and not on disk yet.
    client.open(&project.uri(".dockerignore"), "ignore", 5, "dist\n").unwrap();
    let edit = resolve(&mut client, &offer);
    let of_ignore: Vec<&Value> = edit["documentChanges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change.to_string().contains(".dockerignore"))
        .collect();
    assert_eq!(of_ignore.len(), 1, "{of_ignore:?}");
    assert_eq!(of_ignore[0]["textDocument"]["version"], 5);
}

#[test]
fn a_nextjs_file_that_cannot_be_converted_is_told_why() {
    let mut project = Project::copy("convert/refused_custom_server", Columns::Utf16);
    let mut client = session(able());
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    assert!(offer["disabled"]["reason"].as_str().unwrap().contains("server.js"), "{offer}");
    assert_eq!((offer.get("data"), offer.get("edit")), (None, None), "{offer}");
    // Resolved all the same, as Neovim does, it stays as it is.
    assert_eq!(client.request("codeAction/resolve", offer.clone()).unwrap(), offer);
    let mut client = session(without("/textDocument/codeAction", "disabledSupport"));
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    assert_eq!(conversion(&mut client, &uri), None);
}

#[test]
fn each_answer_to_a_question_is_an_action_of_its_own() {
    for (place, answers) in [
        (0, ["user=root", "pm2=drop"]),
        (1, ["user=root", "pm2=keep"]),
        (2, ["user=node", "pm2=drop"]),
        (3, ["user=node", "pm2=keep"]),
    ] {
        let mut project = Project::copy("convert/question_two_at_once", Columns::Utf16);
        let expected = project.converted_with(&answers);
        let mut client = session(able());
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let all = offers(&mut client, &uri, everywhere(), &["refactor"]);
        assert_eq!(all.len(), 4, "{all:?}");
        let edit = resolve(&mut client, &all[place]);
        project.apply(&edit);
        for (name, text) in expected {
            assert_eq!(project.text(&name), text, "{name} with {answers:?}");
        }
    }
}

#[test]
fn a_file_for_no_recipe_is_offered_no_conversion() {
    // One of a library, and one with nothing beside it.
    let mut project = Project::copy("convert/site_nothing_for_a_library", Columns::Utf16);
    let mut client = session(able());
    let library = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let folder = tempfile::tempdir().unwrap();
    let alone = plimsoll::cli::client::uri(&folder.path().join("Dockerfile"));
    client.open(&alone, "dockerfile", 1, "FROM alpine:3.20\nRUN apk add curl\nCMD [\"curl\"]\n").unwrap();
    for uri in [library, alone] {
        assert_eq!(conversion(&mut client, &uri), None);
        let all = offers(&mut client, &uri, everywhere(), &[]);
        assert!(!all.is_empty() && all.iter().all(|offer| offer["kind"] != "refactor.rewrite"), "{all:?}");
    }
}

#[test]
fn clients_are_given_what_they_can_take() {
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    // No creating of files: the conversion is shown as disabled, and not at all where that can't be shown.
    let mut can = without("/workspace/workspaceEdit", "resourceOperations");
    let mut client = session(can.clone());
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    assert!(offer["disabled"]["reason"].as_str().unwrap().contains("create files"), "{offer}");
    can["textDocument"]["codeAction"]["disabledSupport"] = json!(false);
    let mut client = session(can);
    project.open(&mut client, "Dockerfile", "dockerfile", 1);
    assert_eq!(conversion(&mut client, &uri), None);
    // No resolving: the edit comes with the offer.
    let mut client = session(without("/textDocument/codeAction", "resolveSupport"));
    project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    assert_eq!(offer.get("data"), None);
    let expected = project.converted_by_command();
    project.apply(&offer["edit"]);
    for (name, text) in expected {
        assert_eq!(project.text(&name), text, "{name}");
    }
}

#[test]
fn changes_are_annotated_for_clients_that_show_it() {
    let mut can = able();
    can["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = json!({"groupsOnLabel": true});
    let mut client = session(can);
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let offer = conversion(&mut client, &uri).unwrap();
    let edit = resolve(&mut client, &offer);
    let annotations = edit["changeAnnotations"].as_object().unwrap();
    assert_eq!(annotations.len(), 3, "{annotations:?}");
    for change in edit["documentChanges"].as_array().unwrap() {
        let ids = change["edits"].as_array().into_iter().flatten().chain([change]);
        for id in ids.filter_map(|part| part["annotationId"].as_str()) {
            let own = change["textDocument"]["uri"] == uri;
            assert_eq!(annotations[id]["needsConfirmation"], json!(!own), "{change}");
            assert!(!annotations[id]["label"].as_str().unwrap().is_empty());
        }
        assert!(change.to_string().contains("annotationId"), "{change}");
    }
}

#[test]
fn only_the_kinds_that_are_asked_for_are_offered() {
    let mut client = session(able());
    let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
    fs::write(project.path("Dockerfile"), project.text("Dockerfile").replace("EXPOSE", "EXPOES")).unwrap();
    let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
    let mut kinds = |only: &[&str]| {
        let found = offers(&mut client, &uri, everywhere(), only);
        let mut kinds: Vec<String> =
            found.iter().map(|offer| offer["kind"].as_str().unwrap().to_string()).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(&["quickfix"]), ["quickfix"]);
    assert_eq!(kinds(&["refactor"]), ["refactor.rewrite"]);
    assert_eq!(kinds(&["source"]), ["source.fixAll.plimsoll"]);
    assert_eq!(kinds(&["source.fixAll"]), ["source.fixAll.plimsoll"]);
    assert_eq!(kinds(&["refactor.extract", "source.organizeImports"]), [""; 0]);
    assert_eq!(
        kinds(&["source.fixAll.plimsoll", "refactor.rewrite"]),
        ["refactor.rewrite", "source.fixAll.plimsoll"]
    );
}

#[test]
fn a_fault_has_its_fix_and_its_page_where_the_cursor_is() {
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(able()));
        let mut project = Project::copy("nextjs-single-stage", columns);
        fs::write(project.path("Dockerfile"), "# 오타\nFORM node:20-alpine # 앱\n").unwrap();
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let at = position(&project.text("Dockerfile"), "ORM");
        let here = offers(&mut client, &uri, json!({"start": at, "end": at}), &["quickfix"]);
        let fix = here.iter().find(|offer| offer.get("command").is_none()).unwrap();
        assert!(fix["title"].as_str().unwrap().contains("FROM"), "{fix}");
        // A guess isn't what an editor should take by itself.
        assert_eq!(fix.get("isPreferred"), None);
        assert_eq!(fix["diagnostics"][0]["code"], "unknown-instruction");
        let explain = here.iter().find(|offer| offer["title"] == "Explain unknown-instruction").unwrap();
        assert_eq!(explain["command"]["command"], "plimsoll.showRule");
        assert_eq!(explain["command"]["arguments"], json!(["unknown-instruction"]));
        // Elsewhere there is none of it.
        let start = range((0, 0), (0, 0));
        assert_eq!(titles(&offers(&mut client, &uri, start, &["quickfix"])), [""; 0]);
        project.apply(&resolve(&mut client, fix));
        assert_eq!(project.text("Dockerfile"), "# 오타\nFROM node:20-alpine # 앱\n");
    }
}

#[test]
fn all_that_is_safe_is_fixed_at_once_and_nothing_else() {
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(able()));
        let mut project = Project::copy("nextjs-single-stage", columns);
        let before = project.text("Dockerfile").replace("EXPOSE", "EXPOES");
        fs::write(project.path("Dockerfile"), &before).unwrap();
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let safe = offers(&mut client, &uri, everywhere(), &["quickfix"]);
        let preferred: Vec<&Value> = safe.iter().filter(|offer| offer["isPreferred"] == true).collect();
        assert_eq!(preferred.len(), 1, "{preferred:?}");
        assert_eq!(preferred[0]["diagnostics"][0]["code"], "package-manager-cache-mount");
        let all = offers(&mut client, &uri, everywhere(), &["source.fixAll"]);
        assert_eq!(all.len(), 1, "{all:?}");
        let changed = project.apply(&resolve(&mut client, &all[0]));
        assert_eq!(changed, [uri]);
        let expected = before.replace("RUN npm ci", "RUN --mount=type=cache,target=/root/.npm npm ci");
        assert_eq!(project.text("Dockerfile"), expected);
    }
}

/// Two faults of one rule with safe fixes, and what each offer at the first of them leaves of the file.
#[test]
fn each_offer_at_a_fault_does_what_its_title_says() {
    let text = "# 단계\nFROM node:22 as a\nFROM node:22 as b\nUSER node\nCOPY --from=a /x /x\n";
    let above = "# 단계\n# plimsoll ignore=as-casing\nFROM node:22 as a\nFROM node:22 as b\nUSER node\nCOPY --from=a /x /x\n";
    let expected = [
        ("Change to `AS`", text.replacen(" as ", " AS ", 1)),
        ("Fix all 2 of as-casing in this file", text.replace(" as ", " AS ")),
        ("Ignore as-casing here", above.to_owned()),
        ("Ignore as-casing in this stage", above.replace("plimsoll ignore", "plimsoll stage ignore")),
        ("Ignore as-casing in this file", format!("# plimsoll file ignore=as-casing\n{text}")),
        ("Fix all that can be fixed safely", text.replace(" as ", " AS ")),
    ];
    for columns in Columns::BOTH {
        let mut client = session(columns.offered(able()));
        let mut project = Project::copy("nextjs-single-stage", columns);
        fs::write(project.path("Dockerfile"), text).unwrap();
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let at = position(text, "s a");
        for (version, (title, after)) in (2..).zip(&expected) {
            project.replace(&mut client, "Dockerfile", version, text);
            let here = offers(&mut client, &uri, json!({"start": at, "end": at}), &[]);
            let mut wanted: Vec<&str> = expected.iter().map(|(title, _)| *title).collect();
            wanted.push("Explain as-casing");
            let mut offered = titles(&here);
            wanted.sort();
            offered.sort();
            assert_eq!(offered, wanted);
            let offer = here.iter().find(|offer| offer["title"] == *title).unwrap();
            project.apply(&resolve(&mut client, offer));
            assert_eq!(project.text("Dockerfile"), *after, "{title}");
        }
        assert_eq!(client.shutdown().unwrap().code(), Some(0));
    }
}

/// The three ways in which the server hears that the file is there: the editor opens it, the editor saves,
/// the editor watches.
#[test]
fn the_fix_of_a_missing_dockerignore_creates_it_and_the_fault_is_gone() {
    for way in ["open", "save", "watch"] {
        let mut client = session(able());
        let mut project = Project::copy("nextjs-single-stage", Columns::Utf16);
        let uri = project.open(&mut client, "Dockerfile", "dockerfile", 1);
        let found = diagnostics(&mut client, &uri, |codes| codes.contains(&"dockerignore-missing"));
        let place = found.iter().find(|found| found["code"] == "dockerignore-missing").unwrap();
        let fixes = offers(&mut client, &uri, place["range"].clone(), &["quickfix"]);
        let fix = fixes
            .iter()
            .find(|offer| {
                offer.get("data").is_some() && offer["diagnostics"][0]["code"] == "dockerignore-missing"
            })
            .unwrap();
        let edit = resolve(&mut client, fix);
        assert_eq!(edit["documentChanges"][0]["kind"], "create", "{edit}");
        let changed = project.apply(&edit);
        assert_eq!(changed, [project.uri(".dockerignore")]);
        assert!(project.text(".dockerignore").contains("node_modules"));
        match way {
            "open" => {
                project.open(&mut client, ".dockerignore", "ignore", 1);
            }
            "save" => {
                let document = json!({"textDocument": {"uri": project.uri(".dockerignore")}});
                client.notify("textDocument/didSave", document).unwrap();
            }
            _ => {
                let changes = json!({"changes": [{"uri": project.uri(".dockerignore"), "type": 1}]});
                client.notify("workspace/didChangeWatchedFiles", changes).unwrap();
            }
        }
        diagnostics(&mut client, &uri, |codes| {
            !codes.contains(&"dockerignore-missing") && codes.contains(&"single-stage-next-image")
        });
        // Gone again from disk, the fault is back.
        if way == "watch" {
            fs::remove_file(project.path(".dockerignore")).unwrap();
            let changes = json!({"changes": [{"uri": project.uri(".dockerignore"), "type": 3}]});
            client.notify("workspace/didChangeWatchedFiles", changes).unwrap();
            diagnostics(&mut client, &uri, |codes| codes.contains(&"dockerignore-missing"));
        }
        assert_eq!(client.shutdown().unwrap().code(), Some(0));
    }
}
