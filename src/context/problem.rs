use super::SourceError;
use std::fmt;
use std::path::PathBuf;

/// Why a file that is there can't be used. `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Empty until the reader's caller fills it in.
    pub path: PathBuf,
    /// The 1-based line of the fault, where there is one.
    pub line: Option<u32>,
    pub message: String,
}

impl Problem {
    pub(super) fn at_line(line: u32, message: String) -> Self {
        Self { path: PathBuf::new(), line: Some(line), message }
    }

    pub(super) fn in_file(mut self, path: PathBuf) -> Self {
        self.path = path;
        self
    }
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        Self { path: error.path.clone(), line: None, message: error.to_string() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} (line {line})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Problem {}
