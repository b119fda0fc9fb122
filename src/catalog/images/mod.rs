//! Base images: how big they are, what is in them, and until when they are looked after.

use super::{Bytes, EndOfLife, apt};

/// What is known of an image. What is unknown is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The short name: `node` for `docker.io/library/node`.
    pub repository: &'static str,
    /// The tag that was asked for, or `latest`.
    pub tag: String,
    /// The platform that the name asks for, such as `linux/arm64` for `arm64v8/node`; `size` is still that
    /// of linux/amd64 and its range is wider.
    pub platform: Option<&'static str>,
    /// The software's version: the tag's own where it is a full one, else what the tag meant when the table
    /// was made.
    pub version: Option<String>,
    /// Its layers, uncompressed.
    pub size: Option<Bytes>,
    /// Where `size` comes from; there where `size` is.
    pub figure: Option<Figure>,
    pub os: Option<Os>,
    /// The user that steps and containers run as: a name or a number.
    pub user: Option<&'static str>,
    /// Users made for the software, beside root.
    pub users: Vec<User>,
    pub workdir: Option<&'static str>,
    /// Empty where the image has none.
    pub entrypoint: Option<Vec<&'static str>>,
    /// Empty where the image has none.
    pub cmd: Option<Vec<&'static str>>,
    /// `None` where it is unknown, `Some("")` where there is no shell.
    pub shell: Option<&'static str>,
    /// `glibc`, `musl`; `none` where there is no C library.
    pub libc: Option<&'static str>,
    /// `apt`, `apk`, `dnf`, `microdnf`, `tdnf`, `yum`; `none` where there is none.
    pub package_manager: Option<&'static str>,
    /// The packages that Debian's tables take as there.
    pub apt: Option<apt::Base>,
    /// Packages beyond those, by the names of the image's package manager.
    pub packages: Vec<&'static str>,
    /// What is said of the tools that people look for.
    pub tools: Vec<Tool>,
    /// Of the software, or of the system where the image is nothing but that.
    pub end_of_life: Option<EndOfLife>,
    /// Of the system beneath.
    pub os_end_of_life: Option<EndOfLife>,
}

/// Where a size comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    pub basis: Basis,
    /// When the image was made that was looked at: `2026-03-06`, or only `2026-03` or `2026`.
    pub date: &'static str,
    pub source: &'static str,
}

/// How a size was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Somebody measured an image of this line.
    Measured,
    /// Reckoned from measured ones, such as from another system's image of the same software.
    Derived,
}

/// A distribution and its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Os {
    /// As os-release's ID has it: `debian`, `alpine`, `ubuntu`.
    pub id: &'static str,
    /// `bookworm`, `3.23`, `noble`; empty where only the distribution is known.
    pub release: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    pub name: &'static str,
    pub uid: u32,
    pub gid: u32,
}

/// A program and whether the image has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    pub name: &'static str,
    pub present: Present,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    No,
    Yes,
    /// As an applet of BusyBox, which takes fewer options.
    Busybox,
}

impl Image {
    /// Whether the image has a program, under any guise; `None` where it is unknown.
    pub fn ships(&self, tool: &str) -> Option<bool> {
        self.tools.iter().find(|it| it.name == tool).map(|it| it.present != Present::No)
    }
}

/// What is known of the image `repository:tag`; no tag means `latest`.
///
/// The repository may be written in full (`docker.io/library/node`), by a mirror's name or with a
/// platform's prefix (`arm64v8/node`).
pub fn find(repository: &str, tag: Option<&str>) -> Option<Image> {
    let _ = (repository, tag);
    None
}

/// The well-known tags of a repository, the shortest and newest first; none where it is unknown.
pub fn tags(repository: &str) -> impl Iterator<Item = &'static str> {
    let _ = repository;
    std::iter::empty()
}
