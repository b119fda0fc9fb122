//! What runs again between two builds, held against experiments in which just one thing was changed.

use crate::shared;
use plimsoll::context::{Contents, Memory, Request, View};
use plimsoll::layers::Again;
use plimsoll::layers::key::{Files, Keys, State, read};
use plimsoll::model::Model;
use plimsoll::syntax::parse;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Experiments whose truth isn't ours, with the reason.
const EXPLAINED: [(&str, &str); 1] =
    [("arg-global-from", "both tags name the same image, which only a registry knows")];

/// The steps that hang on what a command writes: for each experiment the lines of which nothing surer is
/// said. In both the words of a RUN are other ones, what they write isn't worked out, and a later stage copies it.
const MAYBE: [(&str, &[u32]); 2] = [("stage-same-output", &[8, 9, 10]), ("stage-other-output", &[8, 9, 10])];

#[test]
fn what_runs_again_is_what_ran_again() {
    let Some(experiments) = shared::experiments("cache_truth.dev.json") else { return };
    let mut wrong = Vec::new();
    for experiment in &experiments {
        let id = experiment["id"].as_str().unwrap();
        let found = differences(experiment, &in_memory(&experiment["before"], &experiment["after"]));
        match EXPLAINED.iter().any(|(explained, _)| *explained == id) {
            true if found.is_empty() => wrong.push(format!("{id} agrees: take it out of EXPLAINED")),
            false if !found.is_empty() => wrong.push(format!("{id}: {}", found.join("; "))),
            _ => {}
        }
    }
    println!("{} asked, {} of them explained", experiments.len(), EXPLAINED.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_command_line_says_the_same() {
    let Some(experiments) = shared::experiments("cache_truth.dev.json") else { return };
    let mut wrong = Vec::new();
    for experiment in &experiments {
        let (before, after) = (&experiment["before"], &experiment["after"]);
        let said = on_the_command_line(before, after);
        if said != in_memory(before, after) {
            wrong.push(format!("{}: {said:?}", experiment["id"]));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Where the answer isn't what was seen, or is less sure than it can be.
fn differences(experiment: &Value, answer: &BTreeMap<u32, Again>) -> Vec<String> {
    let mut found = Vec::new();
    let maybe = MAYBE.iter().find(|(id, _)| experiment["id"] == *id).map_or(&[][..], |(_, lines)| lines);
    for step in experiment["steps"].as_array().unwrap() {
        let line = step["line"].as_u64().unwrap() as u32;
        let said = answer.get(&line).copied().unwrap_or_default();
        match (step["ran"].as_bool().unwrap(), said) {
            (_, Again::Maybe) if maybe.contains(&line) => {}
            _ if maybe.contains(&line) => {
                found.push(format!("line {line} is sure by now: take it out of MAYBE"))
            }
            (_, Again::Maybe) => found.push(format!("line {line} was said to be unsure")),
            (true, Again::No) => found.push(format!("line {line} ran, and was said to stay")),
            (false, Again::Yes) => found.push(format!("line {line} stayed, and was said to run")),
            _ => {}
        }
    }
    found
}

/// By line, whether a step of the second build runs again after the first.
fn in_memory(before: &Value, after: &Value) -> BTreeMap<u32, Again> {
    let (before, after) = (side(before), side(after));
    let (old, new) = (before.keys(), after.keys());
    let line = |id| after.model.tree().instruction(id).unwrap().first_line;
    new.again(&old).into_iter().map(|(id, again)| (line(id), again)).collect()
}

/// One side of an experiment.
struct Side {
    model: Model,
    view: View,
    contents: Contents,
}

impl Side {
    fn keys(&self) -> Keys {
        let files = Files::Read { view: &self.view, contents: &self.contents };
        Keys::of(&State::new(&self.model, None, files))
    }
}

fn side(side: &Value) -> Side {
    let mut memory = Memory::new();
    let dockerfile = side["dockerfile"].as_str().unwrap();
    for (path, file) in object(&side["files"]) {
        let path = format!("/context/{path}");
        match file["link"].as_str() {
            Some(target) => memory.insert_link(&path, target),
            None => memory.insert(&path, text(file, dockerfile)),
        }
        memory.set_mode(&path, file["mode"].as_u64().unwrap_or(0o644) as u32);
    }
    memory.insert("/context/", "");
    let request = Request::new(Some("/Dockerfile".into()), Some("/context".into()));
    let view = View::gather(&memory, &request).unwrap();
    let arguments = arguments(side).map(|(name, value)| (name.clone(), value.to_owned())).collect();
    let model = Model::with_arguments(Arc::new(parse(dockerfile).0), arguments);
    let contents = read(&memory, &model, None, &view);
    Side { model, view, contents }
}

/// The text of a file; `SELF` is the Dockerfile's own.
fn text<'v>(file: &'v Value, dockerfile: &'v str) -> &'v str {
    match (file.as_str(), file["content"].as_str()) {
        (Some("SELF"), _) => dockerfile,
        (_, text) => text.expect("a file has content"),
    }
}

/// The same, asked of the program with both contexts on disk.
fn on_the_command_line(before: &Value, after: &Value) -> BTreeMap<u32, Again> {
    let folder = tempfile::tempdir().unwrap();
    for (name, side) in [("before", before), ("after", after)] {
        on_disk(&folder.path().join(name), side);
        let dockerfile = side["dockerfile"].as_str().unwrap();
        std::fs::write(folder.path().join(format!("{name}.Dockerfile")), dockerfile).unwrap();
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(folder.path()).args(["explain", "after.Dockerfile", "--context", "after"]);
    command.args(["--before", "before.Dockerfile", "--before-context", "before", "--format", "json"]);
    for (option, side) in [("--before-build-arg", before), ("--build-arg", after)] {
        for (name, value) in arguments(side) {
            command.args([option, &format!("{name}={value}")]);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = explained["steps"].as_array().unwrap();
    let made = |step: &&Value| {
        step["instruction"] != "FROM" && (step["layer"] == "filesystem" || step["runs_again"] != false)
    };
    let again = |step: &Value| match &step["runs_again"] {
        Value::Bool(true) => Again::Yes,
        Value::Bool(false) => Again::No,
        other => {
            assert_eq!(other, "maybe");
            Again::Maybe
        }
    };
    steps.iter().filter(made).map(|step| (step["line"].as_u64().unwrap() as u32, again(step))).collect()
}

fn on_disk(folder: &Path, side: &Value) {
    std::fs::create_dir_all(folder).unwrap();
    for (path, file) in object(&side["files"]) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match file["link"].as_str() {
            Some(target) => link(target, &path),
            None => {
                std::fs::write(&path, text(file, side["dockerfile"].as_str().unwrap())).unwrap();
                set_mode(&path, file["mode"].as_u64().unwrap_or(0o644) as u32);
            }
        }
    }
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn link(target: &str, path: &Path) {
    std::fs::write(path, target).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

fn arguments(side: &Value) -> impl Iterator<Item = (&String, &str)> {
    object(&side["args"]).iter().map(|(name, value)| (name, value.as_str().unwrap()))
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}
