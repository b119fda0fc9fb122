//! The lossless tree of a Dockerfile: parsing never fails, never loses a byte, and has BuildKit's values.

pub mod duration;
pub mod expand;
pub mod flags;
pub mod image;
pub mod suggest;
