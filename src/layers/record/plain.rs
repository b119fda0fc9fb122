//! `--progress=plain`: lines that begin with `#` and the number of a vertex.

use super::{Read, RecordedStep, StepOutcome, clean, name};
use std::collections::HashMap;

/// Reads the lines. A vertex may be named again each time that its output goes on, and end several times;
/// its last end counts.
pub fn parse(log: &str) -> Read {
    let mut reader = Reader::default();
    for line in log.split('\n') {
        let line = clean::line(line);
        if let Some((id, said)) = split(clean::without_stamp(&line)) {
            reader.take(id, said);
        }
    }
    reader.read
}

#[derive(Default)]
struct Reader {
    read: Read,
    /// By number the name of each vertex of this run, and the step that it is.
    vertices: HashMap<u32, (String, Option<usize>)>,
    run: u32,
}

impl Reader {
    fn take(&mut self, id: u32, said: &str) {
        // A build begins: `#0 building with "default" instance using docker driver`.
        if id == 0 {
            if said.starts_with("building with ") {
                self.next_run();
            }
            return;
        }
        if let Some(outcome) = end(said) {
            if let Some((_, Some(step))) = self.vertices.get(&id) {
                let step = &mut self.read.steps[*step];
                (step.outcome, step.seconds) = outcome;
                self.read.progress = true;
            }
            return;
        }
        if !said.starts_with('[') {
            self.read.progress |= said.starts_with("exporting to ");
            return;
        }
        self.read.progress = true;
        match self.vertices.get(&id) {
            Some((known, _)) if known == said => return,
            // The numbers begin anew.
            Some(_) => self.next_run(),
            None => {}
        }
        self.read.targets.extend(name::target(said).map(str::to_owned));
        let step = name::parse(said).map(|name| {
            self.read.steps.push(RecordedStep {
                run: self.run,
                labels: name.labels.split_whitespace().map(str::to_owned).collect(),
                number: name.number,
                total: name.total,
                text: name.text.to_owned(),
                seconds: None,
                outcome: StepOutcome::Unfinished,
            });
            self.read.steps.len() - 1
        });
        self.vertices.insert(id, (said.to_owned(), step));
    }

    fn next_run(&mut self) {
        if !self.vertices.is_empty() {
            self.vertices.clear();
            self.run += 1;
        }
    }
}

/// The number of the vertex and what is said of it.
fn split(line: &str) -> Option<(u32, &str)> {
    let (id, said) = line.strip_prefix('#')?.split_once(' ')?;
    Some((id.parse().ok()?, said.trim_end()))
}

/// How the vertex ended, where the line says so. What a command prints can't be taken for it: its time
/// stands before each line.
fn end(said: &str) -> Option<(StepOutcome, Option<f64>)> {
    match said {
        "CACHED" => return Some((StepOutcome::Cached, Some(0.0))),
        "CANCELED" => return Some((StepOutcome::Canceled, None)),
        "DONE" => return Some((StepOutcome::Done, None)),
        _ => {}
    }
    if said.starts_with("ERROR: ") {
        return Some((StepOutcome::Failed, None));
    }
    let seconds = said.strip_prefix("DONE ")?.strip_suffix('s')?.parse::<f64>().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then_some((StepOutcome::Done, Some(seconds)))
}
