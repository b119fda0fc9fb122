//! Base images: how big they are, what is in them, and until when they are looked after.

mod environment;
mod family;
mod name;
mod os;
mod size;
mod tag;

use super::{Bytes, EndOfLife, apt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use os::System as Os;

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
    /// The line of releases of the software: `20` for Node.js 20.11.1, `3.12` for Python.
    pub line: Option<String>,
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
    /// Whether dpkg leaves out documentation there.
    pub slim: bool,
    /// Packages beyond the base, by the names of the image's package manager.
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
    /// When the image was made that was looked at: `2026-03-06`, or only `2026-03` or `2026`; `-` unknown.
    pub date: &'static str,
    pub source: &'static str,
}

/// How a size was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Somebody measured an image of this line of releases, variant and system.
    Measured,
    /// Reckoned from measured ones, such as from another system's image of the same software.
    Derived,
}

/// A user of an image.
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
    /// Its version, as far as it is known: `10` for npm 10.
    pub version: Option<&'static str>,
}

/// Whether an image has a program.
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
/// platform's prefix (`arm64v8/node`). `None` where nothing is known of it.
///
/// What was found is kept: the images of a file are asked for by many, and again at every key.
pub fn find(repository: &str, tag: Option<&str>) -> Option<Arc<Image>> {
    static FOUND: Mutex<BTreeMap<String, Option<Arc<Image>>>> = Mutex::new(BTreeMap::new());
    let name = [repository, tag.unwrap_or("latest")].join(":");
    let kept = |found: &BTreeMap<String, Option<Arc<Image>>>| found.get(&name).cloned();
    if let Some(image) = kept(&FOUND.lock().unwrap_or_else(PoisonError::into_inner)) {
        return image;
    }
    let image = read(repository, tag).map(Arc::new);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if found.len() >= MOST_KEPT {
        found.clear();
    }
    found.insert(name, image.clone());
    image
}

/// How many images are kept; a file has a few, a folder of them some dozen.
const MOST_KEPT: usize = 512;

fn read(repository: &str, tag: Option<&str>) -> Option<Image> {
    let name = name::normalise(repository);
    let tag = tag.unwrap_or("latest");
    let mut read = tag::parse(&name.repository, tag);
    if let Some(system) = name.system {
        read.system = Os::named(system);
        read.version.clone_from(&name.line);
    }
    let kind = family::find(&name.repository, &read.variant, read.system.as_ref(), None)?;
    if kind.is_system {
        read_system(&kind, tag, &mut read);
    } else if read.system.is_none() {
        read.system = system_in(&name.repository).or_else(|| kind.default.and_then(Os::named));
    }
    let line = line_of(&kind, &read);
    if let (Some(os), Some(line)) = (&mut read.system, &line)
        && os.release.is_empty()
        && kind.product.is_some_and(|product| os.product() == Some(product))
    {
        os.release.clone_from(line);
    }
    let family = family::find(&name.repository, &read.variant, read.system.as_ref(), line.as_deref())?;
    // Another user, the same files.
    let words: Vec<&str> = read.variant.iter().map(String::as_str).filter(|it| *it != "nonroot").collect();
    let variant = words.join("-");
    let wanted = size::Wanted {
        family: &family,
        line: line.as_deref(),
        version: read.version.as_deref(),
        variant: &variant,
        system: read.system.as_ref(),
    };
    let found = if family.repository == "scratch" { None } else { size::find(&wanted) };
    let foreign = name.platform.is_some_and(|platform| platform != "linux/amd64");
    let size = found.map(|(bytes, _)| if foreign { bytes.widened(15) } else { bytes });
    let os_end_of_life = read.system.as_ref().and_then(|os| EndOfLife::find(os.product()?, &os.release));
    let own_end = family.product.zip(line.as_deref()).and_then(|(product, line)| {
        EndOfLife::find(product, line).or_else(|| EndOfLife::find(product, line.strip_suffix(".0")?))
    });
    Some(Image {
        repository: family.repository,
        tag: tag.to_string(),
        platform: name.platform,
        version: read.version,
        line,
        size: if family.repository == "scratch" { Some(Bytes::exact(0)) } else { size },
        figure: found.map(|(_, figure)| figure),
        os: read.system,
        user: family.user,
        users: family.users,
        workdir: family.workdir,
        entrypoint: family.entrypoint,
        cmd: family.cmd,
        shell: family.shell,
        libc: family.libc,
        package_manager: family.package_manager,
        apt: family.apt,
        slim: family.slim,
        packages: family.packages,
        tools: family.tools,
        end_of_life: if family.is_system { os_end_of_life } else { own_end },
        os_end_of_life,
    })
}

