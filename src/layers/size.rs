use crate::catalog::{Bytes, Independent};

/// What a number of bytes comes from; the firmest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Files that were looked at.
    Measured,
    /// What a lockfile names.
    Lockfile,
    /// A table of facts.
    Table,
}

impl Basis {
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Measured => "measured",
            Basis::Lockfile => "lockfile",
            Basis::Table => "table",
        }
    }

    /// Where the number comes from, as the end of a sentence: `from files on disk`.
    pub fn in_words(self) -> &'static str {
        match self {
            Basis::Measured => "files on disk",
            Basis::Lockfile => "the lockfile",
            Basis::Table => "a table of published sizes",
        }
    }
}

/// A number of bytes that is known within a range, uncompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub low: u64,
    pub likely: u64,
    pub high: u64,
    pub basis: Basis,
}

impl Size {
    /// A size that was looked at, and so has no range.
    pub fn measured(bytes: u64) -> Self {
        Self::of(Bytes::exact(bytes), Basis::Measured)
    }

    pub fn of(bytes: Bytes, basis: Basis) -> Self {
        Self { low: bytes.low, likely: bytes.likely, high: bytes.high, basis }
    }

    /// Both together; the basis is the weaker one.
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            likely: self.likely.saturating_add(other.likely),
            high: self.high.saturating_add(other.high),
            basis: self.basis.max(other.basis),
        }
    }

    /// The range without what it rests on.
    pub fn bytes(&self) -> Bytes {
        Bytes { low: self.low, likely: self.likely, high: self.high }
    }

    /// Both together where one's being off says nothing of the other's: the range is narrower than that
    /// of [`Size::plus`], see [`Independent`].
    pub fn beside(self, other: Self) -> Self {
        let both: Independent = [self.bytes(), other.bytes()].into_iter().collect();
        Self::of(both.sum(), self.basis.max(other.basis))
    }

    /// Whether the range is narrow enough to be told: no wider than a factor of two, or too small to
    /// matter beside any image.
    pub fn is_told(&self) -> bool {
        self.high <= self.low.saturating_mul(2) || self.high < 1_000_000
    }
}

/// What the layers in an image weigh together, uncompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// At least this many bytes: what is known.
    pub low: u64,
    /// None where the weight of a step isn't known.
    pub likely: Option<u64>,
    pub high: Option<u64>,
    /// The weakest basis of its parts; None where there is a part that isn't known.
    pub basis: Option<Basis>,
}

impl Total {
    /// The sum of `sizes`, of which None isn't known.
    pub fn of(sizes: impl IntoIterator<Item = Option<Size>>) -> Self {
        let (mut sum, mut known) = (Size::measured(0), true);
        for size in sizes {
            match size {
                Some(size) => sum = sum.plus(size),
                None => known = false,
            }
        }
        let told = (known && sum.is_told()).then_some(sum);
        Self {
            low: sum.low,
            likely: told.map(|sum| sum.likely),
            high: told.map(|sum| sum.high),
            basis: told.map(|sum| sum.basis),
        }
    }

    /// In words: `174 MB`, `≈ 820 MB (780 MB to 860 MB)`, `over 12 MB, not all of it known`.
    pub fn words(self) -> String {
        match self.size() {
            Some(size) if size.low == size.high => bytes(size.likely),
            Some(size) => {
                format!("≈ {} ({} to {})", bytes(size.likely), bytes(size.low), bytes(size.high))
            }
            None if self.low == 0 => "weight not known".to_owned(),
            None => format!("over {}, not all of it known", bytes(self.low)),
        }
    }

    /// As [`Total::words`], short enough for a line of the editor: `≈ 820 MB`.
    pub fn short(self) -> String {
        match self.size() {
            Some(size) if size.low == size.high => bytes(size.likely),
            Some(size) => format!("≈ {}", bytes(size.likely)),
            None if self.low == 0 => "of unknown weight".to_owned(),
            None => format!("over {}", bytes(self.low)),
        }
    }

    /// The sum, where all of it is known.
    pub fn size(&self) -> Option<Size> {
        Some(Size { low: self.low, likely: self.likely?, high: self.high?, basis: self.basis? })
    }
}

/// A number of bytes as people read it: decimal units, as Docker prints sizes.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
    }
    let mut value = count as f64;
    let mut unit = "";
    for next in UNITS {
        // 999.5 kB would print as 1000 kB.
        if value < 999.5 && !unit.is_empty() {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_read_as_docker_prints_them() {
        let read: Vec<String> =
            [0, 1, 999, 1000, 9_949, 9_951, 999_400, 999_600, 174_300_000, 1_340_000_000].map(bytes).into();
        assert_eq!(
            read,
            [
                "0 bytes",
                "1 byte",
                "999 bytes",
                "1.0 kB",
                "9.9 kB",
                "10 kB",
                "999 kB",
                "1.0 MB",
                "174 MB",
                "1.3 GB"
            ]
        );
    }
}
