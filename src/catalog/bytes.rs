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
