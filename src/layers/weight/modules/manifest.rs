//! node_modules by package.json alone: what it names, with what is known to come along.

use super::{Documents, LARGE_DOCUMENTS, Weighed, packed};
use crate::catalog::{Bytes, Independent, npm};
use crate::context::PackageJson;
use crate::context::lock_graph::{Platform, Target};
use crate::layers::{Basis, Size};
use std::collections::BTreeMap;

/// What a package that no table knows brings into a project, all that comes along included: of 198 such
/// packages in eight projects a twentieth brings less than the low figure; the likely one is their mean, the
/// high one two standard deviations above (half of them bring less than 2.2 MB, a twentieth more than 27 MB).
///
/// Source: the projects of `scripts/catalog/npm`, each held against tables made of the others.
const UNKNOWN: Bytes = Bytes { low: 25_000, likely: 7_400_000, high: 36_700_000 };

/// The same of packages that hold types alone.
const TYPES: Bytes = Bytes { low: 5_000, likely: 50_000, high: 900_000 };

/// Packed to unpacked bytes of whole projects, in per cent: plain code and binaries in a mixture that isn't
/// known, so from the lower end of the one to the middle of the other.
const PACKED: [u64; 3] = [15, 26, 40];

/// How often a package that is made for one platform is made for another: eight times in all for Next.js' own
/// compiler, ten to twelve times for sharp, lightningcss and Tailwind's (their lists in the registry,
/// November 2026), some of them smaller than the one for Linux.
const OTHER_PLATFORMS: [u64; 3] = [6, 7, 9];

/// What installing the packages that `package` names comes to.
pub(super) fn weigh(
    package: &PackageJson,
    production: bool,
    target: Target<'_>,
) -> Result<Weighed, &'static str> {
    Ok(find(package, production)?.weighed(target))
}

/// The packages for other platforms than the target, their files and their archives.
pub(super) fn other_platforms(package: &PackageJson, production: bool, target: Target<'_>) -> (Bytes, Bytes) {
    let Ok(found) = find(package, production) else { return (Bytes::default(), Bytes::default()) };
    let along = found.along.iter().map(|(name, (version, _))| (*name, Some(*version)));
    let named = found.named.iter().map(|(name, version)| (*name, *version));
    let of_platform = named.chain(along).filter(|(name, _)| !Platform::of_name(name).is_any());
    let here = of_platform.filter_map(|(name, version)| size(name, version, target));
    let here = here.map(|size| size.likely).fold(0, u64::saturating_add);
    let [low, likely, high] = OTHER_PLATFORMS.map(|times| here.saturating_mul(times));
    let files = Bytes { low, likely, high };
    (files, packed(files, super::PACKED_BINARY))
}

/// What is known of the packages that `package` names.
fn find(package: &PackageJson, production: bool) -> Result<Found<'_>, &'static str> {
    if !package.workspaces.is_empty() {
        return Err("there is neither a lockfile that can be read nor a node_modules on disk");
    }
    let development = package.dev_dependencies.iter().filter(|_| !production);
    let named = package.dependencies.iter().chain(&package.optional_dependencies).chain(development);
    let mut found = Found::default();
    for (name, range) in named {
        found.name(name, range)?;
    }
    // The project would be of a kind that the tables weren't made of.
    if found.strangers * 3 > found.named.len() + found.strangers {
        return Err(
            "there is no lockfile, and too many of the packages that package.json names aren't known",
        );
    }
    Ok(found)
}

/// What is known to be installed.
#[derive(Default)]
struct Found<'a> {
    /// What package.json names: by name, the version.
    named: BTreeMap<&'a str, Option<&'a str>>,
    /// What comes along: by name, the version; and whether it goes with the version that is wanted.
    along: BTreeMap<&'a str, (&'a str, bool)>,
    unknown: Vec<Bytes>,
    /// How many of these aren't types alone.
    strangers: usize,
    /// The bytes of what is too light to be named: the most of one package, and of all of them.
    light: (u64, u64),
    /// How many packages come with one at most, and with all of them.
    packages: (u64, u64),
}

