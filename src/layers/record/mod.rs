//! What the log of a build says: how long each step took, which ones came from the cache, which one failed.
//!
//! Source of the forms: BuildKit `util/progress/progressui` (`printer.go`, `display.go`, `json.go`), the names
//! of steps `frontend/dockerfile/dockerfile2llb/convert.go` (`prefixCommand`), and logs of BuildKit 28.5.

mod align;
mod clean;
mod name;
mod plain;
mod rawjson;
mod text;
mod time;

pub use align::{Measured, Mismatch, align};

use std::collections::BTreeSet;
use std::fmt;

/// What one log tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// In the order in which they appear; each step of each run once.
    pub steps: Vec<RecordedStep>,
    /// The names of the targets that Compose or Bake built, and an empty one for a build without.
    pub targets: BTreeSet<String>,
}

/// One step of a build as its log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStep {
    /// Which build of the log it belongs to, from 0: a log may hold several, one after the other.
    pub run: u32,
    /// The words before the number, as `builder` of `[builder 3/7]`: Compose and Bake put the target there,
    /// a build for several platforms the platform, and last comes the stage where there are several.
    pub labels: Vec<String>,
    /// From 1, among the steps of its stage that make a layer.
    pub number: u32,
    /// How many such steps its stage has.
    pub total: u32,
    /// The instruction as BuildKit shows it: variables expanded, on one line.
    pub text: String,
    /// How long it took; None where the log doesn't say. 0 where it came from the cache.
    pub seconds: Option<f64>,
    pub outcome: StepOutcome,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepOutcome {
    /// It was found in the cache.
    Cached,
    /// It ran.
    Done,
    /// The log ends before the step does.
    Unfinished,
    /// It was stopped because another one failed.
    Canceled,
    Failed,
}

impl StepOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            StepOutcome::Cached => "cached",
            StepOutcome::Done => "done",
            StepOutcome::Unfinished => "unfinished",
            StepOutcome::Canceled => "canceled",
            StepOutcome::Failed => "failed",
        }
    }
}

/// Why a text isn't the log of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRecord {
    /// The form that is drawn for a terminal, line over line.
    Drawn,
    /// It is of a build, but no step of a Dockerfile is in it.
    NoSteps,
    /// Nothing in it looks like BuildKit's progress.
    NotALog,
}

impl fmt::Display for NoRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            NoRecord::Drawn => {
                "it is the progress as it is drawn for a terminal, which lacks what is needed here; build with \
                 `docker build --progress=plain . 2> build.log`"
            }
            NoRecord::NoSteps => {
                "it has no step of a Dockerfile: the build ended before its first one, or only its end is there"
            }
            NoRecord::NotALog => {
                "it isn't the progress of a build with BuildKit; `docker build --progress=plain . 2> build.log` \
                 writes it"
            }
        })
    }
}

/// Reads what `--progress=plain` or `--progress=rawjson` printed. Lines of other programs, time stamps and
/// colours that a CI service adds are no hindrance.
pub fn parse(log: &str) -> Result<Record, NoRecord> {
    let read = rawjson::parse(log).unwrap_or_else(|| plain::parse(log));
    match (read.steps.is_empty(), read.progress) {
        (false, _) => Ok(Record { steps: read.steps, targets: read.targets }),
        (true, true) => Err(NoRecord::NoSteps),
        (true, false) if log.lines().any(is_drawn) => Err(NoRecord::Drawn),
        (true, false) => Err(NoRecord::NotALog),
    }
}

/// What one of the two forms gave.
#[derive(Default)]
struct Read {
    steps: Vec<RecordedStep>,
    targets: BTreeSet<String>,
    /// Whether there was progress at all, of other things than steps perhaps.
    progress: bool,
}

/// Whether a line is of the progress that is drawn for a terminal: ` => [builder 3/7] RUN npm ci   12.3s`.
fn is_drawn(line: &str) -> bool {
    let line = clean::line(line);
    let line = line.trim_start();
    line.starts_with("[+] Building ") || line.starts_with("=> [") || line.starts_with("=> CACHED [")
}

#[cfg(test)]
mod tests;
