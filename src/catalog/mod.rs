//! Facts about Docker: instructions, flags, images; each with its source.

pub mod flags;
pub mod instructions;
