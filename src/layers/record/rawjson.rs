//! `--progress=rawjson`: one JSON object a line, of what changed since the last one.

use super::{Read, RecordedStep, StepOutcome, clean, name, time};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    vertexes: Option<Vec<Vertex>>,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
    #[serde(default)]
    name: String,
    started: Option<String>,
    completed: Option<String>,
    #[serde(default)]
    cached: bool,
    #[serde(default)]
    error: String,
    /// Vertices that are shown as one.
    #[serde(rename = "progressGroup")]
    group: Option<Group>,
}

#[derive(Deserialize)]
struct Group {
    id: String,
    #[serde(default)]
    name: String,
}

/// None where the log isn't of this form.
pub fn parse(log: &str) -> Option<Read> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut progress = false;
    for line in log.split('\n') {
        let line = clean::line(line);
        let json = clean::without_stamp(&line);
        if !json.starts_with('{') {
            continue;
        }
        let Ok(Status { vertexes: Some(vertices) }) = serde_json::from_str(json) else { continue };
        progress = true;
        for vertex in vertices {
            let key = vertex.group.as_ref().map_or(&vertex.digest, |group| &group.id).clone();
            let at = *by_key.entry(key).or_insert_with(|| {
                seen.push(Seen::default());
                seen.len() - 1
            });
            seen[at].take(vertex);
        }
    }
    let names = || seen.iter().flat_map(|one| one.names.iter().map(move |name| (one, name)));
    let steps = names().filter_map(|(one, name)| one.step(name)).collect();
    let targets = names().filter_map(|(_, name)| name::target(name)).map(str::to_owned).collect();
    progress.then_some(Read { steps, targets, progress })
}

/// What was told of one vertex, or of one group of them.
#[derive(Default)]
struct Seen {
    /// More than one where targets of Bake share it.
    names: Vec<String>,
    /// Start and end in seconds since 1970, by the digest of the vertex.
    spans: Vec<(String, f64, Option<f64>)>,
    /// By digest, what was told last: whether it came from the cache, and its error.
    last: HashMap<String, (bool, String)>,
}

impl Seen {
    fn take(&mut self, vertex: Vertex) {
        let name = vertex.group.map_or(vertex.name, |group| group.name);
        if !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
        let Some(started) = vertex.started.as_deref().and_then(time::seconds) else { return };
        let completed = vertex.completed.as_deref().and_then(time::seconds);
        match self.spans.iter_mut().find(|(digest, from, _)| *digest == vertex.digest && *from == started) {
            Some((_, _, until)) => *until = completed.or(*until),
            None => self.spans.push((vertex.digest.clone(), started, completed)),
        }
        self.last.insert(vertex.digest, (vertex.cached, vertex.error));
    }

    /// The step that has `name`; None for other things, and for what never began.
    fn step(&self, name: &str) -> Option<RecordedStep> {
        let name = name::parse(name)?;
        let outcome = self.outcome()?;
        Some(RecordedStep {
            run: 0,
            labels: name.labels.split_whitespace().map(str::to_owned).collect(),
            number: name.number,
            total: name.total,
            text: name.text.to_owned(),
            seconds: matches!(outcome, StepOutcome::Done | StepOutcome::Cached | StepOutcome::Failed)
                .then(|| self.seconds()),
            outcome,
        })
    }

    fn outcome(&self) -> Option<StepOutcome> {
        if self.last.is_empty() {
            return None;
        }
        let errors = || self.last.values().map(|(_, error)| error).filter(|error| !error.is_empty());
        // Go's words for a context that was cancelled, which BuildKit goes by too.
        let canceled = |error: &String| error.ends_with("context canceled");
        Some(if errors().any(|error| !canceled(error)) {
            StepOutcome::Failed
        } else if errors().next().is_some() {
            StepOutcome::Canceled
        } else if self.spans.iter().any(|(_, _, until)| until.is_none()) {
            StepOutcome::Unfinished
        } else if self.last.values().all(|(cached, _)| *cached) {
            StepOutcome::Cached
        } else {
            StepOutcome::Done
        })
    }

    /// The time in which it ran; times that overlap count once.
    fn seconds(&self) -> f64 {
        let mut spans: Vec<(f64, f64)> =
            self.spans.iter().filter_map(|(_, from, until)| Some((*from, (*until)?))).collect();
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        let mut end = f64::NEG_INFINITY;
        for (from, until) in spans {
            sum += (until - from.max(end)).max(0.0);
            end = end.max(until);
        }
        // Double precision has a quarter of a microsecond left at this distance from 1970.
        (sum * 1000.0).round() / 1000.0
    }
}
