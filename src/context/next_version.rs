use super::lockfiles::{LockKind, Lockfile, Lockfiles};
use super::package_json::PackageJson;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Which Next.js a project uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextVersion {
    pub major: u32,
    /// `None` where a range leaves it open (`15`, `15.x`).
    pub minor: Option<u32>,
    /// As written: `15.3.1`, `^14.2.0`.
    pub text: String,
    pub basis: VersionBasis,
}

/// Where a version was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionBasis {
    Lockfile(LockKind),
    /// `node_modules/next/package.json`.
    Installed,
    /// The range in package.json: the lowest version that it names.
    Range,
}

/// The version of Next.js: what the lockfile pins, else what is installed, else the range. `None` where
/// the project doesn't use Next.js, or the range names no number (`latest`, `canary`).
pub(super) fn find(
    package: Option<&PackageJson>,
    locks: &Lockfiles,
    installed: Option<&str>,
) -> Option<NextVersion> {
    let range = package.and_then(|package| package.dependency("next"));
    if package.is_some() && range.is_none() {
        return None;
    }
    let locked = locks.found.iter().find_map(|lock| {
        let text = locked(lock, range)?;
        read(&text, VersionBasis::Lockfile(lock.kind))
    });
    locked
        .or_else(|| {
            let version = PackageJson::parse(installed?).ok()?;
            read(version.raw.get("version")?.as_str()?, VersionBasis::Installed)
        })
        .or_else(|| read(range?, VersionBasis::Range))
}

fn read(text: &str, basis: VersionBasis) -> Option<NextVersion> {
    // `npm:next@15`, `^15.1.0`, `>=14 <16`, `14.2.3(react@18)`: the first number that a version can begin with.
    let body = text.rsplit_once('@').map_or(text, |(_, version)| version);
    if body.contains("://") || body.contains(':') && !body.starts_with("npm:") {
        return None;
    }
    let start = body.find(|c: char| c.is_ascii_digit())?;
    if body[..start].chars().any(|c| c.is_ascii_alphabetic() && c != 'v') {
        return None;
    }
    let mut parts = body[start..].split('.');
    let number = |part: Option<&str>| {
        let part = part?;
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse().ok()
    };
    let major = number(parts.next())?;
    Some(NextVersion { major, minor: number(parts.next()), text: text.to_string(), basis })
}

/// The version of `next` in a lockfile.
fn locked(lock: &Lockfile, range: Option<&str>) -> Option<String> {
    let text = lock.text.as_deref()?;
    match lock.kind {
        LockKind::Npm | LockKind::NpmShrinkwrap => {
            let lock: NpmLock = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
            lock.packages.0.or(lock.dependencies.0)
        }
        LockKind::Yarn => yarn(text, range),
        LockKind::Pnpm => pnpm(text),
        LockKind::Bun => {
            // `"next": ["next@15.1.0", …`
            let at = text.find("\"next\": [\"next@")?;
            let version = text[at..].split('"').nth(3)?;
            Some(version.strip_prefix("next@")?.to_string())
        }
        LockKind::BunBinary => None,
    }
}

/// `next@^14.0.0:` or `"next@npm:^14.0.0":`, then `version "14.2.3"` or `version: 14.2.3`.
fn yarn(text: &str, range: Option<&str>) -> Option<String> {
    let mut first = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(keys) = line.strip_suffix(':').filter(|_| !line.starts_with([' ', '#'])) else { continue };
        let mut ranges = keys.split(", ").filter_map(|key| key.trim_matches('"').strip_prefix("next@"));
        let Some(one) = ranges.next() else { continue };
        let wanted = |own: &str| range.is_some_and(|range| own.strip_prefix("npm:").unwrap_or(own) == range);
        let is_wanted = wanted(one) || ranges.any(wanted);
        let version = lines.by_ref().take(3).find_map(|line| line.trim_start().strip_prefix("version"));
        let version = version.map(|v| v.trim_matches(|c| matches!(c, ' ' | ':' | '"')).to_string());
        if is_wanted && version.is_some() {
            return version;
        }
        first = first.or(version);
    }
    first
}

/// Under `importers:` or at the top, `next:` with `version: 14.2.3(react@…)` below it, or in old files
/// `next: 14.2.3`; else a package's key, `next@14.2.3:` or `/next/14.2.3:`.
fn pnpm(text: &str) -> Option<String> {
    let plain = |version: &str| {
        let version = version.trim().trim_matches(|c| c == '\'' || c == '"');
        let version = version.split(['(', '_']).next().unwrap_or(version);
        version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_string())
    };
    let mut lines = text.lines();
    let mut key = None;
    while let Some(line) = lines.next() {
        let body = line.trim_start().trim_matches('\'');
        if let Some(rest) = body.strip_prefix("next:") {
            let below = || lines.clone().take(2).find_map(|line| line.trim_start().strip_prefix("version:"));
            if let Some(version) = plain(rest).or_else(|| below().and_then(plain)) {
                return Some(version);
            }
        } else if key.is_none()
            && let Some(rest) =
                ["next@", "/next@", "/next/"].iter().find_map(|start| body.strip_prefix(start))
        {
            key = plain(rest.trim_end_matches(':').trim_end_matches('\''));
        }
    }
    key
}

