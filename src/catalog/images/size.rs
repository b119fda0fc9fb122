//! How big an image is: as measured, else reckoned from the nearest that was measured.

use super::super::Bytes;
use super::super::table::{Table, megabytes};
use super::family::Family;
use super::os::System;
use super::tag::within;
use super::{Basis, Figure};

const SIZES_TEXT: &str = include_str!("../data/sizes.tsv");
static SIZES: Table = Table::new(SIZES_TEXT);

/// What is asked for.
pub struct Wanted<'a> {
    pub family: &'a Family,
    /// The line of releases: `20`, `3.13`, `bookworm` for Debian.
    pub line: Option<&'a str>,
    pub version: Option<&'a str>,
    pub variant: &'a str,
    pub system: Option<&'a System>,
}

/// One measured image.
#[derive(Clone, Copy)]
struct Row {
    line: &'static str,
    variant: &'static str,
    system: &'static str,
    bytes: Bytes,
    date: &'static str,
    version: &'static str,
    source: &'static str,
    /// Whether nobody measured it: reckoned, or from its compressed size.
    derived: bool,
}

/// How much sizes drift in per cent: within a line of releases, and to another line. Source: the figures of
/// `data/sizes.tsv` among each other; a line of node grew by up to 9 % from its first image to its last.
const SAME_VERSION: u64 = 2;
const SAME_LINE: u64 = 5;
const UNSAID_SYSTEM: u64 = 8;
/// Debian's packages on a measured image: within 1 % of buildpack-deps:bookworm.
const RECKONED: u64 = 4;
const OTHER_SYSTEM: u64 = 8;
const OTHER_VARIANT: u64 = 15;
const OTHER_LINE: u64 = 25;

/// The size and where it comes from; `None` where nothing alike was measured.
pub fn find(wanted: &Wanted<'_>) -> Option<(Bytes, Figure)> {
    let all: Vec<Row> = rows(wanted.family.repository).collect();
    let on = wanted.system.map(System::key);
    let alpine = wanted.system.is_some_and(|system| system.id == "alpine");
    let same_kind = |row: &&Row| row.variant == wanted.variant && is_alpine(row) == alpine;
    let same_line = |row: &&Row| wanted.line.is_some_and(|line| row.line == line || within(row.line, line));

    let here = |row: &&Row| same_line(row) && same_kind(row);
    if let Some(row) = all.iter().filter(here).find(|row| on.as_deref() == Some(row.system)) {
        let drift = if wanted.version == Some(row.version) { SAME_VERSION } else { SAME_LINE };
        return Some(row.figure(row.bytes, drift, Basis::Measured));
    }
    if let Some(row) = all.iter().find(here).filter(|_| on.as_deref().is_none_or(|on| !names_release(on))) {
        return Some(row.figure(row.bytes, UNSAID_SYSTEM, Basis::Measured));
    }
    if let Some(row) = all.iter().find(here) {
        return Some(match wanted.moved(row, on.as_deref()) {
            Some(bytes) => row.figure(bytes, OTHER_SYSTEM, Basis::Derived),
            None => row.figure(row.bytes, OTHER_VARIANT, Basis::Derived),
        });
    }
    let other_line = nearest(all.iter().filter(same_kind), wanted.line, on.as_deref());
    let close = other_line
        .filter(|row| wanted.line.is_none_or(|line| number(row.line).abs_diff(number(line)) <= FEW));
    if close.is_none()
        && wanted.family.same
        && let Some((row, bytes)) =
            all.iter().filter(same_line).find_map(|row| Some((row, wanted.moved(row, on.as_deref())?)))
    {
        return Some(row.figure(bytes, OTHER_VARIANT, Basis::Derived));
    }
    let row = other_line?;
    let bytes = wanted.moved(row, on.as_deref()).unwrap_or(row.bytes);
    Some(row.figure(bytes, OTHER_LINE, Basis::Derived))
}

/// How far lines of releases may lie apart to be alike: two major ones, or any two minor ones.
const FEW: u64 = 2000;

/// Whether a system's name in the table says its release.
fn names_release(system: &str) -> bool {
    !system.is_empty() && system != "alpine"
}

