//! node_modules: what a package manager installs, by what lies on disk and by the lockfile.

mod manifest;

use crate::catalog::{Bytes, Independent, npm};
use crate::context::lock_graph::{LockGraph, LockedPackage, Platform, Target};
use crate::context::{Installed, InstalledPackage, Project, View};
use crate::layers::{Basis, Size};
use std::collections::{HashMap, HashSet};

/// Which node_modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Modules {
    /// The project's folder in the build context.
    pub project: String,
    pub production: bool,
}

/// What an install comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub size: Size,
    /// The archives that it downloads, packed.
    pub packed: Size,
    pub packages: usize,
    /// Whether a lockfile or the folder on disk says which packages there are; else package.json does.
    pub locked: bool,
    /// How many of them were measured on disk.
    pub on_disk: usize,
    /// The packages whose place in the registry the lockfile doesn't say, those of other platforms too;
    /// by name.
    pub unresolved: Documents,
}

/// What npm asks of the registry about packages before it downloads them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Documents {
    pub count: u64,
    /// There may be a lockfile that says where the archives are, so that none is asked for.
    pub unsure: bool,
    /// The documents that are known to be large, in bytes.
    pub large: u64,
}

/// The mean of a package's own files, of those 1,288 of 6,230 packages in eight npm trees that a catalog made
/// of the other seven doesn't know (`scripts/catalog/npm --held-out`, November 2026); and their standard
/// deviation. The means of the single trees lie between 190 kB and 1.2 MB.
const MEAN: u64 = 350_000;
const DEVIATION: u64 = 1_800_000;

/// Packed to unpacked bytes over the catalog's 92 packages: 78 of plain code (a tenth of them below 0.15,
/// a tenth above 0.29), and 14 of binaries for one platform.
const PACKED_CODE: [u64; 3] = [15, 22, 29];
const PACKED_BINARY: [u64; 3] = [35, 39, 44];

/// Documents that list a package's versions and are larger than others by far, as npm's registry served
/// them whole in November 2026.
const LARGE_DOCUMENTS: [(&str, u64); 5] = [
    ("next", 21_000_000),
    ("typescript", 10_500_000),
    ("@types/node", 9_400_000),
    ("react-dom", 7_000_000),
    ("react", 4_100_000),
];

