//! What builds write: Next.js into `.next`, others into their folders.

use super::base::Ground;
use super::contents::Contents;
use super::next as guess;
use super::{Part, What};
use crate::catalog::{Bytes, npm};
use crate::context::next_config::Output;
use crate::context::{NextBuild, Project, View};
use crate::layers::{Basis, Size};
use crate::model::resolve;

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
    let reckoned = guess::guess(view, project, sources(view, project));
    let rest = size(built.map(|build| build.rest), reckoned.rest);
    let statics = size(built.map(|build| build.statics), reckoned.statics);
    put(What::NextBuild { on_disk }, root.clone(), Some(rest));
    put(What::NextBuild { on_disk }, resolve(&root, "static"), Some(statics));
    if cache {
        let size = match built {
            Some(build) => again(build.cache, 30),
            None => Size::of(reckoned.cache, Basis::Table),
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
        let size = size(out, reckoned.statics);
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
    guess::standalone(view, project, sources(view, project), ground.target())
}

/// What a build wrote the last time, and will but for so many per cent.
fn again(bytes: u64, per_cent: u64) -> Size {
    Size::of(Bytes::about(bytes, per_cent), Basis::Measured)
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