impl Wanted<'_> {
    /// The row's software on the wanted system: what the row adds to the image beneath it, on the one beneath
    /// the wanted.
    fn moved(&self, row: &Row, on: Option<&str>) -> Option<Bytes> {
        if self.family.is_system || row.derived {
            return None;
        }
        let from = base(&self.family_of(row)?, row.system)?;
        let to = base(self.family, on?)?;
        Some(Bytes::exact(row.bytes.likely.checked_sub(from)?.checked_add(to)?))
    }

    /// The family row of what was measured, whose image beneath may be another.
    fn family_of(&self, row: &Row) -> Option<Family> {
        let words: Vec<String> = row.variant.split('-').map(str::to_string).collect();
        super::family::find(
            self.family.repository,
            &words,
            System::named(row.system).as_ref(),
            Some(row.line),
        )
    }
}

/// The measured size of the image beneath a family's images, for a system.
fn base(family: &Family, system: &str) -> Option<u64> {
    let (repository, variant) = family.base.map(|it| it.split_once(':').unwrap_or((it, "-")))?;
    rows(repository)
        .find(|row| {
            row.system == system && (row.variant == variant || (variant == "-" && row.variant.is_empty()))
        })
        .map(|row| row.bytes.likely)
}

/// The row whose line of releases is nearest by number, on the same system if there is a choice.
fn nearest<'r>(rows: impl Iterator<Item = &'r Row>, line: Option<&str>, on: Option<&str>) -> Option<&'r Row> {
    let Some(line) = line else { return rows.max_by_key(|row| number(row.line)) };
    // A line without a number, such as `edge`, is most like the newest.
    let wanted = number(line);
    rows.min_by_key(|row| {
        let newer_first = u64::MAX - number(row.line);
        let apart = if wanted == 0 { 0 } else { number(row.line).abs_diff(wanted) };
        (apart, on != Some(row.system), newer_first)
    })
}

/// `3.13` as 3013, to compare.
fn number(line: &str) -> u64 {
    let mut parts = line.split('.').map(|part| part.parse::<u64>().unwrap_or(0).min(999));
    parts.next().unwrap_or(0) * 1000 + parts.next().unwrap_or(0)
}

fn is_alpine(row: &Row) -> bool {
    row.system.starts_with("alpine")
}

impl Row {
    fn figure(&self, bytes: Bytes, drift: u64, basis: Basis) -> (Bytes, Figure) {
        let basis = if self.derived { Basis::Derived } else { basis };
        let widened = Bytes::about(bytes.likely, drift);
        let low = bytes.low.min(widened.low);
        let bytes = Bytes { low, high: bytes.high.max(widened.high), ..bytes };
        (bytes, Figure { basis, date: self.date, source: self.source })
    }
}

fn rows(repository: &str) -> impl Iterator<Item = Row> + use<'_> {
    SIZES.rows_of(repository).filter_map(|row| {
        let [_, line, variant, system, size, date, version, number] = row[..] else { return None };
        let compressed = size.starts_with('z');
        let derived = compressed || size.starts_with('r');
        let size = megabytes(size.trim_start_matches(['z', 'r']))?;
        // What unpacked images are of compressed ones: 2.2 to 3.0 in those of which both are known.
        let bytes = if compressed {
            Bytes { low: size / 10 * 22, likely: size / 10 * 27, high: size / 10 * 31 }
        } else {
            Bytes::about(size, if derived { RECKONED } else { 0 })
        };
        let variant = if variant == "-" { "" } else { variant };
        let source = SIZES.source(number)?;
        Some(Row { line, variant, system, bytes, date, version, source, derived })
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::table::lines;
    use super::*;

    #[test]
    fn every_line_is_read() {
        let keys: Vec<&str> = lines(SIZES_TEXT).map(|line| line.split('\t').next().unwrap()).collect();
        assert!(
            lines(SIZES_TEXT).zip(lines(SIZES_TEXT).skip(1)).all(|(one, next)| one < next),
            "sorted, each once"
        );
        for key in &keys {
            assert_eq!(rows(key).count(), keys.iter().filter(|it| it == &key).count(), "{key}");
            for row in rows(key) {
                assert!((500_000..3_000_000_000).contains(&row.bytes.likely), "{key} {}", row.line);
                assert!(!row.source.is_empty());
            }
        }
    }
}
