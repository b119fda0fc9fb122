//! ShellCheck in the server: aside, late, superseded, killed, told of. A program that stands for it does what each
//! test needs.

use crate::support::{DOC, range, start_with};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A finding in the script's last line, whose number stands for `LINE`.
const ANSWER: &str = r#"{"comments":[{"file":"-","line":LINE,"endLine":LINE,"column":6,"endColumn":8,"level":"warning","code":2086,
"message":"Double quote it.","fix":{"replacements":[
{"column":6,"endColumn":6,"endLine":LINE,"insertionPoint":"afterEnd","line":LINE,"precedence":7,"replacement":"\""},
{"column":8,"endColumn":8,"endLine":LINE,"insertionPoint":"beforeStart","line":LINE,"precedence":7,"replacement":"\""}]}}]}"#;

/// A program that keeps what it is given in `$script`, notes its process and what it was asked in `calls`, and
/// does `body`. `$here` is the folder.
fn program(body: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    let path = folder.path().join("shellcheck");
    let text = format!(
        "#!/bin/sh\nhere='{here}'\nscript=$(cat)\necho \"$$ $(echo \"$script\" | tail -n 1)\" >> \"$here/calls\"\n\
         answer() {{ sed \"s/LINE/$(echo \"$script\" | wc -l)/g\" \"$here/answer\"; exit 1; }}\n{body}\n"
    );
    std::fs::write(&path, text).unwrap();
    std::fs::write(folder.path().join("answer"), ANSWER).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn session(folder: &Path, capabilities: Value) -> Client {
    let path = folder.join("shellcheck");
    let variables = [("PLIMSOLL_SHELLCHECK_PATH", path.to_str().unwrap()), ("PLIMSOLL_SHELLCHECK", "on")];
    let mut client = start_with(&variables);
    client.initialize(json!({"processId": null, "rootUri": null, "capabilities": capabilities})).unwrap();
    client
}

/// The calls so far: process and last line of the script.
fn calls(folder: &Path) -> Vec<(u32, String)> {
    let text = std::fs::read_to_string(folder.join("calls")).unwrap_or_default();
    let split = |line: &str| line.split_once(' ').map(|(id, last)| (id.parse().unwrap(), last.to_owned()));
    text.lines().filter_map(split).collect()
}

fn of_shellcheck(found: &Value) -> Vec<Value> {
    let is_its = |one: &&Value| one["code"].as_str().is_some_and(|code| code.starts_with("shellcheck/"));
    found.as_array().unwrap().iter().filter(is_its).cloned().collect()
}

/// The first list of a version with ShellCheck's findings in it.
fn published(client: &mut Client, version: i32, count: usize) -> Vec<Value> {
    let wanted =
        |params: &Value| params["version"] == version && of_shellcheck(&params["diagnostics"]).len() == count;
    let list = client.expect("textDocument/publishDiagnostics", wanted).unwrap();
    of_shellcheck(&list["diagnostics"])
}

/// Waits until what the program notes holds; the server's own answers say when to look.
fn wait_for(client: &mut Client, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came to that");
        client.request("plimsoll/debug", json!({"stats": true})).unwrap();
    }
}