#[derive(Deserialize)]
struct NpmLock {
    #[serde(default)]
    packages: NextIn<true>,
    /// Version 1 of the format.
    #[serde(default)]
    dependencies: NextIn<false>,
}

/// The version of one entry of a large map, the rest passed over.
#[derive(Default)]
struct NextIn<const PACKAGES: bool>(Option<String>);

impl<'de, const PACKAGES: bool> Deserialize<'de> for NextIn<PACKAGES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NextVisitor::<PACKAGES>)
    }
}

struct NextVisitor<const PACKAGES: bool>;

impl<'de, const PACKAGES: bool> Visitor<'de> for NextVisitor<PACKAGES> {
    type Value = NextIn<PACKAGES>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of packages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        struct Package {
            version: Option<String>,
        }
        let wanted = if PACKAGES { "node_modules/next" } else { "next" };
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == wanted {
                found = map.next_value::<Package>()?.version;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(NextIn(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(
        range: &str,
        lock: Option<(LockKind, &str)>,
        installed: Option<&str>,
    ) -> Option<(u32, Option<u32>, VersionBasis)> {
        let package = PackageJson::parse(&format!("{{\"dependencies\":{{\"next\":\"{range}\"}}}}")).unwrap();
        let found = lock.map(|(kind, text)| Lockfile {
            kind,
            path: kind.file_name().into(),
            text: Some(text.into()),
        });
        let locks = Lockfiles { found: found.into_iter().collect(), yarnrc: None };
        find(Some(&package), &locks, installed).map(|v| (v.major, v.minor, v.basis))
    }

    #[test]
    fn the_lockfile_wins_over_what_is_installed_and_that_over_the_range() {
        let npm = r#"{"lockfileVersion":3,"packages":{"":{"name":"x"},"node_modules/a":{"version":"1.0.0"},"node_modules/next":{"version":"15.3.1","x":[1]}}}"#;
        let installed = r#"{"name":"next","version":"14.1.0"}"#;
        let locked = |kind| VersionBasis::Lockfile(kind);
        assert_eq!(
            version("^13", Some((LockKind::Npm, npm)), Some(installed)),
            Some((15, Some(3), locked(LockKind::Npm)))
        );
        assert_eq!(version("^13", None, Some(installed)), Some((14, Some(1), VersionBasis::Installed)));
        assert_eq!(version("^13", None, None), Some((13, None, VersionBasis::Range)));
        assert_eq!(
            version("^13", Some((LockKind::Npm, "{broken")), None),
            Some((13, None, VersionBasis::Range))
        );
        let old = r#"{"lockfileVersion":1,"dependencies":{"next":{"version":"12.3.4"}}}"#;
        assert_eq!(
            version("*", Some((LockKind::Npm, old)), None),
            Some((12, Some(3), locked(LockKind::Npm)))
        );
    }

    #[test]
    fn every_manager_s_lockfile_tells_the_version() {
        let classic = "# yarn lockfile v1\n\n\nnext@13:\n  version \"13.0.0\"\n\n\"next@^14.0.0\", next@^14.1.0:\n  version \"14.2.3\"\n  resolved \"x\"\n";
        let berry = "__metadata:\n  version: 8\n\n\"next@npm:^14.0.0\":\n  version: 14.2.4\n  resolution: \"next@npm:14.2.4\"\n";
        let pnpm9 = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      next:\n        specifier: ^14.0.0\n        version: 14.2.5(react@18.3.1)\n";
        let pnpm5 =
            "lockfileVersion: 5.4\nspecifiers:\n  next: ^14.0.0\ndependencies:\n  next: 14.2.6_react@18\n";
        let bun = "{\n  \"packages\": {\n    \"next\": [\"next@14.2.7\", \"\", { \"dependencies\": {} }, \"sha\"],\n  }\n}\n";
        for (kind, text) in [
            (LockKind::Yarn, classic),
            (LockKind::Yarn, berry),
            (LockKind::Pnpm, pnpm9),
            (LockKind::Pnpm, pnpm5),
            (LockKind::Bun, bun),
        ] {
            assert_eq!(
                version("^14.0.0", Some((kind, text)), None),
                Some((14, Some(2), VersionBasis::Lockfile(kind))),
                "{text}"
            );
        }
    }

    #[test]
    fn a_range_without_a_number_names_no_version() {
        for range in
            ["latest", "canary", "*", "", "workspace:*", "file:../next-15", "github:vercel/next.js#v15"]
        {
            assert_eq!(version(range, None, None), None, "{range}");
        }
        for range in ["~15.1", "npm:next@15.1.0", ">=15.1 <16", "v15.1.2", "15.1.0-canary.3"] {
            assert_eq!(version(range, None, None), Some((15, Some(1), VersionBasis::Range)), "{range}");
        }
    }
}
