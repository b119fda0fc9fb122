//! Other people's cases, which lie in a folder `shared` beside the repository, or where `PLIMSOLL_SHARED` says. A test
//! that needs one skips with a printed line where it is absent; with `PLIMSOLL_REQUIRE_SHARED=1` it fails instead.
#![allow(dead_code, reason = "not every test program needs an archive")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file or a folder of `shared`, by its path in there; `None`, with a printed line, where it is absent.
pub fn present(path: &str) -> Option<PathBuf> {
    let shared = match std::env::var_os("PLIMSOLL_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let path = shared.join(path);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var("PLIMSOLL_REQUIRE_SHARED").as_deref() == Ok("1");
    assert!(!required, "PLIMSOLL_REQUIRE_SHARED=1, but there is no {}", path.display());
    eprintln!("skipped: there is no {}", path.display());
    None
}

/// Unpacks an archive of `shared` to a folder that is deleted when the value is dropped; `None` as [`present`].
pub fn unpacked(archive: &str) -> Option<tempfile::TempDir> {
    let archive = present(archive)?;
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new("tar").arg("xf").arg(&archive).arg("-C").arg(folder.path()).status();
    assert!(done.is_ok_and(|status| status.success()), "tar can't unpack {}", archive.display());
    Some(folder)
}
