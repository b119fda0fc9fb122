//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3, and `node_modules/.package-lock.json`.

use super::{LockedPackage, Platform};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lock {
    /// Versions 2 and 3.
    packages: Option<BTreeMap<String, Entry>>,
    /// Versions 1 and 2.
    dependencies: Option<BTreeMap<String, Old>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    dev_optional: bool,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    in_bundle: bool,
    #[serde(default)]
    os: Strings,
    #[serde(default)]
    cpu: Strings,
    #[serde(default)]
    libc: Strings,
}

/// One string or a list of them.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Strings {
    #[default]
    None,
    One(Box<str>),
    Many(Vec<Box<str>>),
}

impl Strings {
    fn list(self) -> Vec<Box<str>> {
        match self {
            Strings::None => Vec::new(),
            Strings::One(one) => vec![one],
            Strings::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
struct Old {
    version: Option<String>,
    resolved: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    bundled: bool,
    dependencies: Option<BTreeMap<String, Old>>,
}

pub(super) fn read(text: &str) -> Option<Vec<LockedPackage>> {
    let lock: Lock = serde_json::from_str(text).ok()?;
    if let Some(packages) = lock.packages {
        return Some(packages.into_iter().filter_map(|(path, entry)| package(path, entry)).collect());
    }
    let mut found = Vec::new();
    // The depth is bounded by serde_json's own limit.
    old(lock.dependencies.unwrap_or_default(), "", &mut found);
    Some(found)
}

fn package(path: String, entry: Entry) -> Option<LockedPackage> {
    // What lies outside of node_modules is the workspace's own.
    let (_, folder_name) = path.rsplit_once("node_modules/")?;
    if entry.link {
        return None;
    }
    let name = entry.name.as_deref().unwrap_or(folder_name).into();
    Some(LockedPackage {
        name,
        version: entry.version.unwrap_or_default().into(),
        // What is both for development and optional goes only where both are left out.
        dev: entry.dev,
        optional: entry.optional || entry.dev_optional,
        platform: Platform { os: entry.os.list(), cpu: entry.cpu.list(), libc: entry.libc.list() },
        resolved: entry.resolved.is_some(),
        bundled: entry.in_bundle,
        path: Some(path.into()),
    })
}

fn old(dependencies: BTreeMap<String, Old>, above: &str, found: &mut Vec<LockedPackage>) {
    for (name, entry) in dependencies {
        let path = format!("{above}node_modules/{name}");
        let version = entry.version.unwrap_or_default();
        if version.starts_with("file:") {
            continue;
        }
        // This version lists no platforms.
        let platform = if entry.optional { Platform::of_name(&name) } else { Platform::default() };
        found.push(LockedPackage {
            name: name.into(),
            version: version.into(),
            path: Some(path.as_str().into()),
            dev: entry.dev,
            optional: entry.optional,
            platform,
            resolved: entry.resolved.is_some(),
            bundled: entry.bundled,
        });
        old(entry.dependencies.unwrap_or_default(), &format!("{path}/"), found);
    }
}
