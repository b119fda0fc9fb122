//! BuildKit's checks, case by case: under the profile `buildkit` the same rules on the same lines, and its
//! refusal on its line.

use crate::shared;
use plimsoll::context::{Memory, Request, View};
use plimsoll::layers::{Plan, Subject};
use plimsoll::model::Model;
use plimsoll::rules::{self, alias};
use plimsoll::settings::{Profile, Settings};
use plimsoll::syntax::parse;
use serde_json::Value;
use std::sync::Arc;

/// Cases that hang on what only a registry answers, and why.
const NETWORK: &[(&str, &str)] = &[];

const ROOT: &str = "/project";

#[test]
fn the_checks_say_what_buildkit_says() {
    let Some(cases) = shared::cases("buildkit_lint_cases.dev.json") else { return };
    let (mut agreed, mut left_out) = (0, 0);
    let mut faults = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        if NETWORK.iter().any(|(known, _)| *known == id) {
            left_out += 1;
            continue;
        }
        let (found, refused) = check(case);
        let expected: Vec<(String, u64)> = case["expect"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| (finding["rule"].as_str().unwrap().to_owned(), finding["line"].as_u64().unwrap()))
            .collect();
        let sorted = |mut list: Vec<(String, u64)>| {
            list.sort();
            list
        };
        let (found, expected) = (sorted(found), sorted(expected));
        let error = case["error"]["line"].as_u64();
        if found == expected && refused == error {
            agreed += 1;
        } else {
            let text = case["dockerfile"].as_str().unwrap();
            faults.push(format!(
                "{id}\n{text}\n  BuildKit {expected:?} {error:?}\n  here     {found:?} {refused:?}"
            ));
        }
    }
    println!("{agreed} of {} cases as BuildKit, {left_out} need a network", cases.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The checks with their lines, and the line of what is refused.
fn check(case: &Value) -> (Vec<(String, u64)>, Option<u64>) {
    let text = case["dockerfile"].as_str().unwrap();
    let arguments = case["build_args"].as_object().into_iter().flatten();
    let arguments =
        arguments.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let view = case["dockerignore"].as_str().map(|ignore| {
        let mut memory = Memory::new();
        memory.insert(&format!("{ROOT}/Dockerfile"), text);
        memory.insert(&format!("{ROOT}/.dockerignore"), ignore);
        let request = Request::new(Some(format!("{ROOT}/Dockerfile").into()), Some(ROOT.into()));
        View::gather(&memory, &request).expect("nobody cancels")
    });
    let (tree, errors) = parse(text);
    let model = Model::with_arguments(Arc::new(tree), arguments);
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: view.as_ref() };
    let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
    let (mut found, mut refused) = (Vec::new(), None);
    for finding in rules::check(&subject, &errors, &settings, None, None) {
        let line = u64::from(model.tree().lines().line(finding.span.start)) + 1;
        let names = finding.aliases().iter().map(|name| alias::split(name));
        let mut checks = names.filter(|(tool, _)| *tool == "buildkit").map(|(_, check)| check);
        match checks.next() {
            Some(check) => found.push((check.to_owned(), line)),
            None => refused = Some(line),
        }
    }
    (found, refused)
}
