//! The unpacked sizes of heavy npm packages, for trees that aren't on disk.

use super::Bytes;

/// The files of one package, without its dependencies. `version` narrows the range where it is the one
/// that was measured.
pub fn package(name: &str, version: Option<&str>) -> Option<Bytes> {
    let _ = (name, version);
    None
}
