//! All that is known of a Dockerfile's layers, for programs: what `plimsoll explain --format json` prints and
//! the command `plimsoll.explain` answers.

use super::picture::{Chart, Reach, chart, one_line};
use crate::context::builds::{BuildUse, Given};
use crate::layers::{Again, Scenario, Size, Step, Subject, Total, dependencies, sent};
use crate::model::{Base, Stage};
use crate::syntax::{Instruction, InstructionId, Keyword};
use serde_json::{Value, json};

/// How many of the context's largest files are named.
const LARGEST: usize = 10;

/// What is to be told of one Dockerfile.
pub struct Explanation<'a> {
    /// The Dockerfile, as the asker knows it.
    pub path: &'a str,
    /// The build context, as the asker knows it.
    pub context_path: &'a str,
    /// The build.
    pub subject: Subject<'a>,
    /// The changes that are likely, and what each runs again.
    pub scenarios: &'a [Scenario],
    /// What the changes that were named run again, where some were.
    pub again: Option<&'a dyn Fn(InstructionId) -> Again>,
    /// What a build's log says of a step, where one was given.
    pub build: Option<&'a dyn Fn(InstructionId) -> Value>,
}

impl Explanation<'_> {
    /// The JSON of the command line's contract.
    pub fn json(&self) -> Value {
        let model = self.subject.model;
        let target = self.subject.plan.target().and_then(|index| model.stages().get(index));
        let needed = target.map(|target| model.needed(target.index)).unwrap_or_default();
        let drawn = chart(&self.subject, "", &[]);
        let stage = |one: &Stage| {
            let used = needed.get(one.index).copied().unwrap_or(false);
            stage(self, one, used, &drawn)
        };
        json!({
            "version": 1,
            "path": self.path,
            "target": target.map(|target| target.label()),
            "context": context(self),
            "builds": builds(self),
            "image": {
                "size": total(drawn.image),
                "shown": drawn.image.short(),
                "layers": drawn.in_image().count(),
            },
            "stages": model.stages().iter().map(stage).collect::<Vec<_>>(),
            "steps": self.subject.plan.steps().iter().filter_map(|one| step(self, one)).collect::<Vec<_>>(),
            "scenarios": self.scenarios.iter().map(|scenario| json!({
                "change": scenario.change,
                "runs_again": scenario.runs_again.iter().map(|(id, again)| json!({
                    "line": line(self, *id),
                    "certain": *again == Again::Yes,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn context(explained: &Explanation<'_>) -> Value {
    let Some(view) = explained.subject.context else { return Value::Null };
    let totals = view.totals();
    let largest: Vec<Value> =
        view.largest(LARGEST).iter().map(|file| json!({"path": &*file.path, "bytes": file.size})).collect();
    let ignored = view.largest_ignored(LARGEST);
    let sent = sent(&explained.subject).unwrap_or_default();
    json!({
        "path": explained.context_path,
        "files": totals.files,
        "bytes": totals.bytes,
        "ignored_files": view.ignored.files,
        "ignored_bytes": view.ignored.bytes,
        "complete": !view.truncated && !view.ignored_truncated,
        "largest": largest,
        "largest_ignored": ignored.iter().map(|folder| json!({
            "path": &*folder.path,
            "files": folder.totals.files,
            "bytes": folder.totals.bytes,
            "pattern": folder.by.and_then(|by| Some(&*view.ignore()?.content.patterns().get(by)?.text)),
        })).collect::<Vec<_>>(),
        // What this target's steps have the client send; null where it isn't known.
        "sent_files": sent.totals.map(|totals| totals.files),
        "sent_bytes": sent.totals.map(|totals| totals.bytes),
        "shares": sent.shares.iter().map(|(id, totals)| json!({
            "line": line(explained, *id),
            "files": totals.map(|totals| totals.files),
            "bytes": totals.map(|totals| totals.bytes),
        })).collect::<Vec<_>>(),
        // Images, or contexts that only the build command names.
        "elsewhere": sent.elsewhere.iter().map(|(id, name)| json!({
            "line": line(explained, *id),
            "from": name,
        })).collect::<Vec<_>>(),
    })
}

/// The builds of Compose and Bake files that use the Dockerfile.
fn builds(explained: &Explanation<'_>) -> Vec<Value> {
    let Some(view) = explained.subject.context else { return Vec::new() };
    let used = view.builds.used();
    let build = |one: &BuildUse| {
        let pairs = |pairs: &[(String, Given)]| -> serde_json::Map<String, Value> {
            pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
        };
        json!({
            "file": one.shown,
            "kind": one.kind.as_str(),
            "name": one.name,
            "context": one.context_shown,
            // Null for the last stage, and where it isn't known.
            "target": one.target,
            "target_known": one.target != Some(None),
            "arguments": pairs(&one.arguments),
            // Whether all of them are named above.
            "arguments_known": !one.more_arguments,
            "contexts": pairs(&one.contexts),
            "contexts_known": !one.more_contexts,
            // Whether this is the one that the rest is told of.
            "used": used == Some(one),
        })
    };
    view.builds.uses.iter().map(build).collect()
}

fn stage(explained: &Explanation<'_>, stage: &Stage, used: bool, drawn: &Chart) -> Value {
    let row = drawn.stages.get(stage.index);
    let whole = row.map(|row| drawn.whole(row));
    json!({
        "index": stage.index,
        "name": stage.name,
        "title": stage.title(),
        "line": line(explained, stage.from),
        "base": base(explained, stage),
        "used": used,
        "reach": row.map(|row| match row.reach {
            Reach::Image => "image",
            Reach::Copied => "copied",
            Reach::Unused => "unused",
        }),
        "size": whole.map(total),
        "shown": whole.map(Total::short),
    })
}

/// What a stage is built on, in words.
fn base(explained: &Explanation<'_>, stage: &Stage) -> String {
    match &stage.base {
        Base::Scratch => "scratch".to_string(),
        Base::Stage(index) => {
            let stage = explained.subject.model.stages().get(*index);
            stage.map_or_else(String::new, |stage| stage.label().into_owned())
        }
        Base::Image { written, reference } => reference.as_ref().unwrap_or(written).to_string(),
    }
}

fn step(explained: &Explanation<'_>, step: &Step) -> Option<Value> {
    let subject = &explained.subject;
    let instruction = subject.instruction(step.id)?;
    let depends_on: Vec<Value> = dependencies(subject, step.id)
        .into_iter()
        .map(|one| json!({"kind": one.kind.as_str(), "detail": one.detail}))
        .collect();
    let weight = subject.weight(step.id);
    let mut value = json!({
        "stage": step.stage,
        "line": instruction.first_line,
        "end_line": instruction.last_line,
        "instruction": keyword(subject, instruction),
        "text": one_line(subject, instruction),
        "layer": step.layer.as_str(),
        "in_image": step.in_image,
        "size": weight.size.map(size),
        "shown": weight.size.map(|size| Total::of([Some(size)]).short()),
        "words": weight.size.map(words),
        "parts": weight.parts.iter().map(|part| json!({
            "what": part.what.words(),
            "size": part.size.filter(Size::is_told).map(size),
            "words": part.size.filter(Size::is_told).map(words),
        })).collect::<Vec<_>>(),
        "cache": {"depends_on": depends_on},
    });
    if let Some(again) = explained.again {
        value["runs_again"] = match again(step.id) {
            Again::No => json!(false),
            Again::Maybe => json!("maybe"),
            Again::Yes => json!(true),
        };
    }
    if let Some(build) = explained.build {
        value["build"] = build(step.id);
    }
    Some(value)
}

/// The instruction's name in upper case, an unknown one's too.
fn keyword(subject: &Subject<'_>, instruction: &Instruction) -> String {
    match instruction.keyword {
        Keyword::Unknown => instruction.keyword_span.of(subject.source()).to_uppercase(),
        known => known.as_str().to_string(),
    }
}

/// A size with its range, and where it comes from.
fn words(size: Size) -> String {
    format!("{}, from {}", Total::of([Some(size)]).words(), size.basis.in_words())
}

fn size(size: Size) -> Value {
    json!({"low": size.low, "likely": size.likely, "high": size.high, "basis": size.basis.as_str()})
}

/// What isn't known is null; what is known of it, the least that it can be, is there all the same.
fn total(total: Total) -> Value {
    let basis = total.basis.map_or("unknown", |basis| basis.as_str());
    json!({"low": total.low, "likely": total.likely, "high": total.high, "basis": basis})
}

fn line(explained: &Explanation<'_>, id: InstructionId) -> Option<u32> {
    explained.subject.instruction(id).map(|instruction| instruction.first_line)
}
