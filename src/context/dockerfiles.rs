//! Finds the Dockerfiles in a folder.

use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// The Dockerfiles in a folder and below it, sorted; None once `stop` holds. What .gitignore names is left out,
/// in a git repository or not; folders that begin with a dot are looked into (`.devcontainer` holds
/// Dockerfiles), but git's own isn't. What can't be looked at is given to `errors`.
pub fn find(
    folder: &Path,
    stop: &dyn Fn() -> bool,
    errors: &mut dyn FnMut(ignore::Error),
) -> Option<Vec<PathBuf>> {
    let mut found = Vec::new();
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walker {
        if stop() {
            return None;
        }
        match entry {
            Ok(entry) => {
                let is_link = entry.path_is_symlink();
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file())
                    || (is_link && entry.path().is_file());
                if is_file && entry.file_name().to_str().is_some_and(is_dockerfile) {
                    found.push(entry.into_path());
                }
            }
            Err(error) => errors(error),
        }
    }
    Some(found)
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
