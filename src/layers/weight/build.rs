//! What builds write: Next.js into `.next`, others into their folders.

use super::base::Ground;
use super::contents::Contents;
use super::modules::{self, Modules};
use super::{Part, What};
use crate::catalog::{Bytes, Independent, npm};
use crate::context::lock_graph::Target;
use crate::context::next_config::Output;
use crate::context::{NextBuild, Project, View};
use crate::layers::{Basis, Size};
use crate::model::resolve;

/// What a build of Next.js leaves where none is on disk: from a starter's few pages to a large app. The
/// ranges are too wide to be told of a step; in the sum of an image they are small.
const BUILD: Bytes = Bytes { low: 1_000_000, likely: 8_000_000, high: 60_000_000 };
const CACHE: Bytes = Bytes { low: 1_000_000, likely: 25_000_000, high: 90_000_000 };
const STATICS: Bytes = Bytes { low: 300_000, likely: 1_500_000, high: 10_000_000 };

/// Next.js's own server with React as traces list them: 14 to 17 MB in versions 14 to 16.
const SERVER: Bytes = Bytes { low: 12_000_000, likely: 16_000_000, high: 22_000_000 };

/// How much of what traces list a standalone folder holds besides, in per cent: the build's own server
/// code and manifests.
const BEYOND_TRACES: u64 = 10;

/// `next build` of `project` in `folder`, an absolute path; `cache` tells whether `.next/cache` stays.
pub(super) fn next(
    view: &View,
    project: &Project,
    folder: &str,
    cache: bool,
    ground: &Ground,
    contents: &mut Contents,
) -> Vec<Part> {
    let config = project.config().map(|config| &config.content);
    let dist = config.and_then(|config| config.dist_dir.literal()).unwrap_or(".next");
    let root = resolve(folder, dist);
    contents.remove(root.clone());
    let built = project.next_build.as_ref();
    let on_disk = built.is_some();
    // The next build writes about the same.
    let size = |bytes: Option<u64>, guess: Bytes| match bytes {
        Some(bytes) => again(bytes, 10),
        None => Size::of(guess, Basis::Table),
    };
    let mut parts = Vec::new();
    let mut put = |what, path: String, size: Option<Size>| {
        contents.put(path, size);
        parts.push(Part { what, size });
    };
    let rest = size(built.map(|build| build.rest), BUILD);
    let statics = size(built.map(|build| build.statics), STATICS);
    put(What::NextBuild { on_disk }, root.clone(), Some(rest));
    put(What::NextBuild { on_disk }, resolve(&root, "static"), Some(statics));
    if cache {
        let size = match built {
            Some(build) => again(build.cache, 30),
            None => Size::of(CACHE, Basis::Table),
        };
        put(What::NextCache { on_disk }, resolve(&root, "cache"), Some(size));
    }
    if matches!(config.map(|config| &config.output), Some(Output::Standalone { .. })) {
        let on_disk = built.is_some_and(|build| build.standalone.is_some());
        let size = standalone(view, project, built, ground);
        put(What::Standalone { on_disk }, resolve(&root, "standalone"), size);
    }
    let merged = parts.len() > 1;
    if merged {
        // `.next` and `.next/static` are one thing to the reader.
        let second = parts.remove(1);
        parts[0].size = parts[0].size.zip(second.size).map(|(a, b)| a.plus(b));
    }
    if matches!(config.map(|config| &config.output), Some(Output::Export { .. })) {
        let out = project.outputs.iter().find(|(name, _)| *name == "out").map(|(_, bytes)| *bytes);
        let on_disk = out.is_some();
        let size = size(out, STATICS);
        contents.put(resolve(folder, "out"), Some(size));
        parts.push(Part { what: What::Output { folder: "out".to_owned(), on_disk }, size: Some(size) });
    }
    parts
}

/// `.next/standalone`: as it is on disk, else by the build's traces, else by what the server can need.
/// None where nothing tells it.
pub(super) fn standalone(
    view: &View,
    project: &Project,
    built: Option<&NextBuild>,
    ground: &Ground,
) -> Option<Size> {
    if let Some(bytes) = built.and_then(|build| build.standalone) {
        return Some(again(bytes, 3));
    }
    if let Some(traced) = built.and_then(|build| build.traced) {
        let more = traced / 100 * BEYOND_TRACES;
        let bytes = Bytes { low: traced, likely: traced + more / 2, high: traced + 2 * more };
        return Some(Size::of(bytes, Basis::Measured));
    }
    let modules = Modules { project: project.folder.clone(), production: true };
    let target = ground.target();
    let mut parts = vec![SERVER];
    match modules::beyond(view, &modules, target, is_of_next) {
        Some(rest) => parts.push(Bytes { low: 0, likely: rest.likely / 4, high: rest.high }),
        None if project.lock_graph().is_some() => {}
        None => parts.push(beyond_package_json(project)?),
    }
    // The pictures' library is traced whole where it is installed.
    if project.lock_graph().is_some() {
        let of_sharp = ["sharp", "@img"].map(|name| modules::within(view, &modules, target, name));
        parts.extend(of_sharp.iter().flatten().map(Size::bytes));
    } else {
        parts.extend(sharp(project, target));
    }
    Some(Size::of(parts.into_iter().collect::<Independent>().sum(), Basis::Lockfile))
}

