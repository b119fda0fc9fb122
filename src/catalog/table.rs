//! Tables as text: lines of fields between tabs; lines that begin with `#` say where the facts come from.

use std::collections::HashMap;
use std::sync::OnceLock;

/// A table whose lines are looked up by their first field. The look-up is made ready on first use: a
/// Dockerfile's images are asked for at every key.
pub struct Table {
    text: &'static str,
    by_key: OnceLock<HashMap<&'static str, Vec<&'static str>>>,
}

impl Table {
    pub const fn new(text: &'static str) -> Self {
        Self { text, by_key: OnceLock::new() }
    }

    /// The lines whose first field is `key`, in their order.
    pub fn lines_of(&'static self, key: &str) -> &'static [&'static str] {
        let by_key = self.by_key.get_or_init(|| {
            let mut by_key: HashMap<&str, Vec<&str>> = HashMap::new();
            for line in lines(self.text) {
                let key = line.split('\t').next().unwrap_or_default();
                by_key.entry(key).or_default().push(line);
            }
            by_key
        });
        by_key.get(key).map_or(&[], |lines| lines)
    }

    /// The same lines apart into fields.
    pub fn rows_of(&'static self, key: &str) -> impl Iterator<Item = Vec<&'static str>> + use<> {
        self.lines_of(key).iter().map(|line| line.split('\t').collect())
    }

    /// The `number`th of the sources at the table's head: `# 1: …`.
    pub fn source(&self, number: &str) -> Option<&'static str> {
        let heads = self.text.lines().take_while(|line| line.starts_with('#'));
        heads
            .filter_map(|line| line.strip_prefix("# "))
            .find_map(|line| line.strip_prefix(number)?.strip_prefix(": "))
    }
}

/// The lines of a table that hold facts.
pub fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// Megabytes (millions of bytes) with at most two decimals, in bytes.
pub fn megabytes(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = match part.len() {
        0 => 0,
        1 => part.parse::<u64>().ok()? * 10,
        2 => part.parse().ok()?,
        _ => return None,
    };
    whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(part * 10_000)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn every_line_is_found_by_its_first_field() {
        static TABLE: Table =
            Table::new("# names\n# what\na\t1\na\t2\na-b\t3\naa\t4\nlonger than the others\t5\nz\t6\n");
        let found = |key: &str| -> Vec<&str> { TABLE.rows_of(key).map(|row| row[1]).collect() };
        assert_eq!(found("a"), ["1", "2"]);
        for (key, value) in [("a-b", "3"), ("aa", "4"), ("longer than the others", "5"), ("z", "6")] {
            assert_eq!(found(key), [value], "{key}");
        }
        for key in ["", "#", "A", "ab", "l", "zz"] {
            assert!(found(key).is_empty(), "{key}");
        }
    }
}
