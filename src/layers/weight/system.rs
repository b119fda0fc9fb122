//! Packages of the distribution, and the lists that finding them takes.

use super::base::Ground;
use super::{Part, What};
use crate::catalog::{Bytes, apk, apt};
use crate::layers::{Basis, Size};
use crate::shell::packages::Tool;

/// The two indexes of Alpine's repositories, compressed: about half a megabyte of `main` and two of
/// `community`, growing from release to release.
const APK_INDEX: Bytes = Bytes { low: 1_500_000, likely: 2_500_000, high: 3_500_000 };

/// What installing `names` adds to `ground`, which has them from then on.
pub(super) fn packages(
    ground: &mut Ground,
    tool: Tool,
    names: &[String],
    more: bool,
    recommends: bool,
) -> Part {
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let also: Vec<&str> = ground.packages.iter().map(String::as_str).collect();
    let installed = match tool {
        Tool::Apt if ground.os == "debian" => {
            let onto = apt::Onto { base: ground.apt, also: &also, slim: ground.slim };
            let installed = apt::install(&ground.release, onto, &asked, recommends);
            Some(installed)
        }
        Tool::Apk if ground.os == "alpine" => Some(apk::install(&ground.release, &also, &asked)),
        _ => None,
    };
    ground.packages.extend(names.iter().cloned());
    let (size, unknown) = match installed {
        Some(installed) if installed.unknown.is_empty() && !more => {
            (Some(Size::of(installed.bytes, Basis::Table)), Vec::new())
        }
        Some(installed) if !installed.unknown.is_empty() => (None, installed.unknown),
        _ => (None, vec!["what is installed".to_owned()]),
    };
    Part { what: What::SystemPackages { names: names.to_vec(), unknown }, size }
}

/// What `apt-get update` leaves.
pub(super) fn apt_lists(ground: &Ground) -> Part {
    let lists = (ground.os == "debian").then(|| apt::lists(&ground.release)).flatten();
    Part { what: What::AptLists, size: lists.map(|bytes| Size::of(bytes, Basis::Table)) }
}

/// What `apk update` leaves.
pub(super) fn apk_index() -> Part {
    Part { what: What::ApkIndex, size: Some(Size::of(APK_INDEX, Basis::Table)) }
}
