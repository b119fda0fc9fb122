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
