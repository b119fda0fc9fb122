//! `textDocument/inlayHint`: at the end of a line, what its layer weighs and what runs it again.

use super::Snapshot;
use crate::layers::{Layer, Size, Step, Subject, bytes, inputs};
use crate::model::Stage;
use crate::settings::Hints;
use crate::syntax::Keyword;
use crate::text::Span;

/// A few words behind a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlayHint {
    /// Where it stands, in bytes of the text: the end of the instruction.
    pub offset: u32,
    /// What the layer weighs, then what runs it again, joined by `·`.
    pub label: String,
    /// What stands beside it when it is pointed at.
    pub tooltip: String,
}

/// The fewest bytes that a layer must weigh to be marked for it. Most lines stay as they are.
const NOTABLE: u64 = 1_000_000;

/// The hints of the instructions that `span` touches.
pub fn inlay_hints(snapshot: &Snapshot, span: Span) -> Vec<InlayHint> {
    let hints = snapshot.settings().hints;
    if hints == Hints::NONE {
        return Vec::new();
    }
    let subject = snapshot.subject();
    let touched = |step: &&Step| {
        subject.instruction(step.id).is_some_and(|i| i.span.start <= span.end && span.start <= i.span.end)
    };
    subject.plan.steps().iter().filter(touched).filter_map(|step| hint(&subject, step, hints)).collect()
}

fn hint(subject: &Subject<'_>, step: &Step, hints: Hints) -> Option<InlayHint> {
    if step.layer != Layer::Filesystem {
        return None;
    }
    let instruction = subject.instruction(step.id)?;
    let (mut parts, mut more) = (Vec::new(), Vec::new());
    if let Some(size) = subject.weight(step.id).size.filter(|size| hints.weight && size.likely >= NOTABLE) {
        let approx = if size.low == size.high { "" } else { "≈ " };
        let place = if step.in_image { "" } else { ", not in the image" };
        parts.push(format!("{approx}{}{place}", bytes(size.likely)));
        more.push(range(size));
    }
    if hints.cache && instruction.keyword == Keyword::Run {
        let inputs = inputs(subject, step.id);
        let names = |words: &[String]| match words {
            [] => None,
            [one] => Some(one.clone()),
            [one, two] => Some(format!("{one}, {two}")),
            [one, two, ..] => Some(format!("{one}, {two}, …")),
        };
        let stages = inputs.stages.iter().filter_map(|index| subject.model.stages().get(*index));
        let stages: Vec<String> = stages.map(Stage::title).collect();
        let with = match inputs.everything {
            Some(_) => Some("any file".to_owned()),
            None => names(&inputs.files).or_else(|| names(&stages)),
        };
        if let Some(with) = with {
            parts.push(format!("runs again with {with}"));
            more.push("Hover the instruction for all that its cache key hangs on.".to_owned());
        }
    }
    let label = parts.join(" · ");
    (!label.is_empty()).then(|| InlayHint { offset: instruction.span.end, label, tooltip: more.join("\n\n") })
}

fn range(size: Size) -> String {
    let basis = size.basis.in_words();
    match size.low == size.high {
        true => format!("{} bytes, from {basis}.", size.likely),
        false => format!("{} to {}, from {basis}.", bytes(size.low), bytes(size.high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use std::sync::Arc;

    const FILE: &str = "\
FROM node:22-alpine AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
FROM deps AS build
COPY . .
RUN npm run build \\
  && echo 완료 😀
FROM scratch
COPY --from=build /app/dist /srv
RUN true
";

    fn labels(hints: Hints) -> Vec<(String, String)> {
        let settings = Settings { hints, ..Settings::default() };
        let snapshot = Snapshot::new(FILE, None, Arc::new(settings));
        let all = inlay_hints(&snapshot, Span::new(0, FILE.len() as u32));
        let line = |offset: u32| {
            let before = &FILE[..offset as usize];
            before[before.rfind('\n').map_or(0, |at| at + 1)..].to_owned()
        };
        all.into_iter().map(|hint| (line(hint.offset), hint.label)).collect()
    }

    #[test]
    fn a_run_says_what_runs_it_again() {
        let cache_only = Hints { weight: false, ..Hints::default() };
        let expected = [
            ("RUN npm ci", "runs again with package.json, package-lock.json"),
            ("  && echo 완료 😀", "runs again with any file"),
            ("RUN true", "runs again with stage build"),
        ];
        let expected: Vec<(String, String)> =
            expected.iter().map(|(line, label)| (line.to_string(), label.to_string())).collect();
        assert_eq!(labels(cache_only), expected);
    }

    #[test]
    fn each_part_can_be_switched_off() {
        assert_eq!(labels(Hints::NONE), []);
        assert!(
            labels(Hints { cache: false, ..Hints::default() })
                .iter()
                .all(|(_, label)| !label.contains("runs"))
        );
    }

    #[test]
    fn only_the_asked_lines_are_answered() {
        let snapshot = Snapshot::new(FILE, None, Arc::default());
        let at = FILE.find("RUN npm ci").unwrap() as u32;
        let found = inlay_hints(&snapshot, Span::new(at, at + 3));
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_file_that_is_half_typed_has_hints_all_the_same() {
        for text in ["", "FROM", "FROM a\nRUN", "FROM a\nCOPY . .\nRUN --mount=\nRUN x \\", "RUN x\n"] {
            let snapshot = Snapshot::new(text, None, Arc::default());
            inlay_hints(&snapshot, Span::new(0, text.len() as u32));
        }
    }
}