/// What a server can need beyond Next.js by package.json alone; None where a table doesn't know a package,
/// since nothing tells then what that one needs.
fn beyond_package_json(project: &Project) -> Option<Bytes> {
    let others = project.package()?.dependencies.iter().filter(|(name, _)| !is_of_next(name));
    let known = others.map(|(name, range)| {
        let size = npm::package(name, Some(range))?;
        Some(Bytes { low: 0, likely: size.likely / 4, high: size.high })
    });
    known.sum()
}

/// `sharp` with its programs, by package.json alone: a dependency of Next.js's own from version 15 on.
///
/// Source: Next.js's optionalDependencies; the packages' own, of which `@img/sharp-wasm32` names no
/// processor in 0.35, so that it is installed everywhere, and does in 0.34.
fn sharp(project: &Project, target: Target<'_>) -> Vec<Bytes> {
    let major = project.next_version.as_ref().map_or(0, |version| version.major);
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

/// What a build wrote the last time, and will but for so many per cent.
fn again(bytes: u64, per_cent: u64) -> Size {
    Size::of(Bytes::about(bytes, per_cent), Basis::Measured)
}

/// Whether a package comes with Next.js and React, or is reckoned apart.
fn is_of_next(name: &str) -> bool {
    let own = ["next", "react", "react-dom", "sharp", "styled-jsx", "caniuse-lite", "postcss", "client-only"];
    own.contains(&name)
        || ["@next/", "@img/", "@swc/", "@types/", "@emnapi/", "@babel/"]
            .iter()
            .any(|start| name.starts_with(start))
}

/// A folder that a build writes, by what lies there on disk. What a compiler writes (`compiled`) without
/// one being there is reckoned from the sources: types go, maps and declarations may come.
pub(super) fn output(
    view: Option<&View>,
    project: Option<&Project>,
    name: &str,
    compiled: bool,
    folder: &str,
    contents: &mut Contents,
) -> Part {
    let bytes = project.and_then(|p| p.outputs.iter().find(|(own, _)| *own == name)).map(|(_, bytes)| *bytes);
    let from_sources = || {
        let sources = sources(view.filter(|_| compiled)?, project?);
        let bytes = Bytes { low: sources / 4, likely: sources, high: sources.saturating_mul(4) };
        Some(Size::of(bytes, Basis::Table))
    };
    let on_disk = bytes.is_some();
    let size = bytes.map(|bytes| again(bytes, 10)).or_else(from_sources);
    let path = resolve(folder, name);
    contents.remove(path.clone());
    contents.put(path, size);
    Part { what: What::Output { folder: name.to_owned(), on_disk }, size }
}

/// The bytes of the sources that a compiler can take, in the build context.
fn sources(view: &View, project: &Project) -> u64 {
    let start = if project.folder.is_empty() { String::new() } else { format!("{}/", project.folder) };
    let is_source = |path: &str| {
        path.starts_with(&start)
            && !path.contains("node_modules/")
            && [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx"].iter().any(|end| path.ends_with(end))
    };
    view.files.iter().filter(|file| is_source(&file.path)).map(|file| file.size).sum()
}

/// Packages that are installed by name for the whole system.
pub(super) fn global(names: &[Option<String>]) -> Part {
    let known: Option<Vec<Bytes>> = names
        .iter()
        .map(|name| npm::package(name.as_deref()?, None).filter(|_| is_alone(name.as_deref())))
        .collect();
    let size = known.map(|sizes| Size::of(sizes.into_iter().sum::<Bytes>().widened(30), Basis::Table));
    Part { what: What::NodePackages { names: names.iter().flatten().cloned().collect() }, size }
}

/// Whether a package brings everything with it, so that its own size is that of its install.
fn is_alone(name: Option<&str>) -> bool {
    matches!(name, Some("npm" | "pnpm" | "yarn" | "corepack" | "typescript" | "prettier"))
}
