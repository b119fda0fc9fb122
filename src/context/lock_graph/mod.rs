//! The packages that a lockfile has installed, with what tells production from development and one
//! platform from another. One file a format.

mod bun;
mod lines;
mod npm;
mod platform;
mod pnpm;
mod reach;
mod yarn;

pub use platform::{Platform, Target};

use super::lockfiles::{LockKind, Lockfile};
use super::package_json::PackageJson;

/// One package that an install may put into node_modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedPackage {
    /// The name that the registry knows it by.
    pub name: Box<str>,
    /// Empty where the lockfile gives none.
    pub version: Box<str>,
    /// Where it is put, relative to the lockfile's folder (`node_modules/a/node_modules/b`); `None` where
    /// the format doesn't say.
    pub path: Option<Box<str>>,
    /// Only development dependencies lead to it.
    pub dev: bool,
    /// Only optional dependencies lead to it, so that it is left out where its platform is another.
    pub optional: bool,
    pub platform: Platform,
    /// The lockfile says where its archive is. Without that npm asks the registry for the document that
    /// lists all of the package's versions first.
    pub resolved: bool,
    /// It comes in the archive of the package that it lies in.
    pub bundled: bool,
}

/// What one lockfile says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockGraph {
    pub kind: LockKind,
    /// Packages of the workspace itself and links apart.
    pub packages: Vec<LockedPackage>,
}

impl LockGraph {
    /// Reads a lockfile; `None` where it is binary, broken or of a version that isn't known. `manifest` is
    /// the package.json beside it: yarn's lockfiles don't say which dependencies are for development.
    pub fn read(lock: &Lockfile, manifest: Option<&PackageJson>) -> Option<Self> {
        let text = lock.text.as_deref()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let packages = match lock.kind {
            LockKind::Npm | LockKind::NpmShrinkwrap => npm::read(text),
            LockKind::Yarn => yarn::read(text, manifest),
            LockKind::Pnpm => pnpm::read(text),
            LockKind::Bun => bun::read(text),
            LockKind::BunBinary => None,
        }?;
        Some(Self { kind: lock.kind, packages })
    }
}

#[cfg(test)]
mod tests;
