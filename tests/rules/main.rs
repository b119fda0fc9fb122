//! The rules: every example is run, their pages are up to date, their names are what they promise.

mod actions;
mod agreement;
mod agreement_buildkit;
mod agreement_shellcheck;
#[path = "../beside/mod.rs"]
mod beside;
mod corpus;
mod edits;
mod examples;
mod formatting;
mod ignores;
mod meaning;
mod messages;
mod pages;
mod refactorings;
mod world;

use plimsoll::rules::{self, Example, Severity, Theme};
use std::collections::HashSet;
use std::path::Path;

#[test]
fn names_are_unique_and_their_files_are_named_after_them() {
    let mut seen = HashSet::new();
    for rule in rules::all() {
        let kebab = rule.name.split('-').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(kebab, "{} isn't kebab-case", rule.name);
        assert!(seen.insert(rule.name), "{} is there twice", rule.name);
        let file = format!("src/rules/{}/{}.rs", rule.theme.as_str(), rule.name.replace('-', "_"));
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).is_file(),
            "{} doesn't stand in {file}",
            rule.name
        );
    }
}

#[test]
fn every_file_of_a_theme_is_in_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let listed: HashSet<String> = rules::all().iter().map(|rule| rule.name.replace('-', "_")).collect();
    for folder in
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        let is_theme =
            |rule: &rules::Rule| folder.file_name().is_some_and(|name| name == rule.theme.as_str());
        if !rules::all().iter().any(is_theme) {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(listed.contains(&stem), "{} is no rule of the list", file.display());
        }
    }
}

#[test]
fn a_rule_is_found_by_its_name_and_by_its_aliases() {
    for name in ["latest-base-image", "DL3007", "hadolint/DL3007", "kics/image_version_using_latest"] {
        assert_eq!(rules::find(name).map(|rule| rule.name), Some("latest-base-image"), "{name}");
    }
    assert!(rules::find("DL9999").is_none());
}

#[test]
fn links_lead_to_buildkit_or_hadolint_only_where_the_rule_has_that_name() {
    for rule in rules::all() {
        for alias in rule.aliases {
            let (tool, id) = rules::alias::split(alias);
            assert!(!tool.is_empty() && !id.is_empty(), "{}: {alias} isn't `tool/ID`", rule.name);
            if let Some(url) = rules::alias::url(alias) {
                let host = match tool {
                    "buildkit" => "https://docs.docker.com/reference/build-checks/",
                    _ => "https://github.com/hadolint/hadolint/wiki/",
                };
                assert!(url.starts_with(host), "{url}");
            }
        }
    }
}

#[test]
fn a_profile_of_another_tool_has_only_rules_that_the_tool_has() {
    for rule in rules::all() {
        let has = |tool: &str| rule.aliases.iter().any(|alias| rules::alias::split(alias).0 == tool);
        assert!(rule.severity.hadolint.is_none() || has("hadolint"), "{}", rule.name);
        // What BuildKit refuses to build has no name there.
        let refused = rule.theme == Theme::Build && rule.severity.buildkit == Some(Severity::Error);
        assert!(rule.severity.buildkit.is_none() || has("buildkit") || refused, "{}", rule.name);
    }
}

#[test]
fn every_rule_has_an_example_of_its_fault_and_one_without() {
    for rule in rules::all() {
        let (bad, ok): (Vec<&Example>, Vec<&Example>) =
            rule.examples.iter().partition(|e| !e.found.is_empty());
        assert!(!bad.is_empty() && !ok.is_empty(), "{}", rule.name);
    }
}
