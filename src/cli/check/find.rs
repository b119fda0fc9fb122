use crate::cli::paths::Here;
use crate::context::dockerfiles;
use std::collections::HashSet;
use std::path::PathBuf;

/// What to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Stdin,
    File(PathBuf),
}

/// The files that the arguments name, and those in the folders that they name, each once; what can't be
/// looked at is told in sentences. A file that is named is taken whatever it is called.
pub fn find(here: &Here, paths: &[PathBuf]) -> (Vec<Target>, Vec<String>) {
    let (mut targets, mut errors) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            if !targets.contains(&Target::Stdin) {
                targets.push(Target::Stdin);
            }
            continue;
        }
        let path = here.absolute(path);
        if !path.is_dir() {
            // Whether it is there shows when it is read.
            if seen.insert(path.clone()) {
                targets.push(Target::File(path));
            }
            continue;
        }
        let mut tell = |error| errors.push(told(here, &error));
        for found in dockerfiles::find(&path, &|| false, &mut tell).unwrap_or_default() {
            if seen.insert(found.clone()) {
                targets.push(Target::File(found));
            }
        }
    }
    (targets, errors)
}

fn told(here: &Here, error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, err } => format!("{}: {err}", here.show(path)),
        other => other.to_string(),
    }
}
