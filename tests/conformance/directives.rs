//! Comments that speak to a linter, and what is easily taken for a fault: what hadolint 2.15.1 and BuildKit
//! answered, rule and line. `shared/cases/directive_cases.dev.json`.
//!
//! What no rule here has a name for yet is counted and listed; run with --nocapture to see it.

use crate::hadolint::settings;
use crate::shared;
use plimsoll::features::Snapshot;
use plimsoll::rules::{self, Severity, alias};
use plimsoll::settings::{Profile, Settings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Found = BTreeSet<(String, u64)>;

/// Cases in which hadolint's answer isn't ours, and why.
const EXPLAINED: &[(&str, &str)] = &[
    ("dir-b-escape-upper", "hadolint reads the directive's name in lower case only; BuildKit takes the file"),
    ("dir-b-escape-after-unknown", "BuildKit names the same line, but as an unknown instruction"),
    ("dir-b-escape-bad", "hadolint takes an escape character that BuildKit refuses"),
    ("dir-b-unterminated-heredoc", "hadolint puts the fault at the end of the file, and says nothing else"),
    ("dir-b-empty", "BuildKit refuses an empty file, hadolint doesn't"),
    ("dir-b-skip-twice", "hadolint takes a directive twice, BuildKit doesn't"),
];

#[test]
fn hadolints_comments_mean_what_they_mean_to_hadolint() {
    let Some(cases) = shared::cases("directive_cases.dev.json") else { return };
    let mut pending = BTreeMap::new();
    let mut faults = Vec::new();
    let mut held = 0;
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        if EXPLAINED.iter().any(|(explained, _)| *explained == id) {
            continue;
        }
        let (ours, _) = answer(case, Profile::Hadolint, "hadolint");
        held += compare(id, &case["expect"]["hadolint"], "hadolint", &ours, &mut pending, &mut faults);
    }
    report("hadolint", held, cases.len(), &pending);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn buildkits_comments_mean_what_they_mean_to_buildkit() {
    let Some(cases) = shared::cases("directive_cases.dev.json") else { return };
    let mut pending = BTreeMap::new();
    let mut faults = Vec::new();
    let mut held = 0;
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let (ours, gravest) = answer(case, Profile::Buildkit, "buildkit");
        match case["buildkit_error"].as_str() {
            // The checks themselves fail the build.
            Some(error) if error.starts_with("lint violation") => {
                let grave = ours.is_empty() || gravest == Some(Severity::Error);
                faults.extend((!grave).then(|| format!("{id}: the build fails, and no finding is an error")));
            }
            // BuildKit goes no further, and answers nothing else.
            Some(error) => {
                match gravest {
                    Some(Severity::Error) => held += 1,
                    _ => faults.push(format!("{id}: BuildKit refuses it, and here it passes: {error}")),
                }
                continue;
            }
            None => {}
        }
        held += compare(id, &case["expect"]["buildkit"], "buildkit", &ours, &mut pending, &mut faults);
    }
    report("buildkit", held, cases.len(), &pending);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What is found under a profile, by the names of its tool, and how grave the gravest finding is.
fn answer(case: &Value, profile: Profile, tool: &str) -> (Found, Option<Severity>) {
    let settings = Settings { profile, ..settings(&case["config"]) };
    let snapshot = Snapshot::new(case["dockerfile"].as_str().unwrap(), None, Arc::new(settings));
    let snapshot = shared::checked(snapshot);
    let mut found = Found::new();
    for finding in snapshot.diagnostics() {
        let line = u64::from(snapshot.tree().lines().line(finding.span.start)) + 1;
        let names = finding.aliases().iter().map(|name| alias::split(name));
        found.extend(names.filter(|(of, _)| *of == tool).map(|(_, id)| (id.to_owned(), line)));
    }
    (found, snapshot.diagnostics().iter().map(|finding| finding.severity).max())
}

/// 1 where the answers are the same, as far as rules here have the names; else the difference is a fault.
fn compare(
    case: &str,
    theirs: &Value,
    tool: &str,
    ours: &Found,
    pending: &mut BTreeMap<String, usize>,
    faults: &mut Vec<String>,
) -> usize {
    let theirs = theirs.as_array().unwrap().iter();
    let theirs: Found =
        theirs.map(|f| (f["rule"].as_str().unwrap().to_owned(), f["line"].as_u64().unwrap())).collect();
    let of_shellcheck = |id: &str| id.starts_with("SC") && shared::shellcheck().is_some();
    let known = |id: &str| {
        rules::all().iter().any(|rule| rule.aliases.contains(&&*format!("{tool}/{id}"))) || of_shellcheck(id)
    };
    let (theirs, unknown): (Found, Found) = theirs.into_iter().partition(|(id, _)| known(id));
    for (id, _) in &unknown {
        *pending.entry(id.clone()).or_default() += 1;
    }
    if theirs == *ours {
        return usize::from(unknown.is_empty());
    }
    let missing: Vec<_> = theirs.difference(ours).collect();
    let extra: Vec<_> = ours.difference(&theirs).collect();
    faults.push(format!("{case}: missing {missing:?}, too many {extra:?}"));
    0
}

fn report(tool: &str, held: usize, of: usize, pending: &BTreeMap<String, usize>) {
    println!(
        "{tool}: {held} of {of} cases are answered in full; no rule has yet, in so many cases, {pending:?}"
    );
}
