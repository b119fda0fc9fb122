//! Editing: what the rules find after an edit, when they take over what they found before, is what they find in the text
//! as it is.

use crate::corpus::corpus;
use crate::world::World;
use plimsoll::context::View;
use plimsoll::features::{Kept, Snapshot};
use plimsoll::rules::{self, Diagnostic, Files};
use plimsoll::settings::{Profile, Settings};
use std::sync::Arc;

/// How many files of the corpus are edited; all of them would take minutes.
const FILES: usize = 150;

/// Texts of one file one after the other, as somebody edits it in so many places.
fn edits(text: &str, places: usize) -> Vec<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without =
        |at: usize| lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, line)| *line).collect();
    let with = |at: usize, new: &str| {
        let (before, after) = lines.split_at(at.min(lines.len()));
        format!("{}{new}{}", before.concat(), after.concat())
    };
    let mut texts = vec![text.to_owned()];
    for place in 1..=places {
        let at = lines.len() * place / (places + 1);
        let typed = lines.get(at).map_or(String::new(), |line| format!("{} x\n", line.trim_end()));
        texts.push(format!(
            "{}{typed}{}",
            lines[..at].concat(),
            lines.get(at + 1..).unwrap_or_default().concat()
        ));
        texts.push(without(at));
        texts.push(with(at, "USER root\n"));
        texts.push(with(at, "# hadolint ignore=DL3008\n"));
        texts.push(with(at, "FROM scratch AS other\n"));
    }
    let above = [
        "ARG ABOVE=1\n",
        "# syntax=docker/dockerfile:1.2\n",
        "# escape=`\n",
        "# check=skip=all;experimental=all\n",
        "# hadolint global ignore=DL3008\n",
        "# a word\n",
    ];
    texts.extend(above.map(|line| with(0, line)));
    texts.push(with(lines.len(), "RUN apt-get install -y x && yarn cache clean\n"));
    texts.push(text.to_owned());
    texts
}

/// Where findings that were taken over differ from those of a fresh look.
fn differences(texts: &[String], context: Option<&Arc<View>>, settings: &Arc<Settings>) -> Vec<String> {
    let kept = Kept::default();
    let mut out = Vec::new();
    for text in texts {
        let snapshot = || Snapshot::new(text.as_str(), context.cloned(), Arc::clone(settings));
        let fresh = snapshot().diagnostics().to_vec();
        let snapshot = snapshot().keeping(kept.clone());
        let taken = snapshot.diagnostics();
        let missing = |from: &[Diagnostic], other: &[Diagnostic], what: &str| -> Vec<String> {
            let lost = from.iter().filter(|finding| !other.contains(finding));
            lost.map(|finding| format!("{what} {} {:?}: {}", finding.rule, finding.span, finding.message()))
                .collect()
        };
        out.extend(missing(&fresh, taken, "missing"));
        out.extend(missing(taken, &fresh, "too many"));
        if out.is_empty() {
            assert_eq!(fresh, taken, "in another order, or not as often");
        }
    }
    out
}

#[test]
fn findings_that_are_taken_over_are_those_of_a_fresh_look() {
    let under = |profile| Arc::new(Settings { profile, ..Settings::default() });
    let settings = under(Profile::Strict);
    let mut faults = Vec::new();
    for rule in rules::all() {
        for example in rule.examples {
            // As the stage before and behind others, too.
            let text = format!("FROM alpine AS before\nRUN a\n{}\nFROM before\nRUN b\n", example.text);
            let world = World::new(&text, example.files).snapshot();
            for settings in [&settings, &under(Profile::Hadolint)] {
                faults.extend(differences(&edits(&text, 1), world.context(), settings));
            }
        }
    }
    let project: Files = &[("package.json", "{\"dependencies\": {\"next\": \"15\"}}"), ("src/main.js", "")];
    let project = World::new("FROM scratch\n", Some(project)).snapshot();
    if let Some((_folder, files)) = corpus() {
        let texts = files.iter().filter_map(|path| std::fs::read_to_string(path).ok());
        for text in texts.filter(|text| text.matches("FROM").count() > 1).take(FILES) {
            faults.extend(differences(&edits(&text, 3), project.context(), &settings));
        }
    }
    faults.sort();
    faults.dedup();
    let all = faults.len();
    faults.truncate(40);
    assert!(faults.is_empty(), "{all} differences, such as\n{}", faults.join("\n"));
}
