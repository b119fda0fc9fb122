//! Facts about Docker: instructions, flags, images; each with its source.
