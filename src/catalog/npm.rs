//! The unpacked sizes of npm packages, for trees that aren't on disk, and what comes along with those that
//! projects name.
//!
//! Source: the packages of `data/npm.tsv` and `data/npm-trees.tsv`, whose heads name the day, as
//! `scripts/catalog/npm` measured them in projects of many kinds.

use super::Bytes;
use super::table::Table;

const NPM_TEXT: &str = include_str!("data/npm.tsv");
static NPM: Table = Table::new(NPM_TEXT);
const TREES_TEXT: &str = include_str!("data/npm-trees.tsv");
static TREES: Table = Table::new(TREES_TEXT);

/// The files of one package, without its dependencies. `version` may be a range (`^15.0.0`, `~5.9`): the
/// figure of the same version is taken, else that of the same major one with a wider range, else that of
/// the nearest with a range of a factor of two. `None` where the package isn't in the table.
///
/// Packages that bring their programs by platform (`next`, `esbuild`, `sharp`, …) weigh little themselves:
/// see [`platform_packages`].
pub fn package(name: &str, version: Option<&str>) -> Option<Bytes> {
    let mut rows = NPM.rows_of(name).filter_map(|row| match row[..] {
        [_, known, size, _] => Some((known, size.parse::<u64>().ok()?.saturating_mul(1000))),
        _ => None,
    });
    let newest = rows.next()?;
    let Some(version) = version.map(bare).filter(|it| it.starts_with(|c: char| c.is_ascii_digit())) else {
        return Some(Bytes::about(newest.1, NEAR));
    };
    let all: Vec<(&str, u64)> = std::iter::once(newest).chain(rows).collect();
    if let Some((_, size)) = all.iter().find(|(known, _)| *known == version) {
        return Some(Bytes::exact(*size));
    }
    let (known, size) = all.iter().min_by_key(|(known, _)| distance(known, version))?;
    Some(if major(known) == major(version) {
        Bytes::about(*size, NEAR)
    } else {
        Bytes { low: size / 2, likely: *size, high: size.saturating_mul(2) }
    })
}

/// What npm installs for a package that a project names, itself apart, on linux/amd64 with glibc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// How many packages, itself included.
    pub packages: u64,
    /// The bytes of those that are too light to be named.
    pub light: u64,
    /// The others, each with the version that goes with it, as far as sizes hang on it.
    pub heavy: Vec<(&'static str, &'static str)>,
    /// Of the version that was asked for, or of the nearest one.
    pub near: bool,
}

/// What comes along with the package `name`. `version` as in [`package`]; None where nobody looked.
pub fn tree(name: &str, version: Option<&str>) -> Option<Tree> {
    let rows: Vec<Vec<&str>> = TREES.rows_of(name).collect();
    let version = version.map(bare).filter(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    let row = match version {
        // The newest stands first.
        None => rows.first(),
        Some(version) => rows.iter().min_by_key(|row| row.get(1).map(|known| distance(known, version))),
    }?;
    let [_, known, light, packages, ref heavy @ ..] = row[..] else { return None };
    let heavy = heavy.first().into_iter().flat_map(|names| names.split(' '));
    Some(Tree {
        packages: packages.parse().ok()?,
        light: light.parse::<u64>().ok()?.saturating_mul(1000),
        heavy: heavy.filter_map(|it| it.rsplit_once('@')).collect(),
        near: version.is_none_or(|version| major(known) == major(version)),
    })
}

/// The packages with native programs that come along with a package on linux/amd64: those for glibc, or
/// those for musl. Source: the packages' own optionalDependencies.
pub fn platform_packages(name: &str, musl: bool) -> &'static [&'static str] {
    match (name, musl) {
        ("next", false) => &["@next/swc-linux-x64-gnu"],
        ("next", true) => &["@next/swc-linux-x64-musl"],
        ("sharp", false) => &["@img/sharp-linux-x64", "@img/sharp-libvips-linux-x64"],
        ("sharp", true) => &["@img/sharp-linuxmusl-x64", "@img/sharp-libvips-linuxmusl-x64"],
        ("@tailwindcss/oxide", false) => &["@tailwindcss/oxide-linux-x64-gnu"],
        ("@tailwindcss/oxide", true) => &["@tailwindcss/oxide-linux-x64-musl"],
        ("lightningcss", false) => &["lightningcss-linux-x64-gnu"],
        ("lightningcss", true) => &["lightningcss-linux-x64-musl"],
        ("esbuild", _) => &["@esbuild/linux-x64"],
        ("rollup", false) => &["@rollup/rollup-linux-x64-gnu"],
        ("@swc/core", false) => &["@swc/core-linux-x64-gnu"],
        ("@sentry/cli", _) => &["@sentry/cli-linux-x64"],
        ("turbo", _) => &["turbo-linux-64"],
        _ => &[],
    }
}

/// In per cent: how far versions of one major version lie apart.
const NEAR: u64 = 30;

fn bare(version: &str) -> &str {
    version.trim_start_matches(['^', '~', '=', 'v', '>', '<', ' '])
}

fn major(version: &str) -> u64 {
    version.split('.').next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// How far versions lie apart, the major number first.
fn distance(one: &str, other: &str) -> (u64, u64) {
    let minor = |version: &str| version.split('.').nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    (major(one).abs_diff(major(other)), minor(one).abs_diff(minor(other)))
}

#[cfg(test)]
mod tests {
    use super::super::table::lines;
    use super::*;

    #[test]
    fn every_line_is_read() {
        for line in lines(NPM_TEXT) {
            let fields: Vec<&str> = line.split('\t').collect();
            let size = package(fields[0], Some(fields[1])).unwrap();
            assert!(size.low == size.high && fields.len() == 4, "{line}");
        }
    }

    #[test]
    fn what_comes_along_is_in_the_table() {
        for line in lines(TREES_TEXT) {
            let fields: Vec<&str> = line.split('\t').collect();
            let found = tree(fields[0], Some(fields[1])).unwrap();
            assert!(found.near && package(fields[0], Some(fields[1])).is_some(), "{line}");
            for (name, version) in found.heavy {
                assert!(package(name, Some(version)).is_some(), "{name} of {}", fields[0]);
            }
        }
        let next = tree("next", Some("^15.1.0")).unwrap();
        assert!(next.near && next.heavy.iter().any(|(name, _)| *name == "@next/swc-linux-x64-gnu"));
        assert!(!tree("next", Some("9.0.0")).unwrap().near);
        assert_eq!(tree("next", Some("latest")), tree("next", None));
        assert_eq!(tree("nobody-knows-this", None), None);
    }

    #[test]
    fn other_versions_are_less_certain() {
        let exact = package("next", Some("15.5.29")).unwrap();
        assert_eq!(exact.low, exact.high);
        let near = package("next", Some("^15.1.0")).unwrap();
        assert_eq!(near.likely, exact.likely);
        assert!(near.low < exact.low && near.high > exact.high);
        let far = package("next", Some("9.0.0")).unwrap();
        assert!(far.high / far.low >= 4);
        assert_eq!(package("left-pad", None), None);
        let any = package("next", Some("latest")).unwrap();
        assert_eq!(any, package("next", None).unwrap());
    }

    #[test]
    fn platform_packages_are_in_the_table() {
        for name in
            ["next", "sharp", "@tailwindcss/oxide", "lightningcss", "esbuild", "rollup", "@swc/core", "turbo"]
        {
            for musl in [false, true] {
                for it in platform_packages(name, musl) {
                    assert!(package(it, None).is_some(), "{it}");
                }
            }
        }
    }
}
