//! Code actions beyond the fixes of rules: one file each.
