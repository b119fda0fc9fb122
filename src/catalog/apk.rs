//! What `apk add` adds to an Alpine image.
//!
//! Source: the head of `data/apk.tsv`. There is no index of every release at hand as there is of Debian's,
//! so most figures are of one release and ranges are wide.

use std::collections::HashSet;

use super::table::Table;
use super::{Bytes, Installed};

const APK_TEXT: &str = include_str!("data/apk.tsv");
static APK: Table = Table::new(APK_TEXT);

/// What installing these packages adds, with what they need. `release` is Alpine's, such as `3.23`; `also`
/// names packages that the image or earlier steps have. A name may carry a version (`~=1.2`, `=1.2-r0`,
/// `>1`) or `@repository`; one with a `!` before it adds nothing.
pub fn install(release: &str, also: &[&str], names: &[&str]) -> Installed {
    let mut there: HashSet<&str> = HashSet::new();
    for name in also {
        reach(bare(name), &mut there);
    }
    let mut bytes = Bytes::default();
    let mut unknown = Vec::new();
    for name in names.iter().filter(|name| !name.starts_with('!')) {
        match reach(bare(name), &mut there) {
            Some(added) => bytes = bytes + added,
            None => unknown.push((*name).to_string()),
        }
    }
    if bytes.likely > 0 {
        bytes = bytes + BOOKKEEPING;
        // Most figures are of 3.20 and later; compilers and languages were smaller before.
        if old(release) {
            bytes = Bytes { low: bytes.low / 10 * 6, ..bytes.widened(30) };
        }
    }
    Installed { bytes, unknown }
}

/// What `apk add` without `--no-cache`, or `apk update`, leaves of the repositories' indexes in
/// `/var/cache/apk`: between one and three megabytes, by what people report.
pub const INDEX: Bytes = Bytes { low: 1_000_000, likely: 2_400_000, high: 3_500_000 };

/// apk's own list of what is installed, and the packages' scripts.
const BOOKKEEPING: Bytes = Bytes { low: 20_000, likely: 100_000, high: 400_000 };

/// Adds a package and what it needs to `there`; the weight of what is new, or `None` for an unknown name.
fn reach(name: &str, there: &mut HashSet<&'static str>) -> Option<Bytes> {
    APK.rows_of(name).next()?;
    let mut bytes = Bytes::default();
    let mut todo = vec![name.to_string()];
    while let Some(name) = todo.pop() {
        let Some(row) = APK.rows_of(&name).next() else { continue };
        let field = |at: usize| row.get(at).copied().unwrap_or_default();
        if !there.insert(row[0]) {
            continue;
        }
        let size = field(1).parse::<u64>().unwrap_or(0).saturating_mul(1000);
        let mut weight = Bytes::about(size, field(2).parse().unwrap_or(50));
        if field(3) == "?" {
            // What it needs isn't known: most needs are in the image already, some aren't.
            weight.high = weight.high.saturating_mul(3) / 2 + 500_000;
        } else {
            todo.extend(field(3).split(' ').filter(|it| !it.is_empty()).map(str::to_string));
        }
        bytes = bytes + weight;
    }
    Some(bytes)
}

fn bare(name: &str) -> &str {
    name.split(['=', '~', '<', '>', '@']).next().unwrap_or(name)
}

fn old(release: &str) -> bool {
    let minor = release.strip_prefix("3.").and_then(|it| it.split('.').next()?.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 18)
}

#[cfg(test)]
mod tests {
    use super::super::table::lines;
    use super::*;

    fn likely(names: &[&str]) -> u64 {
        install("3.23", &[], names).bytes.likely
    }

    #[test]
    fn every_line_is_read() {
        let names: Vec<&str> = lines(APK_TEXT).map(|line| line.split('\t').next().unwrap()).collect();
        assert!(names.is_sorted());
        for line in lines(APK_TEXT) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(fields.len() >= 3 && fields[1].parse::<u64>().is_ok(), "{line}");
            assert!(fields[2].parse::<u64>().is_ok_and(|doubt| doubt <= 90), "{line}");
            for need in fields.get(3).iter().flat_map(|needs| needs.split(' ')).filter(|it| *it != "?") {
                assert!(names.contains(&need), "{line}: {need}");
            }
        }
    }

    #[test]
    fn what_apk_said_of_whole_installs_lies_in_the_range() {
        // node:20-alpine on Alpine 3.22: 270 MiB in all, of them some 10 before.
        let tools = install("3.22", &["libstdc++"], &["python3", "make", "g++"]).bytes;
        assert!((tools.low..=tools.high).contains(&(260 * 1024 * 1024)), "{tools:?}");
        // With git 283 MiB.
        let git = likely(&["python3", "make", "g++", "git"]) - likely(&["python3", "make", "g++"]);
        assert!((11_000_000..16_500_000).contains(&git), "{git}");
    }

    #[test]
    fn a_package_is_counted_once() {
        assert_eq!(likely(&["curl", "curl"]), likely(&["curl=8.14.1-r2"]));
        assert!(likely(&["curl", "git"]) < likely(&["curl"]) + likely(&["git"]));
        assert_eq!(install("3.23", &["git"], &["libcurl", "busybox"]).bytes.likely, 0);
        assert_eq!(install("3.23", &[], &["no-such-package", "curl"]).unknown, ["no-such-package"]);
    }
}
