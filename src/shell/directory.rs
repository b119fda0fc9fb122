//! Where a command runs, relative to the working directory that the script begins in.

use super::{SimpleCommand, Word};
use std::sync::Arc;

/// Longer than this in bytes, Linux takes no path (PATH_MAX in limits.h).
const MAX_PATH: usize = 4096;

/// How many directories `pushd` may put aside before they are forgotten.
const MAX_STACK: usize = 16;

/// Where `cd`s lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Where {
    #[default]
    Unknown,
    /// Where the script began.
    Start,
    /// A relative or an absolute path, which isn't empty.
    Path(Arc<String>),
}

impl Where {
    /// The path, `""` for where the script began; `None` where it isn't known.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::Start => Some(""),
            Self::Path(path) => Some(path),
        }
    }

    fn of(path: Option<String>) -> Self {
        match path {
            None => Self::Unknown,
            Some(path) if path.is_empty() => Self::Start,
            Some(path) => Self::Path(Arc::new(path)),
        }
    }
}

/// The directory that a script is in, as far as its `cd`s tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    pub now: Where,
    before: Where,
    stack: Vec<Where>,
}

impl Directory {
    pub fn start() -> Self {
        Self { now: Where::Start, before: Where::Unknown, stack: Vec::new() }
    }

    pub fn forget(&mut self) {
        self.now = Where::Unknown;
    }

    /// What remains known where either this or `other` holds.
    pub fn merge(&mut self, other: &Directory) {
        if self.now != other.now {
            self.now = Where::Unknown;
        }
        if self.before != other.before {
            self.before = Where::Unknown;
        }
        if self.stack != other.stack {
            self.stack.clear();
        }
    }

    /// Follows `cd`, `pushd` and `popd`, supposing that they succeed.
    pub fn follow(&mut self, command: &SimpleCommand) {
        let Some(name) = command.words.first().and_then(Word::literal) else { return };
        let mut arguments = command.words[1..].iter().skip_while(|word| {
            let text = word.text();
            text.len() > 1 && text.starts_with('-')
        });
        let path = |now: &Where, word: Option<&Word>| {
            let word = word?;
            let target = word.literal()?;
            // `~` is the home of whoever the user is; CDPATH is nobody's in a build.
            if word.has_glob() || (target.starts_with('~') && !word.is_quoted()) {
                return None;
            }
            join(now.path(), &target)
        };
        let to = |now: &Where, word: Option<&Word>| Where::of(path(now, word));
        match &*name {
            "cd" | "chdir" => {
                let word = arguments.next();
                let back = word.is_some_and(|word| word.is("-"));
                let next = if back { std::mem::take(&mut self.before) } else { to(&self.now, word) };
                self.before = std::mem::replace(&mut self.now, next);
            }
            "pushd" => {
                let next = to(&self.now, arguments.next());
                if self.stack.len() == MAX_STACK {
                    // A `popd` that finds none leads to where nobody knows.
                    self.stack.clear();
                }
                self.stack.push(std::mem::replace(&mut self.now, next));
            }
            "popd" => self.now = self.stack.pop().unwrap_or_default(),
            _ => {}
        }
    }
}

/// `base` with `path` followed from it; `.` and `..` are resolved by name. `None` where the base isn't
/// known and the path doesn't say it all, or where they are longer than a path can be.
pub(super) fn join(base: Option<&str>, path: &str) -> Option<String> {
    if base.map_or(0, str::len) + path.len() > MAX_PATH {
        return None;
    }
    if path.is_empty() {
        return base.map(str::to_owned);
    }
    let absolute = path.starts_with('/') || base?.starts_with('/');
    let base = if path.starts_with('/') { "" } else { base? };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if absolute { format!("/{joined}") } else { joined })
}
