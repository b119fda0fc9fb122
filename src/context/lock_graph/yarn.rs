//! yarn.lock, classic and berry.

use super::lines::{Line, lines, unquoted};
use super::reach::{Edges, mark};
use super::{LockedPackage, Platform};
use crate::context::PackageJson;
use std::collections::HashMap;

#[derive(Default)]
struct Entry<'t> {
    /// `name@range`, several where several ranges came to one version.
    keys: Vec<&'t str>,
    version: &'t str,
    resolved: bool,
    /// berry: `name@npm:version`
    resolution: &'t str,
    conditions: &'t str,
    soft: bool,
    /// Name, range, and whether it is optional.
    needs: Vec<(&'t str, &'t str, bool)>,
    /// berry: the names that `dependenciesMeta` calls optional.
    optional: Vec<&'t str>,
}

pub(super) fn read(text: &str, manifest: Option<&PackageJson>) -> Option<Vec<LockedPackage>> {
    let berry = text.lines().take(40).any(|line| line.starts_with("__metadata:"));
    if !berry && !text.contains("yarn lockfile v1") {
        return None;
    }
    let entries: Vec<Entry<'_>> = entries(text);
    let mut by_key: HashMap<&str, usize> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        by_key.extend(entry.keys.iter().map(|key| (*key, at)));
    }
    let find = |name: &str, range: &str| {
        let range = range.trim();
        let plain = by_key.get(&*format!("{name}@{range}"));
        plain.or_else(|| by_key.get(&*format!("{name}@npm:{range}"))).copied()
    };
    let mut edges = Edges::default();
    for entry in &entries {
        let needs = entry.needs.iter().filter_map(|(name, range, optional)| {
            Some((find(name, range)?, *optional || entry.optional.contains(name)))
        });
        edges.needs.push(needs.collect());
    }
    let all = |list: &[(String, String)], optional: bool| -> Vec<(usize, bool)> {
        list.iter().filter_map(|(name, range)| Some((find(name, range)?, optional))).collect()
    };
    if let Some(manifest) = manifest {
        edges.production = all(&manifest.dependencies, false);
        edges.production.extend(all(&manifest.optional_dependencies, true));
        edges.development = all(&manifest.dev_dependencies, false);
    }
    let mut packages: Vec<LockedPackage> = entries.iter().map(package).collect();
    mark(&mut packages, &edges);
    if !berry {
        // The classic format lists no platforms; its packages do, and only optional ones are left out.
        for package in packages.iter_mut().filter(|package| package.optional) {
            // Yarn 1 reads `os` and `cpu` only.
            package.platform = Platform { libc: Vec::new(), ..Platform::of_name(&package.name) };
        }
    }
    let outside = |entry: &Entry<'_>| {
        entry.soft
            || entry.resolution.contains("@workspace:")
            || entry.keys.iter().all(|k| *k == "__metadata")
    };
    let kept = packages.into_iter().zip(&entries).filter(|(_, entry)| !outside(entry));
    Some(kept.map(|(package, _)| package).collect())
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut section = "";
    let mut meta = "";
    for Line { indent, key, value } in lines(text) {
        if indent == 0 {
            entries.push(Entry { keys: key.split(", ").map(unquoted).collect(), ..Entry::default() });
            continue;
        }
        let Some(entry) = entries.last_mut() else { continue };
        match (indent, key, section) {
            (2, "version", _) => entry.version = value,
            (2, "resolved", _) => entry.resolved = true,
            (2, "resolution", _) => (entry.resolution, entry.resolved) = (value, true),
            (2, "conditions", _) => entry.conditions = value,
            (2, "linkType", _) => entry.soft = value == "soft",
            (2, _, _) => section = key,
            (4, name, "dependencies") => entry.needs.push((name, value, false)),
            (4, name, "optionalDependencies") => entry.needs.push((name, value, true)),
            (4, name, "dependenciesMeta") => meta = name,
            (_, "optional", "dependenciesMeta") if value == "true" => entry.optional.push(meta),
            _ => {}
        }
    }
    entries
}

fn package(entry: &Entry<'_>) -> LockedPackage {
    let key = if entry.resolution.is_empty() {
        entry.keys.first().copied().unwrap_or_default()
    } else {
        entry.resolution
    };
    let (mut name, range) = split_name(key);
    // `alias@npm:real@^1`
    if let Some((real, _)) = range.strip_prefix("npm:").map(split_name).filter(|(_, range)| !range.is_empty())
    {
        name = real;
    }
    LockedPackage {
        name: name.into(),
        version: entry.version.into(),
        platform: conditions(entry.conditions),
        resolved: entry.resolved,
        ..LockedPackage::default()
    }
}

/// `name@range`, where the name may begin with `@`.
fn split_name(key: &str) -> (&str, &str) {
    match key.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => (&key[..at], &key[at + 1..]),
        None => (key, ""),
    }
}

/// `os=linux & cpu=x64 & libc=glibc`, of several `(os=a | os=b)`.
fn conditions(text: &str) -> Platform {
    let mut platform = Platform::default();
    for word in text.split(['&', '|', '(', ')']) {
        if let Some((name, value)) = word.trim().split_once('=') {
            match name {
                "os" => platform.os.push(value.into()),
                "cpu" => platform.cpu.push(value.into()),
                "libc" => platform.libc.push(value.into()),
                _ => {}
            }
        }
    }
    platform
}