/// What installing `modules` adds; or why it isn't known.
pub(super) fn weigh(view: &View, modules: &Modules, target: Target<'_>) -> Result<Weighed, &'static str> {
    let project = view.project_at(&modules.project).ok_or("there is no package.json")?;
    let installed = Trees::of(view, project);
    let Some(graph) = project.lock_graph() else {
        return without_lockfile(&installed, project, modules, target);
    };
    let mut sum = Sum::default();
    for package in graph.packages.iter().filter(|package| is_installed(package, modules, target)) {
        sum.add(package, &installed);
    }
    let mut weighed = sum.weighed(&installed);
    weighed.unresolved = documents(graph, modules);
    Ok(weighed)
}

/// The part of a node_modules below `path`, which is relative to it: of one package and what lies in it.
pub(super) fn within(view: &View, modules: &Modules, target: Target<'_>, path: &str) -> Option<Size> {
    let project = view.project_at(&modules.project)?;
    let installed = Trees::of(view, project);
    let graph = project.lock_graph()?;
    let start = format!("node_modules/{path}");
    let lies_in = |place: &str| {
        place.strip_prefix(&*start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut sum = Sum::default();
    for package in &graph.packages {
        let place =
            package.path.as_deref().map_or_else(|| format!("node_modules/{}", package.name), Into::into);
        if lies_in(&place) && is_installed(package, modules, target) {
            sum.add(package, &installed);
        }
    }
    (sum.packages > 0).then(|| sum.weighed(&Trees::default()).size)
}

/// The packages of a node_modules that `known` doesn't name.
pub(super) fn beyond(
    view: &View,
    modules: &Modules,
    target: Target<'_>,
    known: fn(&str) -> bool,
) -> Option<Size> {
    let project = view.project_at(&modules.project)?;
    let installed = Trees::of(view, project);
    let graph = project.lock_graph()?;
    let mut sum = Sum::default();
    for package in graph.packages.iter().filter(|package| !known(&package.name)) {
        if is_installed(package, modules, target) {
            sum.add(package, &installed);
        }
    }
    (sum.packages > 0).then(|| sum.weighed(&Trees::default()).size)
}

/// The packages of a lockfile that aren't installed, their files and their archives: those of other platforms
/// and, for production, the development ones. Without a lockfile those of other platforms, about.
pub(super) fn left_out(view: &View, modules: &Modules, target: Target<'_>) -> Option<(Bytes, Bytes)> {
    let project = view.project_at(&modules.project)?;
    let Some(graph) = project.lock_graph() else {
        let package = project.package()?;
        return Some(manifest::other_platforms(package, modules.production, target));
    };
    let installed = Trees::of(view, project);
    // What no table has weighs about what the same package for a platform that is in it does.
    let listed = |package: &LockedPackage| npm::package(&package.name, Some(&package.version));
    let stems: HashMap<String, Bytes> =
        graph.packages.iter().filter_map(|package| Some((stem(&package.name)?, listed(package)?))).collect();
    let mut sum = Sum::default();
    for package in graph.packages.iter().filter(|package| !is_installed(package, modules, target)) {
        let twin =
            stem(&package.name).and_then(|stem| stems.get(&stem)).filter(|_| listed(package).is_none());
        match twin.filter(|_| installed.sibling(package).is_none()) {
            Some(twin) => sum.estimate(package, twin.widened(20)),
            None => sum.add(package, &installed),
        }
    }
    let weighed = sum.weighed(&Trees::default());
    Some((weighed.size.bytes(), weighed.packed.bytes()))
}

/// Which packages of the lockfile are installed.
fn is_installed(package: &LockedPackage, modules: &Modules, target: Target<'_>) -> bool {
    !(modules.production && package.dev) && package.platform.fits(&target)
}

/// Without a lockfile the tree on disk tells it, else what package.json names.
fn without_lockfile(
    installed: &Trees<'_>,
    project: &Project,
    modules: &Modules,
    target: Target<'_>,
) -> Result<Weighed, &'static str> {
    let development = project.package().is_some_and(|package| !package.dev_dependencies.is_empty());
    if installed.trees.is_empty() || modules.production && development {
        let package = project.package().ok_or("there is no package.json")?;
        return manifest::weigh(package, modules.production, target);
    }
    let mut sum = Sum::default();
    for (_, tree) in &installed.trees {
        for package in &tree.packages {
            let locked = LockedPackage {
                name: package.name.clone(),
                version: package.version.clone(),
                platform: Platform::of_name(&package.name),
                resolved: true,
                ..LockedPackage::default()
            };
            sum.disk(&locked, package.bytes);
        }
    }
    Ok(sum.weighed(installed))
}

/// npm asks about packages of other platforms too, but not about those that it is told to leave out.
fn documents(graph: &LockGraph, modules: &Modules) -> Documents {
    let asked = |package: &&LockedPackage| {
        !(package.resolved || package.bundled || modules.production && package.dev)
    };
    let names: HashSet<&str> = graph.packages.iter().filter(asked).map(|package| &*package.name).collect();
    let large = LARGE_DOCUMENTS.iter().filter(|(name, _)| names.contains(name)).map(|(_, bytes)| bytes).sum();
    Documents { count: names.len() as u64, unsure: false, large }
}

/// What lies on disk: the project's own node_modules and those of its workspaces.
#[derive(Default)]
struct Trees<'a> {
    /// By the folder that each lies in, relative to the project's, with a trailing `/`.
    trees: Vec<(String, &'a Installed)>,
    by_path: HashMap<String, &'a InstalledPackage>,
    by_version: HashMap<(&'a str, &'a str), &'a InstalledPackage>,
    by_name: HashMap<&'a str, &'a InstalledPackage>,
    /// By the name without its platform: packages that are made for one.
    by_stem: HashMap<String, &'a InstalledPackage>,
}

impl<'a> Trees<'a> {
    fn of(view: &'a View, project: &'a Project) -> Self {
        let mut found = Self::default();
        let below = |other: &'a std::sync::Arc<Project>| {
            let other: &'a Project = other;
            let rest = match &*project.folder {
                "" => &*other.folder,
                folder => other.folder.strip_prefix(folder)?.strip_prefix('/')?,
            };
            (!rest.is_empty()).then(|| (format!("{rest}/"), other))
        };
        let workspaces = view.projects.iter().filter_map(below);
        for (folder, one) in std::iter::once((String::new(), project)).chain(workspaces) {
            let Some(installed) = one.installed.as_deref().filter(|installed| installed.complete) else {
                continue;
            };
            for package in &installed.packages {
                found.by_path.insert(format!("{folder}{}", package.path), package);
                found.by_version.insert((&package.name, &package.version), package);
                found.by_name.entry(&package.name).or_insert(package);
                if let Some(stem) = stem(&package.name) {
                    found.by_stem.entry(stem).or_insert(package);
                }
            }
            found.trees.push((folder, installed));
        }
        found
    }

    /// The bytes of a package of the lockfile.
    fn find(&self, package: &LockedPackage) -> Option<u64> {
        let placed = package.path.as_deref().and_then(|path| self.by_path.get(path));
        let found = placed
            .or_else(|| self.by_version.get(&(&*package.name, &*package.version)))
            .or_else(|| self.by_name.get(&*package.name).filter(|_| package.path.is_none()));
        found.map(|found| found.bytes)
    }

    /// The bytes of the same package for another platform.
    fn sibling(&self, package: &LockedPackage) -> Option<&'a InstalledPackage> {
        self.by_stem.get(&stem(&package.name)?).copied()
    }
}

