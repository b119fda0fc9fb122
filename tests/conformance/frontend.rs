//! Flags, their values and their arguments, one instruction at a time, beside what BuildKit answered.
//!
//! fixtures/frontend/answers.json holds small Dockerfiles with BuildKit's refusal, or null where it plans the
//! build: `docker buildx build --call=check` of Docker 28.5, whose frontend is of the stable channel. Files for
//! which it would have asked a registry aren't among them.

use plimsoll::features::Snapshot;
use plimsoll::rules::alias;
use plimsoll::settings::{Profile, Settings};
use plimsoll::syntax::{SyntaxError, parse};
use serde_json::Value;
use std::sync::Arc;

/// Where the two differ: a part of BuildKit's refusal, a part of the file, and why. In each of these BuildKit
/// refuses, and the grammar doesn't; docs/syntax.md says the same in its own words.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("unknown flag: --security", "", "an older frontend: the flag is of the stable channel since 1.20"),
    ("unknown flag: --parents", "", "an older frontend: the flag is of the stable channel since 1.20"),
    ("device feature is only supported", "", "the labs channel knows the flag"),
    ("", "$", "what a variable comes to is known with the build's arguments only"),
    ("invalid mount target \"/\"", "", "a target that is relative or missing is that of WORKDIR"),
    ("failed to parse stage name", "", "an image's name is judged when its stage is planned"),
    ("circular dependency detected", "", "between stages, not in the grammar"),
    ("invalid stage index", "", "between stages, not in the grammar"),
    ("query", ".git?", "the query of a Git address is judged when the step is planned"),
    ("keep-git-dir", ".git?", "the query of a Git address is judged when the step is planned"),
    ("branch conflicts with tag", ".git?", "the query of a Git address is judged when the step is planned"),
    ("invalid containerPort", "EXPOSE", "ports are judged when the stage is planned"),
    ("invalid port", "EXPOSE", "ports are judged when the stage is planned"),
    ("invalid signal", "STOPSIGNAL", "signals are judged when the stage is planned"),
    ("looking for matching", "", "words are expanded when the stage is planned"),
];

#[test]
fn the_grammar_refuses_what_buildkit_refuses() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/frontend/answers.json");
    let answers: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut used = vec![0; EXPLAINED.len()];
    let mut faults = Vec::new();
    for answer in &answers {
        let text = answer["text"].as_str().unwrap();
        let refused = answer["refused"].as_str();
        let (_, errors) = parse(text);
        if refused.is_some() != errors.is_empty() {
            continue;
        }
        let why = EXPLAINED.iter().position(|(refusal, part, _)| {
            refused.is_some_and(|refused| refused.contains(refusal)) && text.contains(part)
        });
        match why {
            Some(why) => used[why] += 1,
            None => {
                let ours: Vec<String> = errors.iter().map(SyntaxError::to_string).collect();
                faults.push(format!("{text:?}\n  BuildKit: {refused:?}\n  here: {ours:?}"));
            }
        }
    }
    let explained: usize = used.iter().sum();
    println!("{} answers of BuildKit, {explained} explained differences", answers.len());
    let unused = EXPLAINED.iter().zip(&used).filter(|(_, used)| **used == 0);
    let idle: Vec<&str> = unused.map(|((refusal, ..), _)| *refusal).collect();
    assert!(idle.is_empty(), "these explain nothing: {idle:?}");
    assert!(answers.len() > 700, "only {} answers", answers.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What the profile `buildkit` doesn't refuse though BuildKit does, as above.
const NOT_PLANNED: &[(&str, &str, &str)] = &[
    ("unknown flag: --security", "", "an older frontend: the flag is of the stable channel since 1.20"),
    ("unknown flag: --parents", "", "an older frontend: the flag is of the stable channel since 1.20"),
    ("device feature is only supported", "", "the labs channel knows the flag"),
    ("query", ".git?", "the query of a Git address isn't read"),
    ("keep-git-dir", ".git?", "the query of a Git address isn't read"),
    ("branch conflicts with tag", ".git?", "the query of a Git address isn't read"),
    ("checksum", "${Y", "a checksum that comes out of a variable isn't judged"),
    ("checksum", "$Y", "what a checksum is of isn't judged where it comes out of a variable"),
];

#[test]
fn what_buildkit_refuses_to_plan_is_refused_under_its_profile() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/frontend/answers.json");
    let answers: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let settings = Arc::new(Settings { profile: Profile::Buildkit, ..Settings::default() });
    let (mut agreed, mut faults) = (0, Vec::new());
    for answer in &answers {
        let text = answer["text"].as_str().unwrap();
        let refused = answer["refused"].as_str();
        let snapshot = Snapshot::new(text, None, Arc::clone(&settings));
        let of_check = |name: &&str| alias::split(name).0 == "buildkit";
        let ours: Vec<String> = snapshot
            .diagnostics()
            .iter()
            .filter(|finding| !finding.aliases().iter().any(of_check))
            .map(|finding| format!("{}: {}", finding.rule, finding.message()))
            .collect();
        assert!(ours.len() <= 1, "BuildKit stops at the first: {text:?} {ours:?}");
        let explained = NOT_PLANNED.iter().any(|(refusal, part, _)| {
            refused.is_some_and(|refused| refused.contains(refusal)) && text.contains(part)
        });
        if refused.is_none() == ours.is_empty() {
            agreed += 1;
        } else if !explained {
            faults.push(format!("{text:?}\n  BuildKit: {refused:?}\n  here: {ours:?}"));
        }
    }
    println!("{agreed} of {} answers of BuildKit", answers.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
