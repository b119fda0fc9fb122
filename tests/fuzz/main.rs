//! Replays what fuzzing found, on the stable compiler: every file of fixtures/fuzz/<target>/ and every seed
//! goes through the same checks as in `fuzz/`.

mod properties;

use std::path::{Path, PathBuf};

/// A fuzz target: its name, its check, and whether a file of fixtures/ is a seed of it.
type Target = (&'static str, fn(&str), fn(&str) -> bool);

const TARGETS: [Target; 5] = [
    ("syntax", properties::syntax::check, is_dockerfile),
    ("shell", properties::shell::check, is_dockerfile),
    ("variables", properties::variables::check, is_dockerfile),
    ("dockerignore", properties::dockerignore::check, is_dockerignore),
    ("next_config", properties::next_config::check, is_next_config),
];

fn is_dockerfile(name: &str) -> bool {
    name.contains("Dockerfile") && !name.ends_with(".dockerignore")
}

fn is_dockerignore(name: &str) -> bool {
    name.ends_with(".dockerignore")
}

fn is_next_config(name: &str) -> bool {
    name.starts_with("next.config.")
}

#[test]
fn syntax() {
    replay("syntax");
}

#[test]
fn shell() {
    replay("shell");
}

#[test]
fn variables() {
    replay("variables");
}

#[test]
fn dockerignore() {
    replay("dockerignore");
}

#[test]
fn next_config() {
    replay("next_config");
}

/// Every target has its file in `fuzz/`, and every folder of fixtures/fuzz its target.
#[test]
fn targets_and_folders_are_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: PathBuf| -> Vec<String> {
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect()
    };
    let mut written = names(root.join("fuzz/targets"));
    let mut known = TARGETS.map(|(name, ..)| name.to_owned());
    written.sort();
    known.sort();
    assert_eq!(written, known);
    for folder in names(root.join("fixtures/fuzz")) {
        assert!(known.contains(&folder), "fixtures/fuzz/{folder} belongs to no target");
    }
}

fn replay(target: &str) {
    let (_, check, is_seed) = TARGETS.into_iter().find(|(name, ..)| *name == target).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    walk(&fixtures, &mut files);
    let found = fixtures.join("fuzz").join(target);
    let mut replayed = 0;
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if file.starts_with(&found) || is_seed(&name) {
            let bytes = std::fs::read(&file).unwrap();
            let run = || check(&String::from_utf8_lossy(&bytes));
            let held = std::panic::catch_unwind(run);
            assert!(held.is_ok(), "{} breaks a property of {target}, see above", file.display());
            replayed += 1;
        }
    }
    assert!(replayed >= 50, "only {replayed} files were replayed");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
