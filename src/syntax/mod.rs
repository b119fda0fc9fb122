//! The lossless tree of a Dockerfile: parsing never fails, never loses a byte, and has BuildKit's values.

pub mod expand;
