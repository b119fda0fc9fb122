//! What `next build` leaves where there is no build on disk, by the version of Next.js and by the router.
//!
//! Source: builds of small apps on linux/amd64, November 2026: of Next.js 14.2, 15.5, 16.0 and 16.4 with the
//! App Router, and of 14.2 with the Pages Router, one to three of each. What an app's own code makes of it
//! isn't in them: the upper ends leave room for a large app and aren't measured. The ranges are too wide to
//! be told of a step, but small in the sum of an image.

use super::modules::{self, Modules};
use crate::catalog::{Bytes, Independent, npm};
use crate::context::lock_graph::Target;
use crate::context::{Project, View};
use crate::layers::{Basis, Size};

/// `.next/server`, manifests and the like: 0.1 MB to 4.3 MB, of small apps.
pub(super) const BUILD: Bytes = Bytes { low: 100_000, likely: 4_000_000, high: 60_000_000 };

/// `.next/static`: 0.45 MB to 1.2 MB, of small apps.
pub(super) const STATICS: Bytes = Bytes { low: 300_000, likely: 1_000_000, high: 10_000_000 };

/// `.next/cache`. webpack's holds what it compiled of Next.js too (14 MB with the Pages Router, 39 MB with
/// the App Router in 14.2, 66 MB in 15.5), Turbopack's in 16.4 is 22 MB to 25 MB, and in 16.0 there is none.
pub(super) fn cache(view: &View, project: &Project) -> Bytes {
    let (low, likely, high) = match (major(project), uses_app_router(view, project)) {
        (0, _) => (0, 23_000_000, 250_000_000),
        (..=14, true) => (1_000_000, 40_000_000, 200_000_000),
        (15, true) => (1_000_000, 60_000_000, 250_000_000),
        (16.., _) => (0, 23_000_000, 150_000_000),
        (_, false) => (1_000_000, 15_000_000, 100_000_000),
    };
    Bytes { low, likely, high }
}

/// `.next/standalone` by the lockfile, or by package.json; None where nothing tells it.
pub(super) fn standalone(view: &View, project: &Project, target: Target<'_>) -> Option<Size> {
    let modules = Modules { project: project.folder.clone(), production: true };
    let app = uses_app_router(view, project);
    let mut parts = vec![server(major(project), app)];
    let rest = match project.lock_graph() {
        Some(_) => modules::beyond(view, &modules, target, is_of_next).map(|size| size.bytes()),
        None => Some(beyond_package_json(project)?),
    };
    // The App Router bundles what the server needs but for some packages that can't be; the Pages Router
    // takes all from node_modules, though not every file.
    parts.extend(rest.map(|rest| match app {
        true => Bytes { low: 0, likely: rest.likely / 50, high: rest.high / 3 },
        false => Bytes { low: 0, likely: rest.likely / 4, high: rest.high },
    }));
    // The pictures' library is traced whole where it is installed.
    if project.lock_graph().is_some() {
        let of_sharp = ["sharp", "@img"].map(|name| modules::within(view, &modules, target, name));
        parts.extend(of_sharp.iter().flatten().map(Size::bytes));
    } else {
        parts.extend(sharp(project, target));
    }
    Some(Size::of(parts.into_iter().collect::<Independent>().sum(), Basis::Lockfile))
}

/// Next.js's own server with React, and what of the build lies beside it, without the pictures' library.
/// With the App Router the traces held 17.6 MB in 14.2, 30.0 MB in 15.5, 16.2 MB in 16.0 and 16.4 MB in 16.4;
/// with the Pages Router 9.5 MB in 14.2; to that come 0.1 MB to 1 MB of the build's own for small apps.
fn server(major: u32, app: bool) -> Bytes {
    let (low, likely, high) = match (major, app) {
        (0, _) => (8_000_000, 18_000_000, 36_000_000),
        (..=14, true) => (14_000_000, 18_000_000, 24_000_000),
        (15, true) => (16_000_000, 29_000_000, 36_000_000),
        (16.., true) => (14_000_000, 17_000_000, 24_000_000),
        (..=14, false) => (8_000_000, 10_500_000, 18_000_000),
        (_, false) => (8_000_000, 14_000_000, 30_000_000),
    };
    Bytes { low, likely, high }
}

/// 0 where the version isn't known.
fn major(project: &Project) -> u32 {
    project.next_version.as_ref().map_or(0, |version| version.major)
}

/// Whether pages are only in `app`: where there are some in `pages` too, its rules hold for them.
fn uses_app_router(view: &View, project: &Project) -> bool {
    let start = if project.folder.is_empty() { String::new() } else { format!("{}/", project.folder) };
    let has = |folder: &str| {
        view.files.iter().any(|file| {
            let path = file.path.strip_prefix(&*start);
            path.is_some_and(|path| path.strip_prefix("src/").unwrap_or(path).starts_with(folder))
        })
    };
    has("app/") && !has("pages/")
}

/// What a server can need beyond Next.js by package.json alone; None where a table doesn't know a package,
/// since nothing tells then what that one needs, and where the version of Next.js isn't known.
fn beyond_package_json(project: &Project) -> Option<Bytes> {
    project.next_version.as_ref()?;
    let others = project.package()?.dependencies.iter().filter(|(name, _)| !is_of_next(name));
    let known = others.map(|(name, range)| {
        let size = npm::package(name, Some(range))?;
        Some(Bytes { low: 0, likely: size.likely, high: size.high })
    });
    known.sum()
}

/// `sharp` with its programs, by package.json alone: a dependency of Next.js's own from version 15 on.
///
/// Source: Next.js's optionalDependencies; the packages' own, of which `@img/sharp-wasm32` names no
/// processor in 0.35, so that it is installed everywhere, and does in 0.34.
fn sharp(project: &Project, target: Target<'_>) -> Vec<Bytes> {
    let major = major(project);
    let asked = project.package().is_some_and(|package| package.dependency("sharp").is_some());
    if major < 15 && !asked {
        return Vec::new();
    }
    // From version to version libvips grows or shrinks.
    let programs = npm::platform_packages("sharp", target.libc == Some("musl")).iter();
    let everywhere = npm::package("@img/sharp-wasm32", None).map(|size| Bytes {
        low: 0,
        likely: if major < 16 { 0 } else { size.likely },
        high: size.high,
    });
    npm::package("sharp", None)
        .into_iter()
        .chain(programs.filter_map(|name| npm::package(name, None)))
        .chain(everywhere)
        .collect()
}

/// Whether a package comes with Next.js and React, or is reckoned apart.
fn is_of_next(name: &str) -> bool {
    let own = ["next", "react", "react-dom", "sharp", "styled-jsx", "caniuse-lite", "postcss", "client-only"];
    own.contains(&name)
        || ["@next/", "@img/", "@swc/", "@types/", "@emnapi/", "@babel/"]
            .iter()
            .any(|start| name.starts_with(start))
}
