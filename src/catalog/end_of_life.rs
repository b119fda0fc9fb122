use super::table::Table;

const ENDS_TEXT: &str = include_str!("data/ends.tsv");
static ENDS: Table = Table::new(ENDS_TEXT);

/// When a line of releases gets no more fixes from its makers, not even for security.
///
/// Source: endoflife-date/endoflife.date; the head of `data/ends.tsv` names its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndOfLife {
    /// `node`, `debian`.
    pub product: &'static str,
    /// The line of releases, as its makers count them: `20`, `3.12`, `12` for Debian bookworm.
    pub cycle: &'static str,
    /// The day, as `2026-04-30`.
    pub date: &'static str,
    /// The end of paid or volunteers' longer support, where there is one.
    pub extended: Option<&'static str>,
    /// The release's code name, where it has one: `bookworm`.
    pub code_name: Option<&'static str>,
}

impl EndOfLife {
    /// Of a product's line of releases, by its number or code name; `None` where no day is known.
    pub fn find(product: &str, cycle: &str) -> Option<Self> {
        ENDS.rows_of(product)
            .map(|row| Self::from_row(&row))
            .find(|end| end.cycle == cycle || end.code_name == Some(cycle))
    }

    /// Whether it is over on a day, given as `2026-11-22`.
    pub fn ended(&self, today: &str) -> bool {
        self.date <= today
    }

    fn from_row(row: &[&'static str]) -> Self {
        let field = |at: usize| row.get(at).copied().unwrap_or_default();
        let some = |at: usize| Some(field(at)).filter(|it| !it.is_empty());
        Self { product: field(0), cycle: field(1), date: field(2), extended: some(3), code_name: some(4) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::lines;
    use super::*;

    #[test]
    fn every_end_is_a_day_of_a_known_line() {
        for line in lines(ENDS_TEXT) {
            let end = EndOfLife::from_row(&line.split('\t').collect::<Vec<_>>());
            for date in [Some(end.date), end.extended].into_iter().flatten() {
                let parts: Vec<u32> = date.split('-').filter_map(|it| it.parse().ok()).collect();
                assert!(date.len() == 10 && matches!(parts[..], [_, 1..=12, 1..=31]), "{line}");
            }
            assert!(end.extended.is_none_or(|it| it > end.date), "{line}");
            assert_eq!(EndOfLife::find(end.product, end.cycle), Some(end), "twice: {line}");
        }
    }

    #[test]
    fn a_line_ends_on_its_day() {
        let node = EndOfLife::find("node", "20").unwrap();
        assert_eq!(node.date, "2026-04-30");
        assert!(!node.ended("2026-04-29") && node.ended("2026-04-30"));
        assert_eq!(EndOfLife::find("debian", "bookworm"), EndOfLife::find("debian", "12"));
        assert_eq!(EndOfLife::find("node", "999"), None);
    }
}
