use std::fmt;
use std::path::PathBuf;

/// Why nothing is known of a revision. `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitError {
    NotInstalled,
    /// The folder lies in no work tree.
    NoRepository {
        folder: PathBuf,
    },
    /// Git refuses a repository that belongs to another user.
    NotOwned {
        folder: PathBuf,
    },
    /// The repository has no such commit.
    NoRevision {
        revision: String,
        /// The clone doesn't have all commits.
        shallow: bool,
    },
    /// The repository has no commit at all.
    NoCommit,
    /// A filter whose name can't be given on a command line, so that it can't be switched off.
    OddFilter {
        name: String,
    },
    TooSlow,
    TooMuch,
    /// What git said.
    Failed {
        said: String,
    },
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GitError::NotInstalled => {
                f.write_str("git isn't on PATH; install it, or name the earlier Dockerfile with --before")
            }
            GitError::NoRepository { folder } => {
                write!(f, "{} lies in no git work tree, so there is no earlier state of it", folder.display())
            }
            GitError::NotOwned { folder } => write!(
                f,
                "git doesn't read the repository of {}, which belongs to another user; if you trust it, \
                 say so with `git config --global --add safe.directory`",
                folder.display()
            ),
            GitError::NoRevision { revision, shallow: false } => {
                write!(f, "the repository has no commit `{revision}`; `git log --all` shows which there are")
            }
            GitError::NoRevision { revision, shallow: true } => write!(
                f,
                "the repository has no commit `{revision}`; it is a shallow clone, and `git fetch --unshallow` \
                 brings the rest"
            ),
            GitError::NoCommit => f.write_str("the repository has no commit yet to compare with"),
            GitError::OddFilter { name } => write!(
                f,
                "the repository's configuration has the filter `{name}`, which can't be switched off by that \
                 name; rename it"
            ),
            GitError::TooSlow => f.write_str("git didn't answer in time; is the repository's disk at hand?"),
            GitError::TooMuch => f.write_str("git's answer is too long to be read"),
            GitError::Failed { said } => write!(f, "git couldn't answer: {said}"),
        }
    }
}

impl std::error::Error for GitError {}
