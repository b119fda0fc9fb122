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
    vertices: HashMap<u32, Vertex>,
    run: u32,
}

/// What is known of a number in this run.
#[derive(Default)]
struct Vertex {
    /// More than one where targets of Bake share it: each has its label in turn.
    names: Vec<String>,
    /// The steps of those names.
    steps: Vec<usize>,
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
            if let Some(vertex) = self.vertices.get(&id) {
                for &step in &vertex.steps {
                    let step = &mut self.read.steps[step];
                    (step.outcome, step.seconds) = outcome;
                }
                self.read.progress = true;
            }
            return;
        }
        if !said.starts_with('[') {
            self.read.progress |= said.starts_with("exporting to ");
            return;
        }
        self.read.progress = true;
        if let Some(vertex) = self.vertices.get(&id) {
            if vertex.names.iter().any(|known| known == said) {
                return;
            }
            if !vertex.names.iter().any(|known| unlabelled(known) == unlabelled(said)) {
                // The numbers begin anew.
                self.next_run();
            }
        }
        self.read.targets.extend(name::target(said).map(str::to_owned));
        let vertex = self.vertices.entry(id).or_default();
        vertex.names.push(said.to_owned());
        if let Some(name) = name::parse(said) {
            vertex.steps.push(self.read.steps.len());
            self.read.steps.push(RecordedStep {
                run: self.run,
                labels: name.labels.split_whitespace().map(str::to_owned).collect(),
                number: name.number,
                total: name.total,
                text: name.text.to_owned(),
                seconds: None,
                outcome: StepOutcome::Unfinished,
            });
        }
    }

    fn next_run(&mut self) {
        if !self.vertices.is_empty() {
            self.vertices.clear();
            self.run += 1;
        }
    }
}

/// A name without what stands in its brackets before the number.
fn unlabelled(name: &str) -> &str {
    let head = name.find(']').unwrap_or(0);
    name[..head].rfind(' ').map_or(name, |at| &name[at + 1..])
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