/// The name of a platform's package without the platform; None of other packages.
fn stem(name: &str) -> Option<String> {
    if Platform::of_name(name).is_any() {
        return None;
    }
    const PLATFORM: [&str; 26] = [
        "linux",
        "linuxmusl",
        "darwin",
        "win32",
        "windows",
        "android",
        "freebsd",
        "openbsd",
        "netbsd",
        "sunos",
        "aix",
        "x64",
        "arm64",
        "arm",
        "ia32",
        "riscv64",
        "ppc64",
        "ppc64le",
        "s390x",
        "loong64",
        "64",
        "gnu",
        "musl",
        "msvc",
        "gnueabihf",
        "musleabihf",
    ];
    let parts: Vec<&str> = name.split(['-', '.']).filter(|part| !PLATFORM.contains(part)).collect();
    // `@esbuild/linux-x64`: the scope is what stays of it.
    let parts = parts.join("-");
    Some(parts.split_once("/linux").map_or(parts.clone(), |(scope, _)| format!("{scope}/")))
}

/// Adds packages up.
#[derive(Default)]
struct Sum {
    packages: usize,
    on_disk: usize,
    measured: u64,
    /// Those that a table knows: each version is off from the table's in its own way.
    known: Independent,
    /// How many packages nothing is known of but that they are there.
    plain: u64,
    packed: Bytes,
}

impl Sum {
    fn add(&mut self, package: &LockedPackage, installed: &Trees<'_>) {
        if let Some(bytes) = installed.find(package) {
            self.disk(package, bytes);
            return;
        }
        let for_any = package.platform.is_any();
        // What lies in another's archive is counted there; what is optional and isn't there couldn't be
        // built here.
        if package.bundled || package.optional && for_any && !installed.trees.is_empty() {
            return;
        }
        self.packages += 1;
        let listed =
            npm::package(&package.name, Some(&package.version).filter(|v| !v.is_empty()).map(|v| &**v));
        let bytes = match installed.sibling(package).filter(|_| !for_any) {
            Some(sibling) => Some(by_sibling(package, sibling, listed)),
            None => listed,
        };
        match bytes {
            Some(bytes) => self.weigh(package, bytes),
            None => self.plain += 1,
        }
    }

    /// Adds a package that isn't on disk.
    fn estimate(&mut self, package: &LockedPackage, bytes: Bytes) {
        self.packages += 1;
        self.weigh(package, bytes);
    }

    fn weigh(&mut self, package: &LockedPackage, bytes: Bytes) {
        self.known.add(bytes);
        self.pack(package, bytes);
    }

    fn disk(&mut self, package: &LockedPackage, bytes: u64) {
        self.packages += 1;
        self.on_disk += 1;
        self.measured = self.measured.saturating_add(bytes);
        self.pack(package, Bytes::exact(bytes));
    }

    fn pack(&mut self, package: &LockedPackage, bytes: Bytes) {
        let ratio = if package.platform.is_any() { PACKED_CODE } else { PACKED_BINARY };
        self.packed = self.packed + packed(bytes, ratio);
    }

    fn weighed(self, installed: &Trees<'_>) -> Weighed {
        let plain = plain(self.plain);
        let other = installed.trees.iter().map(|(_, tree)| tree.other).fold(0, u64::saturating_add);
        let estimated: Independent = [self.known.sum(), plain].into_iter().collect();
        let bytes = Bytes::exact(self.measured.saturating_add(other)) + estimated.sum();
        // Another machine's install of the same packages differs a little: file modes, install scripts; and
        // more so where none was seen, in what optional packages it takes.
        let bytes = bytes.widened(if self.on_disk > 0 { 2 } else { 5 });
        let basis = if self.on_disk == self.packages { Basis::Measured } else { Basis::Lockfile };
        let packed = self.packed + packed(plain, PACKED_CODE);
        Weighed {
            size: Size::of(bytes, basis),
            // A relation, whatever it is applied to.
            packed: Size::of(packed, Basis::Table),
            packages: self.packages,
            locked: true,
            on_disk: self.on_disk,
            unresolved: Documents::default(),
        }
    }
}

/// What a package that isn't on disk weighs, by the same for another platform that is.
fn by_sibling(package: &LockedPackage, sibling: &InstalledPackage, listed: Option<Bytes>) -> Bytes {
    let version = Some(&*package.version).filter(|version| !version.is_empty());
    let Some((own, other)) = listed.zip(npm::package(&sibling.name, version)) else {
        return Bytes::about(sibling.bytes, 20);
    };
    // As one is to the other in the table.
    let likely = u128::from(sibling.bytes) * u128::from(own.likely) / u128::from(other.likely.max(1));
    Bytes::about(u64::try_from(likely).unwrap_or(own.likely), 8)
}

/// So many packages of which nothing but their number is known: the mean, and about it twice the deviation
/// that so many independent ones have, with a third for how projects differ.
fn plain(count: u64) -> Bytes {
    let likely = count.saturating_mul(MEAN);
    let root = (count as f64).sqrt() as u64;
    let off = (2 * DEVIATION).saturating_mul(root).saturating_add(likely / 3);
    Bytes { low: likely.saturating_sub(off).max(count * 15_000).min(likely), likely, high: likely + off }
}

fn packed(bytes: Bytes, [low, likely, high]: [u64; 3]) -> Bytes {
    let share = |bytes: u64, percent: u64| bytes / 100 * percent;
    Bytes { low: share(bytes.low, low), likely: share(bytes.likely, likely), high: share(bytes.high, high) }
}
