//! Where settings come from.

pub mod editor;
