//! Tables as text: lines of fields between tabs; lines that begin with `#` say where the facts come from.

/// The lines of a table that hold facts.
pub fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The lines whose first field is `key`, apart into fields.
pub fn rows_of<'k>(table: &'static str, key: &'k str) -> impl Iterator<Item = Vec<&'static str>> + use<'k> {
    lines(table)
        .filter(move |line| {
            line.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('\t'))
        })
        .map(|line| line.split('\t').collect())
}

/// The same of a table whose lines are sorted by their first fields, byte by byte: a large one needn't be read
/// from its head.
pub fn rows_of_sorted<'k>(
    table: &'static str,
    key: &'k str,
) -> impl Iterator<Item = Vec<&'static str>> + use<'k> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        // The first line that begins at or behind the middle.
        let start = match table.as_bytes()[..middle].last() {
            None | Some(b'\n') => middle,
            _ => {
                table.as_bytes()[middle..].iter().position(|b| *b == b'\n').map_or(high, |at| middle + at + 1)
            }
        };
        let line = table.get(start..).filter(|_| start < high).and_then(|rest| rest.lines().next());
        match line {
            Some(line) if line.starts_with('#') || line.split('\t').next().unwrap_or(line) < key => {
                low = start + line.len() + 1;
            }
            _ => high = middle,
        }
    }
    let rest = table.get(low.min(table.len())..).unwrap_or_default();
    rest.lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .skip_while(move |row| row.first().is_some_and(|first| first.starts_with('#')))
        .take_while(move |row| row.first() == Some(&key))
}

/// The `number`th of the sources at a table's head: `# 1: …`.
pub fn source(table: &'static str, number: &str) -> Option<&'static str> {
    table
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .find_map(|line| line.strip_prefix(number)?.strip_prefix(": "))
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
    use super::rows_of_sorted;

    #[test]
    fn every_line_of_a_sorted_table_is_found() {
        const TABLE: &str = "# names\n# what\na\t1\na\t2\na-b\t3\naa\t4\nlonger than the others\t5\nz\t6\n";
        let found = |key: &str| -> Vec<&str> { rows_of_sorted(TABLE, key).map(|row| row[1]).collect() };
        assert_eq!(found("a"), ["1", "2"]);
        for (key, value) in [("a-b", "3"), ("aa", "4"), ("longer than the others", "5"), ("z", "6")] {
            assert_eq!(found(key), [value], "{key}");
        }
        for key in ["", "#", "A", "ab", "l", "zz"] {
            assert!(found(key).is_empty(), "{key}");
        }
    }
}
