//! hadolint's own test cases, with what hadolint 2.15.1 finds in each of them: under profile `hadolint` the
//! same rules are found on the same lines.
//!
//! ShellCheck's findings are compared where there is a ShellCheck. Findings of rules that aren't written yet
//! are left out on both sides; the test prints which these are.

use crate::shared::{self, cases};
use plimsoll::features::Snapshot;
use plimsoll::rules::{self, alias};
use plimsoll::settings::{Profile, Settings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A rule of hadolint's and a 1-based line.
type Found = BTreeSet<(String, u64)>;

/// Run with --nocapture to see the rate, and with PLIMSOLL_SHOW=1 to see each case that differs.
#[test]
fn profile_hadolint_finds_what_hadolint_finds_in_its_own_cases() {
    let Some(cases) = cases("hadolint_cases.dev.json") else { return };
    let names = rules::all().iter().flat_map(|rule| rule.aliases).map(|alias| alias::split(alias));
    let written: BTreeSet<&str> = names.filter(|(tool, _)| *tool == "hadolint").map(|(_, id)| id).collect();
    let is_written = |id: &str| written.contains(id) || id.starts_with("SC");
    let show = std::env::var_os("PLIMSOLL_SHOW").is_some();
    let mut pending: BTreeMap<String, usize> = BTreeMap::new();
    let (mut same, mut whole, mut differ) = (0, 0, BTreeMap::<String, usize>::new());
    for case in &cases {
        let theirs = expected(case);
        let missing = theirs.iter().filter(|(id, _)| !is_written(id));
        missing.for_each(|(id, _)| *pending.entry(id.clone()).or_default() += 1);
        let ours = found(case["dockerfile"].as_str().unwrap(), settings(&case["config"]));
        let compared: Found = theirs.iter().filter(|(id, _)| is_written(id)).cloned().collect();
        same += usize::from(ours == compared);
        whole += usize::from(ours == theirs);
        for (id, line) in ours.symmetric_difference(&compared) {
            *differ.entry(id.clone()).or_default() += 1;
            if show {
                let who = if compared.contains(&(id.clone(), *line)) { "missing" } else { "too much" };
                println!("{who}: {id} on line {line} of {}\n{}", case["source"], case["dockerfile"]);
            }
        }
    }
    let percent = |n: usize| 100.0 * n as f64 / cases.len() as f64;
    println!(
        "{} cases: {:.2} % agree, {:.2} % with all of hadolint's rules",
        cases.len(),
        percent(same),
        percent(whole)
    );
    println!("rules not written yet, and their findings: {pending:?}");
    assert!(percent(same) >= 99.5, "{:.2} % agree; they differ on {differ:?}", percent(same));
}

fn expected(case: &Value) -> Found {
    let findings = case["expect"].as_array().unwrap().iter();
    let findings = findings.map(|f| (f["rule"].as_str().unwrap().to_owned(), f["line"].as_u64().unwrap()));
    findings.filter(|(id, _)| !id.starts_with("SC") || shared::shellcheck().is_some()).collect()
}

fn found(text: &str, settings: Settings) -> Found {
    let snapshot = shared::checked(Snapshot::new(text, None, Arc::new(settings)));
    let findings = snapshot.diagnostics().iter().flat_map(|finding| {
        let line = u64::from(snapshot.tree().lines().line(finding.span.start)) + 1;
        let ids = finding.aliases().iter().map(|a| alias::split(a)).filter(|(tool, _)| *tool == "hadolint");
        ids.map(move |(_, id)| (id.to_owned(), line))
    });
    findings.collect()
}

/// The settings that the case's `.hadolint.yaml` makes; none where it has none.
pub fn settings(config: &Value) -> Settings {
    if config.is_null() {
        return Settings { profile: Profile::Hadolint, ..Settings::default() };
    }
    // What is JSON is YAML.
    let found = plimsoll::config::hadolint::read(&config.to_string());
    Settings { profile: Profile::Hadolint, ..Settings::of(&[&found.layer]) }
}
