//! The conversion on whole projects, one folder of fixtures/convert a case.
//!
//! A case is a project as it lies on disk, and what is expected: the folder `expected` with every file that
//! changes, and `expected.notes`; or `expected.reason` with the code, the place and the sentence; or
//! `expected.question` with the actions that an editor shows in `expected.actions`. A file `answers` holds `key=value` lines. PLIMSOLL_UPDATE=1 writes what came out.

#[path = "beside/mod.rs"]
mod beside;
#[path = "convert/corpus.rs"]
mod corpus;
#[path = "convert/project.rs"]
mod project;
#[path = "convert/sites.rs"]
mod sites;

use plimsoll::convert::Outcome;
use project::{Converted, Project, invariants, reason_line};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[test]
fn every_case_comes_out_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/convert");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() >= 25, "only {} cases were found", cases.len());
    let update = std::env::var_os("PLIMSOLL_UPDATE").is_some();
    let mut faults = String::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let project = Project::load(case);
        let outcome = project.convert();
        let found = described(&project, outcome.as_ref());
        if let Some(Outcome::Converted(conversion)) = &outcome {
            for fault in invariants(&project, conversion) {
                let _ = writeln!(faults, "{name}: {fault}");
            }
        }
        if update {
            write(case, &found);
        }
        let expected = expected(case);
        if expected != found {
            let _ =
                writeln!(faults, "{name}: expected\n{}\nbut came out\n{}", shown(&expected), shown(&found));
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// A file on the way to being written: each case without one of its lines, and with one of them twice.
#[test]
fn what_must_hold_holds_of_files_with_a_line_less_or_more() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/convert");
    let mut faults = String::new();
    let mut converted = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let case = entry.unwrap().path();
        let mut project = Project::load(&case);
        let view = project.view();
        let text = project.text().to_owned();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for index in 0..lines.len() {
            for times in [0, 2] {
                let changed = lines
                    .iter()
                    .enumerate()
                    .flat_map(|(at, line)| std::iter::repeat_n(*line, if at == index { times } else { 1 }));
                let changed: String = changed.collect();
                let outcome = project::convert_text(&changed, Some(&view), &project.answers);
                let Some(Outcome::Converted(conversion)) = outcome else { continue };
                converted += 1;
                project.files.insert(project.dockerfile.clone(), changed);
                for fault in invariants(&project, &conversion) {
                    let _ = writeln!(faults, "{} line {} {times} times: {fault}", case.display(), index + 1);
                }
            }
        }
    }
    assert!(converted > 100, "only {converted} were converted");
    assert!(faults.is_empty(), "\n{faults}");
}

/// What came out, as the files that a case holds.
fn described(project: &Project, outcome: Option<&Outcome>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    match outcome {
        None => {
            files.insert("expected.reason".into(), "nothing is offered\n".into());
        }
        Some(Outcome::Refused(reason)) => {
            files.insert("expected.reason".into(), format!("{}\n", reason_line(project, reason)));
        }
        Some(Outcome::Question(questions)) => {
            let lines = questions.iter().map(|q| {
                format!(
                    "{} [{}] {}\n{}\n",
                    q.key,
                    q.choices.iter().map(|choice| &*choice.value).collect::<Vec<_>>().join(" "),
                    q.default.unwrap_or(""),
                    q.message
                )
            });
            files.insert("expected.question".into(), lines.collect());
            let actions = project.actions().into_iter().map(|action| format!("{action}\n"));
            files.insert("expected.actions".into(), actions.collect());
        }
        Some(Outcome::Converted(conversion)) => {
            let Converted { files: changed, notes } = Converted::of(project, conversion);
            files.extend(changed.into_iter().map(|(path, text)| (format!("expected/{path}"), text)));
            if !notes.is_empty() {
                files.insert("expected.notes".into(), notes);
            }
        }
    }
    files
}

fn expected(case: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (path, text) in project::files(case) {
        if path.starts_with("expected") {
            files.insert(path, text);
        }
    }
    files
}

fn write(case: &Path, found: &BTreeMap<String, String>) {
    for path in expected(case).keys() {
        std::fs::remove_file(case.join(path)).unwrap();
    }
    let _ = std::fs::remove_dir(case.join("expected"));
    for (path, text) in found {
        let path = case.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn shown(files: &BTreeMap<String, String>) -> String {
    files.iter().fold(String::new(), |mut out, (path, text)| {
        let _ = writeln!(out, "--- {path}\n{text}");
        out
    })
}
