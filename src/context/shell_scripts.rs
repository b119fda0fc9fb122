//! The shell scripts of a build context that a container may be started through.

use super::gather::Stamps;
use super::project::{Recorder, SourceFile};
use super::source::Source;
use super::view::{ContextFile, View};
use super::walk::parent;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// A longer text is no script that starts a container, in bytes.
const MAX_SCRIPT: u64 = 64 << 10;

/// More than these aren't read.
const MAX_SCRIPTS: usize = 32;

/// A shell script that a build can take, with its text.
#[derive(Clone, Debug)]
pub struct ShellScript {
    /// Relative to the context's root, with `/`.
    pub path: Arc<str>,
    pub file: SourceFile,
}

/// Whether a file of this name, in lower case, is a shell script.
pub fn is_shell_script(name: &str) -> bool {
    name.ends_with(".sh") || name.ends_with(".bash") || matches!(name, "entrypoint" | "docker-entrypoint")
}

/// Reads the scripts in the folders of the view's projects and of its Dockerfile, and one folder below them; those
/// nearest to the root first. A symbolic link isn't followed.
pub(super) fn read(source: &dyn Source, root: &Path, view: &View) -> (Vec<ShellScript>, Stamps) {
    let own = view.dockerfile.as_deref().and_then(Path::parent).and_then(|folder| view.relative(folder));
    let folders: BTreeSet<&str> =
        view.projects.iter().map(|project| &*project.folder).chain(own.as_deref()).collect();
    let near = |path: &str| {
        let folder = parent(path).unwrap_or("");
        folders.contains(folder) || parent(folder).is_some_and(|above| folders.contains(above))
    };
    let is_script = |file: &&ContextFile| {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        is_shell_script(&name.to_ascii_lowercase())
            && !file.is_link
            && file.size <= MAX_SCRIPT
            && near(&file.path)
            && !file.path.split('/').any(|part| part == "node_modules")
    };
    let mut files: Vec<&ContextFile> = view.files.iter().filter(is_script).collect();
    files.sort_by_key(|file| file.path.matches('/').count());
    let mut recorder = Recorder { source, asked: Vec::new() };
    let mut scripts: Vec<ShellScript> = Vec::new();
    for file in files.into_iter().take(MAX_SCRIPTS) {
        if let Some(Ok(read)) = recorder.read(&root.join(&*file.path)) {
            scripts.push(ShellScript { path: Arc::clone(&file.path), file: read });
        }
    }
    (scripts, recorder.asked)
}

#[cfg(test)]
mod tests {
    use super::super::{Look, Memory, Overlay, Request};
    use super::*;

    fn paths(view: &View) -> Vec<&str> {
        view.scripts.iter().map(|script| &*script.path).collect()
    }

    fn memory() -> Memory {
        let mut memory = Memory::from_files([
            ("/c/package.json", "{}"),
            ("/c/.dockerignore", "hidden.sh\n"),
            ("/c/start.sh", "npm start"),
            ("/c/hidden.sh", ""),
            ("/c/docker/Entrypoint.SH", ""),
            ("/c/docker/entrypoint", ""),
            ("/c/docker/deep/far.sh", ""),
            ("/c/web/package.json", "{}"),
            ("/c/web/bin/run.bash", ""),
            ("/c/web/notes.txt", ""),
            ("/c/node_modules/a.sh", ""),
        ]);
        memory.insert_link("/c/link.sh", "start.sh");
        memory.insert("/c/long.sh", &"#".repeat(65 << 10));
        memory
    }

    #[test]
    fn scripts_near_a_package_are_read_and_nothing_else() {
        let view = View::gather(&memory(), &Request::new(None, Some("/c".into()))).unwrap();
        assert_eq!(
            paths(&view),
            ["start.sh", "docker/Entrypoint.SH", "docker/entrypoint", "web/bin/run.bash"]
        );
        assert_eq!(view.script("start.sh").map(|file| &*file.text), Some("npm start"));
        assert!(view.script("long.sh").is_none());
    }

    #[test]
    fn no_more_than_some_are_read() {
        let mut memory = memory();
        for at in 0..40 {
            memory.insert(&format!("/c/docker/{at}.sh"), "");
        }
        let view = View::gather(&memory, &Request::new(None, Some("/c".into()))).unwrap();
        assert_eq!((view.scripts.len(), &*view.scripts[0].path), (MAX_SCRIPTS, "start.sh"));
    }

    #[test]
    fn a_script_that_changes_is_read_again() {
        let mut memory = memory();
        let request = Request::new(None, Some("/c".into()));
        let view = View::gather(&memory, &request).unwrap();
        assert!(!view.stale(&memory));
        // Of the same length, so that only its time tells.
        memory.insert("/c/start.sh", "bun start");
        let view = view.again(&memory, &request, Look::Everything).unwrap().unwrap();
        assert_eq!(view.script("start.sh").map(|file| &*file.text), Some("bun start"));
        memory.insert("/c/web/bin/new.sh", "new");
        let view = view.again(&memory, &request, Look::Everything).unwrap().unwrap();
        assert_eq!(view.script("web/bin/new.sh").map(|file| &*file.text), Some("new"));
        memory.remove("/c/start.sh");
        let view = view.again(&memory, &request, Look::Everything).unwrap().unwrap();
        assert!(view.script("start.sh").is_none());
    }

    #[test]
    fn an_open_script_is_read_as_it_stands_in_the_editor() {
        let memory = memory();
        let request = Request::new(None, Some("/c".into()));
        let view = View::gather(&memory, &request).unwrap();
        let open = |text: &str, version| {
            let text: Arc<str> = Arc::from(text);
            let documents = ["/c/start.sh", "/c/unsaved.sh"].map(|path| (path.into(), text.clone(), version));
            Overlay::new(&memory, documents)
        };
        let changed = ["/c/start.sh", "/c/unsaved.sh"].map(std::path::PathBuf::from);
        let view = view.again(&open("one", 1), &request, Look::Named(&changed)).unwrap().unwrap();
        let read = |view: &View, path: &str| {
            view.script(path).map(|file| (file.text.to_string(), file.version)).unwrap()
        };
        assert_eq!(read(&view, "start.sh"), ("one".into(), Some(1)));
        assert_eq!(read(&view, "unsaved.sh"), ("one".into(), Some(1)));
        let view = view.again(&open("two", 2), &request, Look::Named(&changed)).unwrap().unwrap();
        assert_eq!(read(&view, "start.sh"), ("two".into(), Some(2)));
    }
}
