//! What `apt-get install` adds to a Debian image.

use super::{Bytes, Installed};

/// The packages that an image has before anything is installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// `debian` with and without `-slim`: what is required or essential, and apt.
    #[default]
    Debian,
    /// `buildpack-deps:*-curl`.
    Curl,
    /// `buildpack-deps:*-scm`, and `golang` without a variant.
    Scm,
    /// `buildpack-deps`, and `node`, `python`, `ruby` … without a variant.
    BuildpackDeps,
}

/// Where packages are installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Onto<'a> {
    pub base: Base,
    /// Names of packages that the image or earlier steps have beyond that.
    pub also: &'a [&'a str],
    /// Whether it is a `-slim` image, whose dpkg leaves out man pages and most documentation.
    pub slim: bool,
}

/// What installing these packages adds, without the lists that `apt-get update` fetches.
///
/// `release` is Debian's code name. Of a release without a table every name is unknown. A name may carry
/// `=version`, `/release` or `:architecture`.
pub fn install(release: &str, onto: Onto<'_>, names: &[&str], recommends: bool) -> Installed {
    let _ = (release, onto, recommends);
    Installed { bytes: Bytes::default(), unknown: names.iter().map(ToString::to_string).collect() }
}

/// What `apt-get update` leaves in `/var/lib/apt/lists`.
pub fn lists(release: &str) -> Option<Bytes> {
    match release {
        "bookworm" => Some(Bytes::about(19_000_000, 10)),
        "trixie" => Some(Bytes::about(20_000_000, 10)),
        _ => None,
    }
}
