//! What `apk add` adds to an Alpine image.

use super::{Bytes, Installed};

/// What installing these packages adds. `release` is Alpine's, such as `3.23`; `also` names packages that
/// the image or earlier steps have. A name may carry a version (`~=1.2`, `=1.2-r0`, `>1`) or `@repository`.
pub fn install(release: &str, also: &[&str], names: &[&str]) -> Installed {
    let _ = (release, also);
    Installed { bytes: Bytes::default(), unknown: names.iter().map(ToString::to_string).collect() }
}
