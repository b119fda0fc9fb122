//! The fixtures of Semgrep's and Checkov's rules: what each of them finds in its own file, ours finds too, and
//! nothing where it finds nothing. What they see otherwise for a reason stands in [`EXPLAINED`]; rules that
//! aren't written yet are left out.

use crate::shared::cases;
use plimsoll::features::Snapshot;
use plimsoll::rules;
use plimsoll::settings::{Profile, Settings};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Cases that are answered otherwise, and why.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "semgrep-best-practice-avoid-platform-with-from",
        "`x86` is no platform: BuildKit refuses it, and that is told",
    ),
    (
        "semgrep-correctness-multiple-entrypoint-instructions",
        "it is told on the earlier one, which is the one without effect",
    ),
    (
        "checkov-WorkdirIsAbsolute-failure-Dockerfile",
        "a relative WORKDIR below an absolute one hangs on that alone",
    ),
    (
        "semgrep-audit-dockerfile-source-not-pinned",
        "`@v1` and `@sha256` are no digests; BuildKit refuses the file, which is said instead",
    ),
    (
        "semgrep-best-practice-prefer-copy-over-add",
        "Semgrep minds an ADD that downloads or unpacks; we mind the one that does neither, and downloads \
         without a checksum",
    ),
    ("semgrep-best-practice-missing-apk-no-cache", "the same RUN removes the cache"),
    ("semgrep-best-practice-set-pipefail", "`||` is no pipe"),
    ("semgrep-best-practice-use-either-wget-or-curl", "we mark the second of the two tools"),
];

/// Run with --nocapture to see each case that differs.
#[test]
fn the_scanners_fixtures_are_seen_as_they_see_them() {
    let Some(cases) = cases("scanner_cases.dev.json") else { return };
    let (mut same, mut differ, mut pending) = (0, Vec::new(), 0);
    for case in &cases {
        let alias = case["rule"].as_str().unwrap().replacen(':', "/", 1);
        if !rules::all().iter().any(|rule| rule.aliases.contains(&alias.as_str())) {
            pending += 1;
            continue;
        }
        let text = case["dockerfile"].as_str().unwrap();
        let ours = lines(text, &alias);
        let expected = case["expect"].as_array().unwrap();
        let fits = match expected.first().map(|found| &found["line"]) {
            // Semgrep's fixtures tell lines, Checkov's whether there is anything.
            Some(Value::Number(_)) => ours == expected.iter().map(|f| f["line"].as_u64().unwrap()).collect(),
            Some(_) => !ours.is_empty(),
            None => ours.is_empty(),
        };
        if fits {
            same += 1;
        } else {
            let id = case["id"].as_str().unwrap();
            println!("{id}: {alias} expected {expected:?}, found {ours:?} in\n{text}");
            differ.push(id);
        }
    }
    differ.retain(|id| !EXPLAINED.iter().any(|(known, _)| known == id));
    println!(
        "{same} of {} agree, {pending} ask for rules that aren't written yet; not explained: {differ:?}",
        cases.len()
    );
    // What scanners say is their opinion; most of it is ours as well.
    let judged = cases.len() - pending;
    assert!(differ.len() * 10 <= judged, "{differ:?}");
}

/// The 1-based lines on which the rules with this alias find something.
fn lines(text: &str, alias: &str) -> BTreeSet<u64> {
    let settings =
        Settings { profile: Profile::Strict, select: vec![alias.to_owned()], ..Settings::default() };
    let snapshot = Snapshot::new(text, None, Arc::new(settings));
    let line = |offset| u64::from(snapshot.tree().lines().line(offset)) + 1;
    // Semgrep tells the line on which the instruction starts.
    let start = |offset| snapshot.tree().instruction_at(offset).map_or(offset, |found| found.span.start);
    snapshot.diagnostics().iter().map(|finding| line(start(finding.span.start))).collect()
}
