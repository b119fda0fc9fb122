use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// 128 bits that stand for what was mixed into them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(u128);

/// Mixes parts into a [`Digest`]. Each part is told from the next, so `ab`, `c` isn't `a`, `bc`.
pub(super) struct Mix(SipHasher13);

impl Mix {
    /// `kind` says what is digested, so that two kinds of things with equal parts differ.
    pub fn new(kind: &str) -> Self {
        Self(SipHasher13::new()).text(kind)
    }

    pub fn text(mut self, text: &str) -> Self {
        self.0.write_usize(text.len());
        self.0.write(text.as_bytes());
        self
    }

    pub fn digest(mut self, digest: Digest) -> Self {
        self.0.write_u128(digest.0);
        self
    }

    pub fn bits(mut self, bits: u128) -> Self {
        self.0.write_u128(bits);
        self
    }

    pub fn number(mut self, number: u64) -> Self {
        self.0.write_u64(number);
        self
    }

    pub fn end(self) -> Digest {
        Digest(self.0.finish128().as_u128())
    }
}
