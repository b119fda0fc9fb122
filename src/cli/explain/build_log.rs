//! `--build-log`: what a build that was made says of the steps.

use crate::cli::failure::Failure;
use crate::cli::paths::Here;
use crate::layers::record::{self, Measured, StepOutcome};
use crate::model::Model;
use crate::syntax::InstructionId;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

/// What the log says, by instruction.
pub struct BuildLog {
    measured: HashMap<InstructionId, Measured>,
}

impl BuildLog {
    /// What is known of one step, in a few characters; empty where the log has nothing of it.
    pub fn words(&self, id: InstructionId) -> String {
        match self.measured.get(&id) {
            None => String::new(),
            Some(Measured { outcome: StepOutcome::Cached, .. }) => "CACHED".to_string(),
            Some(Measured { outcome: StepOutcome::Done, seconds: Some(seconds) }) => duration(*seconds),
            Some(Measured { outcome: StepOutcome::Done, seconds: None }) => "done".to_string(),
            Some(Measured { outcome, .. }) => outcome.as_str().to_string(),
        }
    }

    /// Null where the log has nothing of the step.
    pub fn json(&self, id: InstructionId) -> Value {
        self.measured.get(&id).map_or(Value::Null, |one| {
            let cached = one.outcome == StepOutcome::Cached;
            json!({"seconds": one.seconds, "cached": cached, "outcome": one.outcome.as_str()})
        })
    }
}

/// Reads the log and puts it to the instructions of `model`, the file that is shown as `dockerfile`. A log of
/// another Dockerfile is an error: its times would be wrong.
pub fn read(here: &Here, path: &Path, model: &Model, dockerfile: &str) -> Result<BuildLog, Failure> {
    let path = here.absolute(path);
    let shown = here.show(&path);
    let fail = |why: String| Failure::Error(format!("--build-log: {why}"));
    let bytes = std::fs::read(&path).map_err(|error| fail(format!("{shown} can't be read: {error}")))?;
    let record = record::parse(&decode(&bytes)).map_err(|why| fail(format!("{shown} is no use: {why}")))?;
    let measured = record::align(&record, model).map_err(|why| {
        fail(format!(
            "{shown} is the log of another Dockerfile than {dockerfile}, or of this one before it was changed: \
             {why}. Build again and keep that log"
        ))
    })?;
    Ok(BuildLog { measured: measured.into_iter().collect() })
}

/// PowerShell's `>` writes UTF-16; what isn't UTF-8 is replaced, for it can only be what a command printed.
fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A time as people read it: `0.4 s`, `12 s`, `3 min 5 s`.
fn duration(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::{decode, duration};

    #[test]
    fn times_read_as_people_say_them() {
        let read: Vec<String> = [0.0, 0.44, 9.94, 9.96, 59.4, 59.6, 185.2].map(duration).into();
        assert_eq!(read, ["0.0 s", "0.4 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "3 min 5 s"]);
    }

    #[test]
    fn a_log_may_be_in_utf_16() {
        let wide =
            |unit: fn(u16) -> [u8; 2]| "\u{feff}#1 é".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes), b"\xef\xbb\xbf#1 \xc3\xa9".to_vec()] {
            assert_eq!(decode(&bytes), "#1 é");
        }
        assert_eq!(decode(b"#1 \xff"), "#1 \u{fffd}");
    }
}
