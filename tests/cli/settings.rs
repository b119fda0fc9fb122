//! What is set in files, in the environment and on the command line.

use super::support::*;
use plimsoll::config::{environment, schema};
use plimsoll::settings::KEYS;
use serde_json::Value;
use std::path::Path;

/// The names of the rules that `check` finds in one Dockerfile, and the run.
fn rules(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> (Vec<String>, Ran) {
    let mut all = vec!["check", "--format", "json"];
    all.extend(args);
    let ran = run_in(folder, &all, variables);
    let files = ran.json()["files"].as_array().unwrap().clone();
    let found = files.iter().flat_map(|file| file["diagnostics"].as_array().unwrap().clone());
    (found.map(|one| one["rule"].as_str().unwrap().to_owned()).collect(), ran)
}

const FILE: &str = "FROM debian\nRUN apt-get update\nUSER 1\n";

fn has(found: &(Vec<String>, Ran), rule: &str) -> bool {
    found.0.iter().any(|name| name == rule)
}

#[test]
fn the_nearest_file_counts() {
    let folder = folder(&[
        ("plimsoll.toml", "ignore = [\"DL3006\", \"apt-lists-left\"]\n"),
        ("Dockerfile", FILE),
        ("web/plimsoll.toml", "ignore = [\"DL3009\"]\n"),
        ("web/app/Dockerfile", FILE),
    ]);
    let upper = rules(folder.path(), &["Dockerfile"], &[]);
    assert!(!has(&upper, "unpinned-base-image") && !has(&upper, "apt-lists-left"), "{:?}", upper.0);
    let lower = rules(folder.path(), &["web"], &[]);
    assert!(has(&lower, "unpinned-base-image") && !has(&lower, "apt-lists-left"), "{:?}", lower.0);
    let isolated = rules(folder.path(), &["web", "--isolated"], &[]);
    assert!(has(&isolated, "unpinned-base-image") && has(&isolated, "apt-lists-left"), "{:?}", isolated.0);
}

#[test]
fn the_command_line_stands_over_the_environment_over_files() {
    let folder = folder(&[
        ("plimsoll.toml", "ignore = [\"DL3006\"]\n"),
        (".hadolint.yaml", "ignored: [DL3009]\noverride:\n  error: [DL3006]\n"),
        ("Dockerfile", FILE),
    ]);
    let here = folder.path();
    let file = rules(here, &[], &[]);
    assert!(!has(&file, "unpinned-base-image") && has(&file, "apt-lists-left"), "{:?}", file.0);
    let environment = rules(here, &[], &[("PLIMSOLL_IGNORE", "apt-lists-left")]);
    assert!(
        has(&environment, "unpinned-base-image") && !has(&environment, "apt-lists-left"),
        "{environment:?}"
    );
    let argument = rules(here, &["--ignore", "DL3006"], &[("PLIMSOLL_IGNORE", "apt-lists-left")]);
    assert!(!has(&argument, "unpinned-base-image") && has(&argument, "apt-lists-left"), "{argument:?}");
    // hadolint's file says how grave DL3006 is, and nothing above it does.
    let found = environment.1.json()["files"][0]["diagnostics"].as_array().unwrap().clone();
    let base = found.iter().find(|one| one["rule"] == "unpinned-base-image").unwrap();
    assert_eq!(base["severity"], "error");
}

#[test]
fn a_named_file_counts_in_place_of_the_nearest() {
    let folder = folder(&[
        ("plimsoll.toml", "ignore = [\"DL3006\"]\n"),
        ("other.toml", "ignore = [\"DL3009\"]\n"),
        ("lint.yaml", "ignored: [DL3006, DL3009]\n"),
        ("Dockerfile", FILE),
    ]);
    let other = rules(folder.path(), &["--config", "other.toml"], &[]);
    assert!(has(&other, "unpinned-base-image") && !has(&other, "apt-lists-left"), "{other:?}");
    let yaml = rules(folder.path(), &["--config", "lint.yaml"], &[]);
    assert!(!has(&yaml, "unpinned-base-image") && !has(&yaml, "apt-lists-left"), "{yaml:?}");
    let ran = run(folder.path(), &["check", "--config", "none.toml"]).code(2);
    assert!(ran.err.contains("--config none.toml: there is no such file"), "{}", ran.err);
    run(folder.path(), &["check", "--config", "other.toml", "--isolated"]).code(2);
}

#[test]
fn a_wrong_setting_is_told_with_its_place_and_checking_goes_on() {
    let folder = folder(&[
        ("plimsoll.toml", "profile = \"loose\"\nignore = [\"DL3009\"]\nselect = [\"DL300\"]\n"),
        (".hadolint.yaml", "ignored: DL3006\n"),
        ("Dockerfile", FILE),
    ]);
    let found = rules(folder.path(), &[], &[]);
    assert!(has(&found, "unpinned-base-image") && !has(&found, "apt-lists-left"), "{found:?}");
    let told = &found.1.err;
    for says in [
        "warning: plimsoll.toml:1:11: profile takes one of editor, hadolint, buildkit and strict, not \"loose\"",
        "warning: plimsoll.toml:3:11: there is no rule DL300",
        "warning: .hadolint.yaml:1:10: ignored takes a list of codes, not \"DL3006\"",
    ] {
        assert!(told.contains(says), "{says}\n{told}");
    }
    let found = rules(folder.path(), &[], &[("PLIMSOLL_FAIL_LEVEL", "loud")]);
    assert!(found.1.err.contains("warning: PLIMSOLL_FAIL_LEVEL: fail-level takes one of"), "{}", found.1.err);
}

#[test]
fn a_file_may_say_what_fails() {
    let folder =
        folder(&[("plimsoll.toml", "fail-level = \"never\"\n"), ("Dockerfile", "FROM debian\nUSER 1\n")]);
    let one = ["check", "--select", "unpinned-base-image"];
    run(folder.path(), &one).code(0);
    run(folder.path(), &[&one[..], &["--fail-level", "warning"]].concat()).code(1);
    write(folder.path(), "plimsoll.toml", b"[rules]\nunpinned-base-image = \"hint\"\n");
    run(folder.path(), &one).code(0);
    write(folder.path(), "plimsoll.toml", b"[rules]\n\"hadolint/DL3006\" = \"off\"\n");
    assert!(!has(&rules(folder.path(), &[], &[]), "unpinned-base-image"));
}

#[test]
fn a_team_that_comes_from_hadolint_keeps_its_settings() {
    let folder = folder(&[
        (".hadolint.yaml", "format: json\nfailure-threshold: error\nignored:\n- DL3009\n"),
        ("Dockerfile", FILE),
    ]);
    let ran = run(folder.path(), &["check", "--profile", "hadolint"]).code(0);
    let codes: Vec<Value> = ran.json().as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert!(codes.contains(&Value::from("DL3006")) && !codes.contains(&Value::from("DL3009")), "{codes:?}");
    // BuildKit's checks know nothing of it.
    let ran = run(folder.path(), &["check", "--profile", "buildkit"]);
    assert!(serde_json::from_str::<Value>(&ran.out).is_err(), "{}", ran.out);
}

#[test]
fn the_schema_and_the_table_say_what_the_reader_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let update = std::env::var_os("PLIMSOLL_UPDATE").is_some();
    let schema = format!("{:#}\n", schema::schema());
    let path = root.join("docs/plimsoll.schema.json");
    let mut table = String::from("| setting | takes | |\n| --- | --- | --- |\n");
    for key in KEYS {
        let takes = key.kind.takes();
        table.push_str(&format!("| `{}` | {takes} | {} |\n", key.name, key.about));
        assert!(environment::variable_of(key.name).starts_with("PLIMSOLL_"));
    }
    let docs = root.join("docs/configuration.md");
    let text = std::fs::read_to_string(&docs).unwrap();
    let (before, rest) = text.split_once("<!-- settings -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /settings -->").unwrap();
    let expected = format!("{before}<!-- settings -->\n{table}<!-- /settings -->{after}");
    if update {
        std::fs::write(&path, &schema).unwrap();
        std::fs::write(&docs, &expected).unwrap();
        return;
    }
    let hint = "run this test with PLIMSOLL_UPDATE=1";
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), schema, "{hint}");
    assert_eq!(text, expected, "{hint}");
}

#[test]
fn what_the_vs_code_extension_takes_for_defaults_are_the_defaults() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/package.json");
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(manifest).unwrap()).unwrap();
    let properties = manifest["contributes"]["configuration"]["properties"].as_object().unwrap();
    let mut set = serde_json::Map::new();
    for key in KEYS {
        let name = key.name;
        // Only the exit code of `check` hangs on it.
        let Some(property) = properties.get(&format!("plimsoll.{name}")) else {
            assert_eq!(name, "fail-level", "the extension has no setting for it");
            continue;
        };
        let Some(default) = property.get("default") else { continue };
        match name.split_once('.') {
            None => set.insert(name.to_owned(), default.clone()),
            Some((table, below)) => set
                .entry(table)
                .or_insert_with(|| serde_json::json!({}))
                .as_object_mut()
                .unwrap()
                .insert(below.to_owned(), default.clone()),
        };
    }
    assert!(set.len() > 5, "{set:?}");
    let (layer, wrong) = plimsoll::config::editor::read(&Value::Object(set));
    assert_eq!(wrong, [""; 0]);
    assert_eq!(plimsoll::settings::Settings::of(&[&layer]), plimsoll::settings::Settings::default());
}
