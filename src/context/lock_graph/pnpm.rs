//! pnpm-lock.yaml, versions 5 to 9.

use super::lines::{Line, items, lines, unquoted};
use super::reach::{Edges, mark};
use super::{LockedPackage, Platform};
use std::collections::HashMap;

/// One key of `packages:` or `snapshots:`.
#[derive(Default)]
struct Entry<'t> {
    key: &'t str,
    package: LockedPackage,
    needs: Vec<(&'t str, &'t str, bool)>,
}

#[derive(Default)]
struct Lock<'t> {
    packages: Vec<Entry<'t>>,
    snapshots: Vec<Entry<'t>>,
    /// Name, version and section of what the projects themselves need.
    roots: Vec<(&'t str, &'t str, &'t str)>,
}

pub(super) fn read(text: &str) -> Option<Vec<LockedPackage>> {
    let version = text.lines().find_map(|line| line.strip_prefix("lockfileVersion:"))?;
    let major: u32 = unquoted(version).split('.').next()?.parse().ok()?;
    let lock = parse(text, major);
    let mut packages: Vec<LockedPackage> = Vec::new();
    let mut numbers: HashMap<(Box<str>, Box<str>), usize> = HashMap::new();
    for entry in &lock.packages {
        let key = (entry.package.name.clone(), entry.package.version.clone());
        match numbers.get(&key) {
            // The same package beside other peers: hard links to the same files.
            Some(&at) => {
                packages[at].dev &= entry.package.dev;
                packages[at].optional &= entry.package.optional;
            }
            None => {
                numbers.insert(key, packages.len());
                packages.push(entry.package.clone());
            }
        }
    }
    if !lock.snapshots.is_empty() {
        // Since version 9 no flag tells what is for development.
        let number = |entry: &Entry<'_>| {
            numbers.get(&(entry.package.name.clone(), entry.package.version.clone())).copied()
        };
        let keys: HashMap<&str, usize> =
            lock.snapshots.iter().filter_map(|entry| Some((entry.key, number(entry)?))).collect();
        let find = |name: &str, version: &str| {
            keys.get(&*format!("{name}@{version}")).or_else(|| keys.get(version)).copied()
        };
        let mut edges = Edges { needs: vec![Vec::new(); packages.len()], ..Edges::default() };
        for entry in &lock.snapshots {
            let Some(from) = number(entry) else { continue };
            let needs =
                entry.needs.iter().filter_map(|(name, v, optional)| Some((find(name, v)?, *optional)));
            edges.needs[from].extend(needs);
        }
        for (name, version, section) in &lock.roots {
            let Some(to) = find(name, version) else { continue };
            match *section {
                "devDependencies" => edges.development.push((to, false)),
                section => edges.production.push((to, section == "optionalDependencies")),
            }
        }
        mark(&mut packages, &edges);
    }
    Some(packages)
}

fn parse(text: &str, major: u32) -> Lock<'_> {
    let mut lock = Lock::default();
    let (mut top, mut section, mut root, mut list) = ("", "", "", "");
    // Where the sections of a project stand: below its folder, or at the top of a lockfile without any.
    for Line { indent, key, value } in lines(text) {
        if indent == 0 {
            (top, section) = (key, key);
            continue;
        }
        match top {
            "importers" => match indent {
                2 => {}
                4 => section = key,
                6 if value.is_empty() => root = key,
                6 => lock.roots.push((key, value, section)),
                _ if key == "version" => lock.roots.push((root, value, section)),
                _ => {}
            },
            "dependencies" | "devDependencies" | "optionalDependencies" => match indent {
                2 if value.is_empty() => root = key,
                2 => lock.roots.push((key, value, top)),
                _ if key == "version" => lock.roots.push((root, value, top)),
                _ => {}
            },
            "packages" | "snapshots" => {
                let entries = if top == "packages" { &mut lock.packages } else { &mut lock.snapshots };
                if indent == 2 {
                    (section, list) = ("", "");
                    let (name, version) = name_and_version(key, major);
                    let package = LockedPackage {
                        name: name.into(),
                        version: version.into(),
                        resolved: true,
                        ..LockedPackage::default()
                    };
                    entries.push(Entry { key, package, needs: Vec::new() });
                } else if let Some(entry) = entries.last_mut() {
                    let package = &mut entry.package;
                    match (indent, key) {
                        (4, "dev") => package.dev = value == "true",
                        (4, "optional") => package.optional = value == "true",
                        (4, "os" | "cpu" | "libc") => {
                            list = key;
                            *field(&mut package.platform, key) = items(value);
                        }
                        (4, _) => (section, list) = (key, ""),
                        (_, "-") if !list.is_empty() => field(&mut package.platform, list).push(value.into()),
                        (6, name) if section == "dependencies" => entry.needs.push((name, value, false)),
                        (6, name) if section == "optionalDependencies" => {
                            entry.needs.push((name, value, true));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    lock
}

fn field<'p>(platform: &'p mut Platform, name: &str) -> &'p mut Vec<Box<str>> {
    match name {
        "os" => &mut platform.os,
        "cpu" => &mut platform.cpu,
        _ => &mut platform.libc,
    }
}

/// `/name/1.2.3_peer@4` up to version 5, `/name@1.2.3(peer@4)` in 6, `name@1.2.3(peer@4)` since 9.
fn name_and_version(key: &str, major: u32) -> (&str, &str) {
    let key = key.trim_start_matches('/');
    let key = key.split('(').next().unwrap_or(key);
    if major < 6 {
        let (name, version) = key.rsplit_once('/').unwrap_or((key, ""));
        return (name, version.split('_').next().unwrap_or(version));
    }
    match key.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) => (&key[..at], &key[at + 1..]),
        None => (key, ""),
    }
}
