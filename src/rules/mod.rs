//! The rules: one file each, with docs, metadata, check, fix and examples together.