/// The names of the variables that the images of a repository set, beside PATH; `None` where they aren't known.
pub fn environment(repository: &str) -> Option<&'static [&'static str]> {
    environment::of(&name::normalise(repository).repository)
}

/// The platform that a repository's name itself says, such as `linux/arm64` for `arm64v8/node`.
pub fn platform(repository: &str) -> Option<&'static str> {
    name::normalise(repository).platform
}

/// The tag that names the line of releases which `latest` of a repository meant when the table was made.
pub fn latest(repository: &str) -> Option<&'static str> {
    let name = name::normalise(repository);
    let plain = name.system.is_none() && name.line.is_none();
    tag::latest(&name.repository).filter(|_| plain)
}

/// The well-known tags of a repository, the newest first; none where it is unknown.
pub fn tags(repository: &str) -> impl Iterator<Item = &'static str> {
    tag::all(&name::normalise(repository).repository).collect::<Vec<_>>().into_iter()
}

/// The repositories whose tags are known, in the order of the table.
pub fn repositories() -> Vec<&'static str> {
    tag::repositories()
}

/// The release of an image that is nothing but a system: `bookworm` for `debian:12.5-slim`, `3.20` for
/// `alpine:3.20.3`.
fn read_system(kind: &family::Family, tag: &str, read: &mut tag::Tag) {
    let first = tag.split('-').next().unwrap_or(tag);
    if kind.repository == "alpine" && tag.starts_with("edge") {
        read.version = None;
        read.system = Some(Os { id: "alpine", release: "edge".to_string() });
    } else if kind.repository == "alpine" {
        let release: Vec<&str> =
            read.version.as_deref().unwrap_or_default().split('.').take(kind.depth).collect();
        read.system = Os::named("alpine").map(|os| Os { release: release.join("."), ..os });
    } else if read.system.as_ref().is_none_or(|os| os.release.is_empty()) {
        let of = if kind.repository == "buildpack-deps" { "ubuntu" } else { kind.repository };
        read.system = Os::numbered(of, first).or_else(|| read.system.take());
    }
    if kind.repository != "alpine" {
        read.version = read.system.as_ref().and_then(Os::number).map(str::to_string);
    }
}

/// The system that a repository's own name says: `amazonlinux`, `oraclelinux`, `redhat/ubi9`.
fn system_in(repository: &str) -> Option<Os> {
    match repository {
        "mcr.microsoft.com/azurelinux/base/core" | "mcr.microsoft.com/cbl-mariner/base/core" => {
            Os::named("azurelinux")
        }
        "rockylinux" | "almalinux" => None,
        _ => Os::named(repository.strip_prefix("redhat/").unwrap_or(repository).trim_end_matches("-minimal")),
    }
}

/// The line of releases: as many numbers of the version as the product counts by.
fn line_of(kind: &family::Family, read: &tag::Tag) -> Option<String> {
    if kind.is_system {
        return read.system.as_ref().map(|os| os.release.clone()).filter(|it| !it.is_empty());
    }
    let Some(version) = read.version.as_deref() else {
        return read.system.as_ref().map(|os| os.release.clone()).filter(|it| !it.is_empty());
    };
    let numbers: Vec<&str> = version.split(['.', '_', '+']).take(kind.depth).collect();
    Some(numbers.join("."))
}

#[cfg(test)]
mod tests;
