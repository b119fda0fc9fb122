//! How much of what files say about builds is read, worked out and kept. Whoever opens a stranger's workspace
//! has its files read: no file may take the memory or the time of the reader.

use std::cell::Cell;

/// The largest file that is read, in bytes: far more than people write, little enough to be read at every look.
pub(super) const LARGEST_FILE: usize = 256 << 10;

/// How much the values of one YAML file may take, in bytes: aliases and merge keys say again in a few letters what
/// stands elsewhere.
pub(super) const LARGEST_NODES: usize = 128 << 20;

/// The longest value that is put together of others, in bytes. A value of values doubles with each line, so that
/// sixty lines would fill the memory; what stands in a file as it is may be as long as the file.
pub(super) const LONGEST: usize = 64 << 10;

/// How much is worked out in one look at the builds of a Dockerfile, in bytes of text and nodes: what is short in
/// the file but said again for thousands of targets. A hundred times what a large workspace needs.
pub(super) const WORK: usize = 32 << 20;

/// How deep things may stand in one another, or hang on one another: defaults in defaults, groups in groups,
/// services and targets that extend one another, files that include others. Each level takes some of the stack.
pub(super) const DEEPEST: usize = 32;

/// How much may still be worked out. Once it is spent, nothing more is known.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(WORK))
    }
}

impl Budget {
    /// Takes as much as a piece of work needs; false where there isn't as much left, for good.
    pub fn take(&self, amount: usize) -> bool {
        let left = self.0.get().checked_sub(amount);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether something was left out because of it.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}
