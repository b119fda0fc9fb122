use std::path::{Path, PathBuf};

use serde_json::Value;

/// Reads one case file of `shared/cases`. The folder is `../shared` beside the repository, or what
/// `PLIMSOLL_SHARED` names. Where the file is absent the test is skipped with a printed line and `None`
/// is returned; with `PLIMSOLL_REQUIRE_SHARED=1` it fails instead.
pub fn cases(name: &str) -> Option<Vec<Value>> {
    let file = folder().join("cases").join(name);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            assert!(
                std::env::var("PLIMSOLL_REQUIRE_SHARED").as_deref() != Ok("1"),
                "PLIMSOLL_REQUIRE_SHARED=1, but {} can't be read: {error}",
                file.display()
            );
            eprintln!("skipped: {} can't be read: {error}", file.display());
            return None;
        }
    };
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a case file is a JSON array");
    assert!(!cases.is_empty(), "{name} holds no case");
    Some(cases)
}

fn folder() -> PathBuf {
    match std::env::var_os("PLIMSOLL_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    }
}

/// The strings of an array; none where `value` isn't one.
pub fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
