//! The project that the tour shows where no file is given: small, single-stage, Next.js.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

macro_rules! files {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("../../../fixtures/nextjs-single-stage/", $path)))),*]
    };
}

/// Each file's path in the project, with `/`, and its bytes.
pub const FILES: &[(&str, &[u8])] = files! {
    ".gitignore"
    "Dockerfile"
    "app/api/health/route.ts"
    "app/layout.tsx"
    "app/page.tsx"
    "next.config.ts"
    "package-lock.json"
    "package.json"
    "public/hull.svg"
    "public/robots.txt"
    "tsconfig.json"
};

/// What the project is called.
pub const NAME: &str = "nextjs-single-stage";

/// The project in a folder of the system's place for temporary files, removed when this is dropped.
pub struct Unpacked {
    base: PathBuf,
}

impl Unpacked {
    pub fn new() -> io::Result<Self> {
        let unpacked = Self { base: own_folder()? };
        for (path, bytes) in FILES {
            let path = unpacked.folder().join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, bytes)?;
        }
        Ok(unpacked)
    }

    /// The project's folder.
    pub fn folder(&self) -> PathBuf {
        self.base.join(NAME)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What the system doesn't let us remove it removes itself, in its time.
        let _ = fs::remove_dir_all(&self.base);
    }
}

/// A folder that wasn't there before, and that nobody else looks into.
fn own_folder() -> io::Result<PathBuf> {
    let all = std::env::temp_dir();
    let process = std::process::id();
    for number in 0..1000 {
        let folder = all.join(format!("plimsoll-tour-{process}-{number}"));
        match make(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| folder),
        }
    }
    Err(io::Error::other(format!("there is no free name in {}", all.display())))
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_project_is_bundled() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(NAME);
        let walker = ignore::WalkBuilder::new(&root).hidden(false).sort_by_file_path(Path::cmp).build();
        let on_disk: Vec<String> = walker
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .map(|entry| entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"))
            .collect();
        let bundled: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(bundled, on_disk);
    }

    #[test]
    fn the_project_is_there_until_it_is_dropped() {
        let unpacked = Unpacked::new().unwrap();
        let folder = unpacked.folder();
        assert!(folder.join("app/api/health/route.ts").is_file());
        drop(unpacked);
        assert!(!folder.exists() && !folder.parent().unwrap().exists());
    }
}
