//! The outside world behind one trait: the only place below server and cli that reads disk or starts a program.

/// What is known of one build context: finished, immutable, made by one look at the disk.
#[derive(Debug)]
pub struct View {}
