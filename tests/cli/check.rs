use super::support::*;
use serde_json::{Value, json};

const WRONG: &str = "FROM debian:12\nRUN apt-get update\nRNU x\n";

#[test]
fn json_has_the_fields_of_the_contract() {
    let folder = folder(&[("Dockerfile", WRONG)]);
    let ran = run(folder.path(), &["check", "--format", "json"]).code(1);
    let report = ran.json();
    assert_eq!(report["version"], 1);
    assert_eq!(report["files"].as_array().unwrap().len(), 1);
    assert_eq!(report["files"][0]["path"], "Dockerfile");
    let found = report["files"][0]["diagnostics"].as_array().unwrap();
    let unknown = found.iter().find(|one| one["rule"] == "unknown-instruction").unwrap();
    assert_eq!(unknown["severity"], "error");
    assert!(unknown["message"].as_str().is_some_and(|message| message.contains("RNU")));
    assert!(unknown["aliases"].as_array().unwrap().contains(&json!("hadolint/DL1000")));
    assert_eq!(unknown["range"], json!({"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 4}}));
    assert!(
        unknown["url"].is_null() || unknown["url"].as_str().is_some_and(|url| url.starts_with("https://"))
    );
    let fix = &unknown["fix"];
    assert!(["safe", "unsafe"].contains(&fix["applicability"].as_str().unwrap()));
    assert!(fix["title"].is_string());
    assert_eq!(fix["edits"][0]["path"], "Dockerfile");
    assert_eq!(fix["edits"][0]["range"], unknown["range"]);
    assert_eq!(fix["edits"][0]["text"], "RUN");
    for one in found {
        let severity = one["severity"].as_str().unwrap();
        assert!(["error", "warning", "info", "hint"].contains(&severity), "{severity}");
        assert!(one["fix"].is_null() || one["fix"].is_object());
    }
}

#[test]
fn the_exit_code_follows_the_fail_level() {
    let folder = folder(&[
        ("wrong/Dockerfile", "FROM debian:12\nRNU x\n"),
        ("loose/Dockerfile", "FROM debian\nUSER 1000\n"),
        ("sound/Dockerfile", "FROM debian:12\nUSER 1000\n"),
    ]);
    let code = |path: &str, level: &str| {
        run(folder.path(), &["check", path, "--isolated", "--no-shellcheck", "--fail-level", level]).code
    };
    assert_eq!(code("wrong", "error"), 1);
    assert_eq!(code("wrong", "never"), 0);
    assert_eq!(code("loose", "error"), 0);
    assert_eq!(code("loose", "warning"), 1);
    assert_eq!(code("sound", "hint"), 0);
    // The default is warning.
    assert_eq!(run(folder.path(), &["check", "loose"]).code, 1);
    assert_eq!(run(folder.path(), &["check", "sound"]).code, 0);
}

#[test]
fn a_bad_file_never_hides_the_others() {
    let folder = folder(&[("a/Dockerfile", WRONG), ("c/Dockerfile", WRONG)]);
    write(folder.path(), "b/Dockerfile", b"FROM caf\xe9\n");
    let args = ["check", "--format", "json", ".", "missing/Dockerfile"];
    let ran = run(folder.path(), &args).code(2);
    let files = ran.json()["files"].as_array().unwrap().clone();
    let paths: Vec<&Value> = files.iter().map(|file| &file["path"]).collect();
    assert_eq!(paths, ["a/Dockerfile", "b/Dockerfile", "c/Dockerfile", "missing/Dockerfile"]);
    assert!(!files[0]["diagnostics"].as_array().unwrap().is_empty());
    let rules = |file: &Value| {
        let found = file["diagnostics"].as_array().unwrap().clone();
        found.iter().map(|one| (one["rule"].clone(), one["range"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(rules(&files[0]), rules(&files[2]));
    assert_eq!(lines_with(&ran.err, "error: b/Dockerfile").len(), 1, "{}", ran.err);
    assert!(ran.err.contains("UTF-8"), "{}", ran.err);
    assert_eq!(lines_with(&ran.err, "error: missing/Dockerfile isn't there").len(), 1, "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_does_not_make_it_wait() {
    let folder = folder(&[("Dockerfile", WRONG)]);
    let pipe = folder.path().join("Dockerfile.pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let ran = run(folder.path(), &["check", "--format", "json", "Dockerfile.pipe", "Dockerfile"]).code(2);
    assert!(!ran.json()["files"][1]["diagnostics"].as_array().unwrap().is_empty());
}

#[test]
fn folders_are_searched_for_dockerfiles() {
    let files = [
        "Dockerfile",
        "Dockerfile.dev",
        "web/shop.Dockerfile",
        "web/Containerfile",
        ".devcontainer/Dockerfile",
        "ignored/Dockerfile",
        "web/dockerfile",
        "web/Dockerfile.dockerignore",
        ".git/Dockerfile",
        "README.md",
    ];
    let text = "FROM debian:12\n";
    let mut all: Vec<(&str, &str)> = files.iter().map(|file| (*file, text)).collect();
    all.push((".gitignore", "ignored/\n"));
    let folder = folder(&all);
    let found = |args: &[&str]| {
        let report = run(folder.path(), args).json();
        let files = report["files"].as_array().unwrap().clone();
        files.iter().map(|file| file["path"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let mut expected = vec![
        ".devcontainer/Dockerfile",
        "Dockerfile",
        "Dockerfile.dev",
        "web/Containerfile",
        "web/shop.Dockerfile",
    ];
    assert_eq!(found(&["check", "--format", "json"]), expected);
    // What is named is taken, whatever .gitignore says and whatever it is called; and only once.
    expected.extend(["ignored/Dockerfile", "web/dockerfile"]);
    let args =
        ["check", "--format", "json", ".", "./Dockerfile", "web", "ignored/Dockerfile", "web/dockerfile"];
    assert_eq!(found(&args), expected);
}

#[test]
fn no_dockerfile_at_all_is_said_and_is_no_error() {
    let folder = folder(&[("README.md", "")]);
    let ran = run(folder.path(), &["check", "--format", "json"]).code(0);
    assert_eq!(ran.json()["files"], json!([]));
    assert!(ran.err.contains("no Dockerfile was found in ."), "{}", ran.err);
}

#[test]
fn standard_input_is_checked_under_the_name_it_is_given() {
    let folder = folder(&[("web/.dockerignore", "node_modules\n")]);
    let args = ["check", "--format", "json", "--stdin-filename", "web/Dockerfile", "-"];
    let ran = run_with(folder.path(), &args, WRONG.as_bytes()).code(1);
    assert_eq!(ran.json()["files"][0]["path"], "web/Dockerfile");
    let nameless = run_with(folder.path(), &["check", "--format", "json", "-"], WRONG.as_bytes()).code(1);
    assert_eq!(nameless.json()["files"][0]["path"], "-");
    let broken = run_with(folder.path(), &["check", "-"], b"FROM \xff").code(2);
    assert!(broken.err.contains("standard input isn't UTF-8"), "{}", broken.err);
}

#[test]
fn columns_count_characters_and_lines_end_at_the_line_feed() {
    let text = "FROM debian:12\r\nLABEL a=\"😀\" b=\"c\" d\r\n# a\rcomment\r\nRNU x\r\n";
    let folder = folder(&[("Dockerfile", text)]);
    let report = run(folder.path(), &["check", "--format", "json"]).json();
    let found = report["files"][0]["diagnostics"].as_array().unwrap().clone();
    let unknown = found.iter().find(|one| one["rule"] == "unknown-instruction").unwrap();
    assert_eq!(unknown["range"], json!({"start": {"line": 4, "column": 1}, "end": {"line": 4, "column": 4}}));
    let label = found.iter().find(|one| one["rule"] == "syntax-error").unwrap();
    assert_eq!(label["range"]["start"]["line"], 2);
    let line = "LABEL a=\"😀\" b=\"c\" d";
    let column = line.chars().count() as u64 + 1;
    assert_eq!(label["range"]["end"], json!({"line": 2, "column": column}));
}

#[test]
fn names_and_aliases_select_and_ignore() {
    let folder = folder(&[("Dockerfile", "FROM debian\nRNU x\n")]);
    let rules = |args: &[&str]| {
        let args: Vec<&str> = ["check", "--format", "json"].iter().chain(args).copied().collect();
        let report = run(folder.path(), &args).json();
        let found = report["files"][0]["diagnostics"].as_array().unwrap().clone();
        found.iter().map(|one| one["rule"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&["--select", "unpinned-base-image"]), ["unpinned-base-image"]);
    assert_eq!(rules(&["--select", "DL3006"]), ["unpinned-base-image"]);
    assert_eq!(rules(&["--select", "hadolint/DL3006"]), ["unpinned-base-image"]);
    assert!(!rules(&["--ignore", "DL3006"]).contains(&"unpinned-base-image".to_string()));
    assert_eq!(
        rules(&["--select", "unpinned-base-image,unknown-instruction", "--ignore", "DL3006"]),
        ["unknown-instruction"]
    );
}

#[test]
fn names_that_no_rule_has_are_told() {
    let folder = folder(&[("Dockerfile", "FROM debian:12\nUSER 1\n")]);
    let ran = run(folder.path(), &["check", "--select", "unpined-base-image"]).code(2);
    assert!(ran.err.contains("did you mean unpinned-base-image?"), "{}", ran.err);
    let ran = run(folder.path(), &["check", "--ignore", "SC9999"]).code(0);
    assert!(ran.err.contains("there is no rule SC9999"), "{}", ran.err);
}

#[test]
fn what_cannot_be_done_is_a_usage_error() {
    let folder = folder(&[("Dockerfile", "FROM debian:12\n")]);
    for (args, said) in [
        (&["check", "--profile", "lax"][..], "there is no profile lax; there are editor, hadolint"),
        (&["check", "--config", "x.toml"], "there is no such file"),
        (&["check", "--unsafe-fixes"], "add --fix"),
        (&["check", "--context", "nowhere"], "nowhere isn't a folder"),
        (&["check", "--build-arg", "x"], "NAME=VALUE"),
        (&["check", "--format", "xml"], "possible values"),
        (&["check", "--fail-level", "fatal"], "there is no level fatal; there are error"),
        (&["check", "--frobnicate"], "--frobnicate"),
    ] {
        let ran = run(folder.path(), args).code(2);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(said), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn paths_are_shown_from_where_the_command_was_started() {
    let folder = folder(&[("a/Dockerfile", WRONG), ("b/x", "")]);
    let report = run(&folder.path().join("b"), &["check", "--format", "json", "../a"]).json();
    assert_eq!(report["files"][0]["path"], "../a/Dockerfile");
    let absolute = folder.path().join("a/Dockerfile");
    let report = run(folder.path(), &["check", "--format", "json", absolute.to_str().unwrap()]).json();
    let shown = report["files"][0]["path"].as_str().unwrap().to_string();
    assert!(shown.ends_with("a/Dockerfile") && !shown.starts_with('/'), "{shown}");
}

#[test]
fn a_build_argument_is_the_value_that_the_file_is_read_with() {
    let text =
        "ARG BASE=a\nFROM debian:12 AS a\nRUN apt-get update\nFROM debian:12 AS b\nFROM ${BASE}\nUSER 1\n";
    let folder = folder(&[("Dockerfile", text)]);
    let args = ["check", "--fail-level", "hint", "--select", "apt-lists-left"];
    run(folder.path(), &args).code(1);
    // The other stage doesn't ship.
    run(folder.path(), &[&args[..], &["--build-arg", "BASE=b"]].concat()).code(0);
}

#[test]
fn no_output_shows_a_credential() {
    let text =
        "FROM alpine:latest\nENV DB=postgres://app:h7Kq2mZ9@db.acme.io/a\n  ENV API_TOKEN=q9Xw3vB7t MODE=a\n";
    let folder = folder(&[("Dockerfile", text)]);
    let ran = run(folder.path(), &["check", "--profile", "strict"]).code(1);
    assert!(ran.out.contains("postgres://app:********@db.acme.io/a"), "{ran:#?}");
    assert!(ran.out.contains("ENV API_TOKEN=********* MODE=a"), "{ran:#?}");
    for format in
        ["concise", "json", "sarif", "checkstyle", "junit", "gitlab", "github", "hadolint-json", "full"]
    {
        let ran = run(folder.path(), &["check", "--profile", "strict", "--format", format]).code(1);
        assert!(ran.out.contains("stands here in plain"), "{format}: {ran:#?}");
        assert!(!ran.out.contains("h7Kq2mZ9") && !ran.out.contains("q9Xw3vB7t"), "{format}: {ran:#?}");
    }
}

#[test]
fn a_stage_that_a_compose_file_builds_is_used() {
    let dockerfile = "FROM alpine:3.23 AS base\nRUN a\nFROM base AS work\nRUN b\nFROM base AS old\nRUN c\nFROM base\nRUN d\n";
    let compose = "services:\n  web: { build: . }\n  worker: { build: { context: ., target: work } }\n";
    let folder = folder(&[("Dockerfile", dockerfile), ("compose.yaml", compose)]);
    let args = ["check", "--select", "unused-stage", "--format", "concise", "--fail-level", "hint"];
    let ran = run(folder.path(), &args).code(1);
    assert!(ran.out.contains("Dockerfile:5:") && !ran.out.contains("Dockerfile:3:"), "{ran:#?}");
}
