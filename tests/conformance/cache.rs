//! What runs again after a change, held against builds in which just that was changed.

use crate::shared;
use plimsoll::context::{Limits, Memory, Request, View};
use plimsoll::layers::{Again, Change, Plan, Subject, changed_by};
use plimsoll::model::Model;
use plimsoll::syntax::parse;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Experiments whose truth isn't ours, with the reason.
const EXPLAINED: [(&str, &str); 2] = [
    ("arg-same", "the argument is given the value that it has anyway; a change is asked for by name alone"),
    ("arg-global-from", "both tags name the same image, which only a registry knows"),
];

#[test]
fn what_runs_again_is_what_ran_again() {
    let Some(experiments) = shared::experiments("cache_truth.dev.json") else { return };
    let (mut asked, mut later, mut wrong) = (0, 0, Vec::new());
    for experiment in &experiments {
        let (before, after) = (&experiment["before"], &experiment["after"]);
        if before["dockerfile"] != after["dockerfile"] {
            later += 1;
            continue;
        }
        asked += 1;
        let id = experiment["id"].as_str().unwrap();
        let found = differences(experiment, &answer(before, after));
        match EXPLAINED.iter().any(|(explained, _)| *explained == id) {
            true if found.is_empty() => wrong.push(format!("{id} agrees: take it out of EXPLAINED")),
            false if !found.is_empty() => wrong.push(format!("{id}: {}", found.join("; "))),
            _ => {}
        }
    }
    println!("{asked} asked, {} of them explained; {later} compare two Dockerfiles", EXPLAINED.len());
    assert!(asked > 0);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Where the answer isn't what was seen: a step that is sure to run must have run, and one that ran must
/// not be ruled out. A step that may run may do either.
fn differences(experiment: &Value, answer: &BTreeMap<u32, Again>) -> Vec<String> {
    let mut found = Vec::new();
    for step in experiment["steps"].as_array().unwrap() {
        let line = step["line"].as_u64().unwrap() as u32;
        let said = answer.get(&line).copied().unwrap_or_default();
        match (step["ran"].as_bool().unwrap(), said) {
            (true, Again::No) => found.push(format!("line {line} ran, and was said to stay")),
            (false, Again::Yes) => found.push(format!("line {line} stayed, and was said to run")),
            _ => {}
        }
    }
    found
}

/// By line, whether a step runs again between the two builds.
fn answer(before: &Value, after: &Value) -> BTreeMap<u32, Again> {
    let model = Model::new(Arc::new(parse(before["dockerfile"].as_str().unwrap()).0));
    let views = [view(before), view(after)];
    let mut again = BTreeMap::new();
    // A file that comes, goes or is no longer ignored is part of one of the two contexts only.
    for view in &views {
        let plan = Plan::new(&model, Some(view), None);
        let subject = Subject { model: &model, plan: &plan, context: Some(view) };
        for change in changes(before, after, &views) {
            for (id, more) in changed_by(&subject, &change) {
                let line = subject.instruction(id).unwrap().first_line;
                let known: &mut Again = again.entry(line).or_default();
                *known = more.max(*known);
            }
        }
    }
    again
}

/// What differs between the two builds, the times of files apart.
fn changes(before: &Value, after: &Value, views: &[View; 2]) -> Vec<Change> {
    let differ = |part: &str, same: &dyn Fn(&str) -> bool| -> Vec<String> {
        let names: BTreeSet<&String> =
            object(&before[part]).keys().chain(object(&after[part]).keys()).collect();
        names.into_iter().filter(|name| !same(name)).cloned().collect()
    };
    let kept = |path: &str| {
        let same = |key: &str| before["files"][path][key] == after["files"][path][key];
        let taken = |view: &View| view.file(path).is_some();
        ["content", "mode", "link"].into_iter().all(same) && taken(&views[0]) == taken(&views[1])
    };
    let files = differ("files", &kept).into_iter().map(Change::File);
    let args =
        differ("args", &|name| before["args"][name] == after["args"][name]).into_iter().map(Change::Arg);
    files.chain(args).collect()
}

fn view(side: &Value) -> View {
    let mut memory = Memory::new();
    for (path, file) in object(&side["files"]) {
        let text = file["content"].as_str().or(file["link"].as_str()).unwrap_or_default();
        memory.insert(&format!("/context/{path}"), text);
    }
    memory.insert("/context/Dockerfile", side["dockerfile"].as_str().unwrap());
    let request = Request {
        dockerfile: Some("/context/Dockerfile".into()),
        context_dir: Some("/context".into()),
        workspace_root: None,
        limits: Limits::default(),
        cancel: &AtomicBool::new(false),
        progress: None,
    };
    View::gather(&memory, &request).unwrap()
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}
