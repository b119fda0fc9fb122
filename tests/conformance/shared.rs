use crate::beside::{present, unpacked};
use plimsoll::context::shellcheck::{Answers, ShellCheck};
use plimsoll::features::Snapshot;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// Reads one case file of `shared/cases`; `None` where it is absent, as [`present`] says.
pub fn cases(name: &str) -> Option<Vec<Value>> {
    let file = present(&format!("cases/{name}"))?;
    let text = std::fs::read_to_string(file).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a case file is a JSON array");
    assert!(!cases.is_empty(), "{name} holds no case");
    Some(cases)
}

/// Reads a file of `shared/cases` that holds experiments; skips as [`cases`] does.
pub fn experiments(name: &str) -> Option<Vec<Value>> {
    let file = present(&format!("cases/{name}"))?;
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let experiments = whole["experiments"].as_array().cloned().unwrap_or_default();
    assert!(!experiments.is_empty(), "{name} holds no experiment");
    Some(experiments)
}

/// Reads the list of the rules of other tools, `rules/rules.json`; skips as [`cases`] does.
pub fn universe() -> Option<Value> {
    let file = present("rules/rules.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(file).unwrap()).expect("the list is JSON"))
}

/// The strings of an array; none where `value` isn't one.
pub fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// A Dockerfile of the corpus, with BuildKit's verdict.
pub struct CorpusFile {
    /// Names the file in the corpus.
    pub sha: String,
    pub text: String,
    /// BuildKit's parser doesn't take it.
    pub refused: bool,
}

/// Unpacks the corpus of real Dockerfiles; skips as [`cases`] does.
pub fn corpus() -> Option<Vec<CorpusFile>> {
    let folder = unpacked("corpus/dev.tar.xz")?;
    let root = folder.path().join("dev");
    let answers = std::fs::read_to_string(root.join("oracle_tally.jsonl")).unwrap();
    let files = answers.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).unwrap();
        let sha = answer["sha"].as_str().unwrap().to_owned();
        let bytes = std::fs::read(root.join("files").join(format!("{sha}.Dockerfile"))).unwrap();
        CorpusFile {
            sha,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            refused: answer["fail"] == true,
        }
    });
    Some(files.collect())
}

/// ShellCheck, as it is on PATH or as PLIMSOLL_SHELLCHECK_PATH names it. Where there is none a line is printed, and
/// what it finds isn't compared; with PLIMSOLL_REQUIRE_SHELLCHECK=1 that is an error.
pub fn shellcheck() -> Option<&'static ShellCheck> {
    static FOUND: OnceLock<Option<ShellCheck>> = OnceLock::new();
    let find = || {
        let named = std::env::var("PLIMSOLL_SHELLCHECK_PATH").ok();
        let found = ShellCheck::find(named.as_deref(), 2).ok();
        if found.is_none() {
            let required = std::env::var("PLIMSOLL_REQUIRE_SHELLCHECK").as_deref() == Ok("1");
            assert!(!required, "PLIMSOLL_REQUIRE_SHELLCHECK=1, but there is no shellcheck");
            eprintln!("skipped: there is no shellcheck on PATH; its findings aren't compared");
        }
        found
    };
    FOUND.get_or_init(find).as_ref()
}

/// The snapshot with what ShellCheck says, where there is one.
pub fn checked(snapshot: Snapshot) -> Snapshot {
    let Some(shellcheck) = shellcheck() else { return snapshot };
    let mut answers = Answers::expected();
    for script in snapshot.shell_scripts() {
        let answer = shellcheck.check(&script.text, &|| false);
        answers.insert(Arc::clone(&script.text), answer.expect("ShellCheck answers"));
    }
    snapshot.checked(Arc::new(answers))
}