impl<'a> Found<'a> {
    fn name(&mut self, name: &'a str, range: &'a str) -> Result<(), &'static str> {
        let (name, range) = match range.strip_prefix("npm:") {
            Some(other) => other.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((other, "")),
            None => (name, range),
        };
        if ["file:", "link:", "workspace:", "portal:", "catalog:"]
            .iter()
            .any(|start| range.starts_with(start))
        {
            return Err("package.json names packages of other folders, and there is no lockfile");
        }
        // Anything above a version is the newest.
        let version = Some(range).filter(|range| !range.starts_with('>'));
        let elsewhere = range.contains([':', '/']);
        match npm::tree(name, version).filter(|_| !elsewhere) {
            Some(tree) => {
                self.light = (self.light.0.max(tree.light), self.light.1.saturating_add(tree.light));
                self.packages = (self.packages.0.max(tree.packages), self.packages.1 + tree.packages);
                for (name, version) in tree.heavy {
                    self.along.entry(name).or_insert((version, tree.near));
                }
                self.named.insert(name, version);
            }
            None => {
                self.packages.1 += 1;
                let types = name.starts_with("@types/");
                self.unknown.push(if types { TYPES } else { UNKNOWN });
                self.strangers += usize::from(!types);
            }
        }
        Ok(())
    }

    fn weighed(self, target: Target<'_>) -> Weighed {
        let named = self.named.iter().filter_map(|(name, version)| size(name, *version, target));
        let along = self.along.iter().filter(|(name, _)| !self.named.contains_key(**name));
        let twins: Vec<Bytes> =
            along.clone().filter_map(|(name, (version, _))| twin(name, version)).collect();
        let along = along.filter_map(|(name, (version, near))| {
            let size = size(name, Some(version), target)?;
            // With another version of what brings it, it may be another one too.
            Some(if *near { size } else { Bytes { low: size.low / 2, high: size.high * 2, ..size } })
        });
        let light =
            Bytes { low: self.light.0, likely: (self.light.0 + self.light.1) / 2, high: self.light.1 };
        let parts = named.chain(along).chain(twins).chain(self.unknown.iter().copied());
        let bytes = parts.chain([light]).collect::<Independent>().sum();
        // Many come along with several of those that are named.
        let packages = (self.packages.0 + self.packages.1) / 2;
        let large = LARGE_DOCUMENTS
            .iter()
            .filter(|(name, _)| self.named.contains_key(name) || self.along.contains_key(name));
        let large = large.map(|(_, bytes)| bytes).sum();
        Weighed {
            size: Size::of(bytes, Basis::Table),
            packed: Size::of(packed(bytes, PACKED), Basis::Table),
            packages: usize::try_from(packages).unwrap_or(usize::MAX),
            locked: false,
            on_disk: 0,
            unresolved: Documents { count: packages, unsure: true, large },
        }
    }
}

/// One package for the target, of which the tables may know another platform's.
fn size(name: &str, version: Option<&str>, target: Target<'_>) -> Option<Bytes> {
    let Some((front, back)) = name.split_once("linux-x64") else { return npm::package(name, version) };
    let cpu = target.cpu;
    let own = match (target.libc, back) {
        (Some("musl"), "-gnu") => format!("{front}linux-{cpu}-musl"),
        (Some("musl"), "") if front.starts_with("@img/") => format!("{front}linuxmusl-{cpu}"),
        _ => format!("{front}linux-{cpu}{back}"),
    };
    let other = || npm::package(name, version).map(|size| size.widened(20));
    npm::package(&own, version).or_else(other)
}

/// The same package for the other C library: a lockfile that doesn't say which one a package is for, as npm
/// wrote them up to version 10, has both installed.
fn twin(name: &str, version: &str) -> Option<Bytes> {
    let has_twin =
        name.ends_with("linux-x64-gnu") || name.starts_with("@img/sharp-") && name.ends_with("linux-x64");
    let size = npm::package(name, Some(version)).filter(|_| has_twin)?;
    Some(Bytes { low: 0, likely: size.likely / 2, high: size.high })
}
