use super::support::*;
use serde_json::Value;
use std::collections::HashSet;

const WRONG: &str = "FROM debian\nRNU \"<&😀\"\nUSER 1\n";

#[test]
fn full_shows_the_line_and_a_summary() {
    let folder = folder(&[("Dockerfile", "FROM acmeos\nUSER 1\n")]);
    let ran = run(folder.path(), &["check"]).code(1);
    assert!(ran.out.starts_with("warning[unpinned-base-image]: "), "{}", ran.out);
    assert!(ran.out.contains("╭▸ Dockerfile:1:6\n"), "{}", ran.out);
    assert!(ran.out.contains("1 │ FROM acmeos\n  │      ━━━━━━\n"), "{}", ran.out);
    assert!(ran.out.contains("also: hadolint/DL3006\n"), "{}", ran.out);
    assert!(ran.out.ends_with("Found 1 finding (1 warning) in 1 file.\n"), "{}", ran.out);
    let sound = folder.path().join("Dockerfile");
    std::fs::write(sound, "FROM acmeos:12\nUSER 1\n").unwrap();
    assert_eq!(run(folder.path(), &["check"]).code(0).out, "Nothing found in 1 file.\n");
}

#[test]
fn colours_are_for_terminals_and_who_asks_for_them() {
    let folder = folder(&[("Dockerfile", WRONG)]);
    let colours = |name: &str| {
        let mut command = command(folder.path(), &["check"]);
        let ran = finish(command.env(name, "1"), b"");
        ran.out.contains('\u{1b}')
    };
    assert!(!colours("NOTHING"), "a pipe is no terminal");
    assert!(colours("CLICOLOR_FORCE"));
    assert!(!colours("NO_COLOR"));
}

#[test]
fn nothing_in_a_file_reaches_the_terminal_raw() {
    let folder = folder(&[("Dockerfile", "FROM debian:12\nRNU \u{1b}]0;owned\u{7} \u{1b}[31m\u{9b}31m\n")]);
    for format in ["full", "concise"] {
        let ran = run(folder.path(), &["check", "--format", format]).code(1);
        let raw = ran.out.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(raw, None, "{}", ran.out);
    }
}

#[test]
fn concise_is_one_line_a_finding() {
    let folder = folder(&[("a/Dockerfile", WRONG), ("b/Dockerfile", WRONG)]);
    let ran = run(folder.path(), &["check", "--format", "concise", "--select", "DL3006"]).code(1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("a/Dockerfile:1:6: warning[unpinned-base-image] "), "{}", lines[0]);
    assert!(lines[1].starts_with("b/Dockerfile:1:6: "), "{}", lines[1]);
}

#[test]
fn github_annotations_name_file_line_and_column() {
    let folder = folder(&[("a,b/Dockerfile", WRONG)]);
    let ran = run(folder.path(), &["check", "--format", "github", "--select", "unknown-instruction"]).code(1);
    let start =
        "::error file=a%2Cb/Dockerfile,line=2,endLine=2,col=1,endColumn=4,title=unknown-instruction::";
    assert!(ran.out.starts_with(start), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1);
}

#[test]
fn sarif_has_its_rules_results_and_columns() {
    let folder = folder(&[("a b/Dockerfile", WRONG)]);
    write(folder.path(), "bad/Dockerfile", b"\xff");
    let ran = run(folder.path(), &["check", "--format", "sarif"]).code(2);
    let log = ran.json();
    assert_eq!(log["version"], "2.1.0");
    let sarif = &log["runs"][0];
    assert_eq!(sarif["tool"]["driver"]["name"], "plimsoll");
    assert_eq!(sarif["columnKind"], "unicodeCodePoints");
    assert_eq!(sarif["invocations"][0]["executionSuccessful"], false);
    let rules = sarif["tool"]["driver"]["rules"].as_array().unwrap();
    let results = sarif["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/Dockerfile");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn gitlab_fingerprints_are_unique_and_stay_when_lines_move() {
    let folder = folder(&[("Dockerfile", "FROM debian AS a\nFROM debian AS a\nUSER 1\n")]);
    let prints = || {
        let ran = run(folder.path(), &["check", "--format", "gitlab"]);
        let issues = ran.json().as_array().unwrap().clone();
        let print = |issue: &Value| issue["fingerprint"].as_str().unwrap().to_string();
        assert!(issues.iter().all(|issue| issue["location"]["lines"]["begin"].is_u64()));
        issues.iter().map(print).collect::<Vec<_>>()
    };
    let before = prints();
    assert!(before.len() >= 2);
    assert_eq!(before.iter().collect::<HashSet<_>>().len(), before.len());
    write(folder.path(), "Dockerfile", b"# a comment\n\nFROM debian AS a\nFROM debian AS a\nUSER 1\n");
    assert_eq!(prints(), before);
}

#[test]
fn xml_holds_what_files_and_paths_hold() {
    let folder =
        folder(&[("a&b/Dockerfile", "FROM debian\nRNU <x> \"y\" & \u{1}\n"), ("c/Dockerfile", "FROM a:1\n")]);
    for format in ["checkstyle", "junit"] {
        let ran = run(folder.path(), &["check", "--format", format]).code(1);
        well_formed(&ran.out);
        assert!(ran.out.contains("\"a&amp;b/Dockerfile\""), "{}", ran.out);
        assert!(ran.out.contains("c/Dockerfile"), "{}", ran.out);
    }
}

/// Tags open and close in order, attributes are quoted, entities are known.
fn well_formed(xml: &str) {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>') && entities_are_known(text), "{text}");
        let end = rest[start..].find('>').unwrap() + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(entities_are_known(tag), "{tag}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_string();
        match (tag.starts_with('?'), tag.starts_with('/'), tag.ends_with('/')) {
            (true, ..) | (_, false, true) => {}
            (_, true, _) => assert_eq!(open.pop(), Some(name)),
            _ => open.push(name),
        }
    }
    assert!(open.is_empty());
    assert!(!xml.chars().any(|c| c.is_control() && c != '\n'));
}

fn entities_are_known(text: &str) -> bool {
    text.split('&').skip(1).all(|entity| {
        let name = entity.split(';').next().unwrap();
        ["amp", "lt", "gt", "quot", "apos", "#9", "#10", "#13"].contains(&name)
    })
}

#[test]
fn hadolint_json_is_what_hadolint_prints() {
    let folder = folder(&[("Dockerfile", "FROM debian\nUSER 1\n")]);
    let ran = run(folder.path(), &["check", "--format", "hadolint-json", "--profile", "hadolint"]).code(1);
    let found = ran.json();
    let first = &found[0];
    assert_eq!(first["code"], "DL3006");
    assert_eq!(first["level"], "warning");
    assert_eq!(first["line"], 1);
    assert_eq!(first["file"], "Dockerfile");
    assert!(first["message"].is_string() && first["column"].is_u64());
}
