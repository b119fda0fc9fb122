//! Replays what fuzzing found, on the stable compiler: every file of fixtures/fuzz/<target>/, every seed and made
//! texts go through the same checks as in `fuzz/`.

mod properties;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::path::{Path, PathBuf};

/// A fuzz target: its name, its check, and whether a file of fixtures/ is a seed of it.
type Target = (&'static str, fn(&str), fn(&str) -> bool);

const TARGETS: [Target; 8] = [
    ("syntax", properties::syntax::check, is_dockerfile),
    ("shell", properties::shell::check, is_dockerfile),
    ("variables", properties::variables::check, is_dockerfile),
    ("formatting", properties::formatting::check, is_dockerfile),
    ("rename", properties::rename::check, is_dockerfile),
    ("semantic_tokens", properties::semantic_tokens::check, is_dockerfile),
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
fn formatting() {
    replay("formatting");
}

#[test]
fn rename() {
    replay("rename");
}

#[test]
fn semantic_tokens() {
    replay("semantic_tokens");
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

/// Pieces of Dockerfiles, joined at random, the same ones in every run; the smallest that fails is told.
#[test]
fn made_texts() {
    let piece = select(PIECES.split('|').collect::<Vec<_>>());
    let text = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    for (name, check, is_seed) in TARGETS {
        if !is_seed("Dockerfile") {
            continue;
        }
        let seeded = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config.clone(), seeded);
        let run = runner.run(&text, |text| {
            check(&text);
            Ok(())
        });
        if let Err(error) = run {
            panic!("{name}: {error}");
        }
    }
}

/// What a Dockerfile is made of, and what makes it hard to read.
const PIECES: &str = "\
    FROM a AS b\n|from  b|FROM |\nRUN |\nENV |\nARG V=1\n|ARG V\n|COPY --from=b |COPY --from=0 |ENV W=$V x=\"|\nONBUILD |\
    \nHEALTHCHECK cmd |CMD [\"a\", |\"b\" ]|\nUNKNOWN |WORKDIR /a|# escape=`\n|#|<<E|<<-'E' |\nE\n|\\\n|\\ \n|`\n|\r\n|\r|\n|\n\n\n| |  |\t|\
    \u{a0}|\u{2028}|\u{feff}|é|😀|$V|${V|${V:-|}|$|\"|'|\\|a|b|V|W|E|=|,|[|]|--|for V in a; do |; done|V=2 |export V=|read V|&& |\
    $((V+1))|((V++))|let V=V+1|$(|)|`|trap 'echo $V' |sh -c 'echo $V'|env V=1 |unset V";

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