#[test]
fn findings_come_after_the_others_and_their_fixes_are_offered() {
    let folder = program("until [ -e \"$here/go\" ]; do sleep 0.01; done; answer");
    let mut client =
        session(folder.path(), json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}}));
    client.open(DOC, "dockerfile", 1, "FROM debian\nRUN echo $1\n").unwrap();
    // ShellCheck hasn't answered, and everything else is there.
    let first = client.diagnostics(DOC, 1).unwrap();
    assert!(first.iter().any(|found| found["code"] == "unpinned-base-image"));
    assert!(of_shellcheck(&Value::from(first)).is_empty());
    let hover = json!({"textDocument": {"uri": DOC}, "position": {"line": 1, "character": 1}});
    assert!(client.request("textDocument/hover", hover).unwrap().is_object());
    std::fs::write(folder.path().join("go"), "").unwrap();
    let found = published(&mut client, 1, 1);
    assert_eq!(found[0]["range"], range((1, 9), (1, 11)));
    assert_eq!((&found[0]["code"], &found[0]["severity"]), (&json!("shellcheck/SC2086"), &json!(2)));
    let params =
        json!({"textDocument": {"uri": DOC}, "range": range((1, 9), (1, 9)), "context": {"diagnostics": []}});
    let actions = client.request("textDocument/codeAction", params).unwrap();
    let titles: Vec<&str> =
        actions.as_array().unwrap().iter().filter_map(|one| one["title"].as_str()).collect();
    assert!(titles.contains(&"Write `\"$1\"`, as ShellCheck advises"), "{titles:?}");
    for where_ in ["here", "in this stage", "in this file"] {
        let title = format!("Ignore shellcheck/SC2086 {where_}");
        let ignore = actions.as_array().unwrap().iter().find(|one| one["title"] == *title);
        let ignore = ignore.unwrap_or_else(|| panic!("{title} isn't among {titles:?}"));
        assert!(ignore["edit"].to_string().contains("ignore=shellcheck/SC2086"), "{ignore}");
    }
    assert!(actions.as_array().unwrap().iter().all(|one| one["disabled"].is_null()), "{actions}");
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_script_that_stays_keeps_its_findings_and_is_not_asked_of_again() {
    let folder = program("answer");
    let mut client = session(folder.path(), json!({}));
    client.open(DOC, "dockerfile", 1, "FROM debian\nRUN echo $1\n").unwrap();
    published(&mut client, 1, 1);
    // A line above: the finding moves along with the first list of the new version.
    client.change(DOC, 2, json!([{"range": range((1, 0), (1, 0)), "text": "RUN echo $2\n"}])).unwrap();
    let at_once = client.diagnostics(DOC, 2).unwrap();
    assert_eq!(of_shellcheck(&Value::from(at_once))[0]["range"], range((2, 9), (2, 11)));
    published(&mut client, 2, 2);
    let scripts: Vec<String> = calls(folder.path()).into_iter().map(|(_, last)| last).collect();
    assert_eq!(scripts, ["echo $1", "echo $2"]);
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn typing_supersedes_and_ends_the_program() {
    let folder = program("case $script in *hang*) exec sleep 600;; esac; answer");
    let mut client = session(folder.path(), json!({}));
    client.open(DOC, "dockerfile", 1, "FROM debian\nRUN echo hang\n").unwrap();
    wait_for(&mut client, || !calls(folder.path()).is_empty());
    let (process, _) = calls(folder.path())[0];
    client.change(DOC, 2, json!([{"range": range((1, 9), (1, 13)), "text": "$1"}])).unwrap();
    let found = published(&mut client, 2, 1);
    assert_eq!(found[0]["range"], range((1, 9), (1, 11)));
    let runs = |process: u32| Path::new(&format!("/proc/{process}/cmdline")).exists();
    assert!(!cfg!(target_os = "linux") || !runs(process), "the program still runs");
    assert_eq!(calls(folder.path()).len(), 2);
    // Nor does one outlive the server.
    client.change(DOC, 3, json!([{"range": range((1, 9), (1, 11)), "text": "hang"}])).unwrap();
    wait_for(&mut client, || calls(folder.path()).len() == 3);
    let (process, _) = calls(folder.path())[2];
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
    assert!(!cfg!(target_os = "linux") || !runs(process), "the program outlives the server");
}

#[test]
fn clients_that_pull_are_asked_to_pull_again() {
    let folder = program("answer");
    let pulls =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let mut client = session(folder.path(), pulls);
    client.open(DOC, "dockerfile", 1, "FROM debian\nRUN echo $1\n").unwrap();
    let pull = |client: &mut Client| {
        let report =
            client.request("textDocument/diagnostic", json!({"textDocument": {"uri": DOC}})).unwrap();
        of_shellcheck(&report["items"]).len()
    };
    while pull(&mut client) == 0 {
        client.expect("workspace/diagnostic/refresh", |_| true).unwrap();
    }
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn that_there_is_none_is_told_once_and_quietly() {
    let nowhere = tempfile::tempdir().unwrap();
    let mut client = session(nowhere.path(), json!({}));
    for version in 1..4 {
        let uri = format!("file:///no/such/folder{version}/Dockerfile");
        client.open(&uri, "dockerfile", version, "FROM debian\nRUN echo $1\n").unwrap();
        let found = client.diagnostics(&uri, version).unwrap();
        assert!(found.iter().any(|found| found["code"] == "unpinned-base-image"));
    }
    let told = client.expect("window/logMessage", |_| true).unwrap();
    assert_eq!(told["type"], 3, "{told}");
    assert!(told["message"].as_str().unwrap().contains("shell scripts"), "{told}");
    client.request("plimsoll/debug", json!({"stats": true})).unwrap();
    assert!(client.heard("window/logMessage").is_empty() && client.heard("window/showMessage").is_empty());
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}
