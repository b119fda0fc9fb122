/// What a number of bytes comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        Self { low: bytes, likely: bytes, high: bytes, basis: Basis::Measured }
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
