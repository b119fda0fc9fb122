use plimsoll::rules;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

/// Set PLIMSOLL_UPDATE=1 to write the pages anew.
#[test]
fn the_pages_in_docs_are_those_of_the_rules() {
    let update = std::env::var("PLIMSOLL_UPDATE").as_deref() == Ok("1");
    let mut expected: Vec<String> = Vec::new();
    for rule in rules::all() {
        let (name, page) = (format!("{}.md", rule.name), rules::page(rule));
        if update {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(folder().join(&name), &page).unwrap();
        }
        let there = std::fs::read_to_string(folder().join(&name)).unwrap_or_default();
        assert_eq!(
            there, page,
            "docs/rules/{name} is stale: run `PLIMSOLL_UPDATE=1 cargo test --test rules`"
        );
        expected.push(name);
    }
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !expected.contains(&name) {
            assert!(update, "docs/rules/{name} is no rule's page");
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn every_page_has_all_headings() {
    for rule in rules::all() {
        let page = rules::page(rule);
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let fixed = ["What it does", "Why it matters", "Example", "Use instead", "Fix safety"];
        assert_eq!(headings[..fixed.len()], fixed, "{}", rule.name);
    }
}
