//! Paths as they are shown: relative to where the command was started, with `/`.

use super::failure::Failure;
use crate::context::normal;
use std::path::{Component, Path, PathBuf};

/// The folder in which the command was started.
#[derive(Clone, Debug)]
pub struct Here {
    folder: PathBuf,
}

impl Here {
    pub fn find() -> Result<Self, Failure> {
        match std::env::current_dir() {
            Ok(folder) => Ok(Self { folder }),
            Err(error) => {
                Err(Failure::Error(format!("the folder this was started in can't be found: {error}")))
            }
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path as the user gave it, made absolute, without `.` and `..`.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        normal(&self.folder.join(path)).into_owned()
    }

    /// How a path is shown: relative to the folder, by `..` where it lies outside; as it is on another
    /// drive.
    pub fn show(&self, path: &Path) -> String {
        let path = self.absolute(path);
        let (ours, theirs) = (self.folder.components(), path.components());
        let shared = ours.clone().zip(theirs.clone()).take_while(|(a, b)| a == b).count();
        if shared == 0 {
            return slashes(path.components());
        }
        let up = std::iter::repeat_n(Component::ParentDir, ours.count() - shared);
        let shown = slashes(up.chain(theirs.skip(shared)));
        if shown.is_empty() { ".".to_string() } else { shown }
    }
}

fn slashes<'a>(components: impl Iterator<Item = Component<'a>>) -> String {
    let parts: Vec<_> = components
        .map(|component| match component {
            Component::RootDir => "".into(),
            other => other.as_os_str().to_string_lossy(),
        })
        .collect();
    parts.join("/")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_where_the_command_was_started() {
        let here = Here { folder: PathBuf::from("/srv/app") };
        let show = |path: &str| here.show(Path::new(path));
        assert_eq!(show("Dockerfile"), "Dockerfile");
        assert_eq!(show("./web/../Dockerfile"), "Dockerfile");
        assert_eq!(show("/srv/app/web/Dockerfile"), "web/Dockerfile");
        assert_eq!(show("/srv/other/Dockerfile"), "../other/Dockerfile");
        assert_eq!(show("/etc"), "../../etc");
        assert_eq!(show("."), ".");
    }
}
