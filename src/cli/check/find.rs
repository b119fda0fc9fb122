use crate::cli::paths::Here;
use ignore::WalkBuilder;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

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
        for found in walk(here, &path, &mut errors) {
            if seen.insert(found.clone()) {
                targets.push(Target::File(found));
            }
        }
    }
    (targets, errors)
}

/// The Dockerfiles in a folder, sorted. What .gitignore names is left out, in a git repository or not;
/// folders that begin with a dot are looked into (`.devcontainer` holds Dockerfiles), but git's own isn't.
fn walk(here: &Here, folder: &Path, errors: &mut Vec<String>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => {
                let is_link = entry.path_is_symlink();
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file())
                    || (is_link && entry.path().is_file());
                if is_file && entry.file_name().to_str().is_some_and(is_dockerfile) {
                    found.push(entry.into_path());
                }
            }
            Err(error) => errors.push(told(here, &error)),
        }
    }
    found
}

fn told(here: &Here, error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, err } => format!("{}: {err}", here.show(path)),
        other => other.to_string(),
    }
}

/// Whether a file of this name is looked at where a folder is searched.
pub fn is_dockerfile(name: &str) -> bool {
    if name.ends_with(".dockerignore") {
        return false;
    }
    name == "Dockerfile"
        || name.starts_with("Dockerfile.")
        || name.ends_with(".Dockerfile")
        || name.starts_with("Containerfile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_search_finds() {
        for name in ["Dockerfile", "Dockerfile.dev", "web.Dockerfile", "Containerfile", "Containerfile.dev"] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in ["dockerfile", "Dockerfile.dockerignore", "MyDockerfile", "Dockerfile~", "docker.file"] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
