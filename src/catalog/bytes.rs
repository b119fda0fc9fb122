use std::iter::Sum;
use std::ops::Add;

/// A size in bytes that isn't known exactly: uncompressed, of linux/amd64, as the files of a layer add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bytes {
    /// It is hardly less.
    pub low: u64,
    /// The best single figure.
    pub likely: u64,
    /// It is hardly more.
    pub high: u64,
}

impl Bytes {
    /// A size that is known to the byte.
    pub const fn exact(bytes: u64) -> Self {
        Self { low: bytes, likely: bytes, high: bytes }
    }

    /// `likely`, give or take so many per cent of it.
    pub const fn about(likely: u64, per_cent: u64) -> Self {
        let off = likely / 100 * per_cent;
        Self { low: likely.saturating_sub(off), likely, high: likely.saturating_add(off) }
    }

    /// The range that holds this one and lies at least `per_cent` to both sides of the likely figure.
    pub fn widened(self, per_cent: u64) -> Self {
        let other = Self::about(self.likely, per_cent);
        Self { low: self.low.min(other.low), likely: self.likely, high: self.high.max(other.high) }
    }
}

/// Sizes that are off independently of each other, added up: the likely figures as they are, their
/// distances from `low` and `high` as the root of the sum of their squares, each side by itself. So the sum
/// is surer than each of its parts, as it is of many packages; sizes that go wrong together are to be added
/// with `+`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Independent {
    likely: u64,
    /// Sums of squares.
    below: f64,
    above: f64,
}

impl Independent {
    pub fn add(&mut self, size: Bytes) {
        let square = |off: u64| off as f64 * off as f64;
        self.likely = self.likely.saturating_add(size.likely);
        self.below += square(size.likely.saturating_sub(size.low));
        self.above += square(size.high.saturating_sub(size.likely));
    }

    pub fn sum(self) -> Bytes {
        Bytes {
            low: self.likely.saturating_sub(self.below.sqrt().ceil() as u64),
            likely: self.likely,
            high: self.likely.saturating_add(self.above.sqrt().ceil() as u64),
        }
    }
}

impl FromIterator<Bytes> for Independent {
    fn from_iter<I: IntoIterator<Item = Bytes>>(sizes: I) -> Self {
        let mut sum = Self::default();
        sizes.into_iter().for_each(|size| sum.add(size));
        sum
    }
}

impl Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            likely: self.likely.saturating_add(other.likely),
            high: self.high.saturating_add(other.high),
        }
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_that_are_off_some_are_more_and_some_less() {
        let one = Bytes { low: 70, likely: 100, high: 140 };
        let two = Bytes { low: 60, likely: 100, high: 130 };
        let both: Independent = [one, two, Bytes::exact(5)].into_iter().collect();
        assert_eq!(both.sum(), Bytes { low: 155, likely: 205, high: 255 });
        assert_eq!([Bytes::exact(7)].into_iter().collect::<Independent>().sum(), Bytes::exact(7));
        let odd: Independent = [Bytes { low: 0, likely: 10, high: u64::MAX }; 2].into_iter().collect();
        assert_eq!((odd.sum().low, odd.sum().high), (5, u64::MAX));
    }
}
