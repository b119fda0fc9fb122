//! Facts about Docker: instructions, flags, images, the packages that steps install; each with its source.
//!
//! What is looked up in tables stands as text in `data/`, one line a fact; the head of each file names its
//! sources and their dates. Nothing is read before something is asked. Every table is checked by
//! `scripts/catalog/check` and by the tests here; `docs/catalog.md` says how they are made.

pub mod apk;
pub mod apt;
mod bytes;
mod end_of_life;
pub mod flags;
pub mod images;
pub mod instructions;
pub mod npm;
mod table;

pub use bytes::{Bytes, Independent};
pub use end_of_life::EndOfLife;

/// What installing packages adds to an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Of the packages that are known, what they need included; each package once.
    pub bytes: Bytes,
    /// The names, as asked for, that no table knows: their weight is missing from `bytes`.
    pub unknown: Vec<String>,
}
