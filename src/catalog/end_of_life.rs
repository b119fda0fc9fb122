/// When a line of releases gets no more fixes from its makers, not even for security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndOfLife {
    /// `node`, `debian`.
    pub product: &'static str,
    /// The line of releases, as its makers count them: `20`, `3.12`, `bookworm`.
    pub cycle: &'static str,
    /// The day, as `2026-04-30`.
    pub date: &'static str,
}

impl EndOfLife {
    /// Whether it is over on a day, given as `2026-11-22`.
    pub fn ended(&self, today: &str) -> bool {
        self.date <= today
    }
}
