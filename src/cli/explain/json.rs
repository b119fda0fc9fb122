//! The JSON of the command line.

use super::Explained;
use crate::layers::{Again, Size, Step, Total, dependencies, sent};
use crate::model::Stage;
use crate::syntax::InstructionId;
use serde_json::{Value, json};

/// How many of the context's largest files are named.
const LARGEST: usize = 10;

pub fn render(explained: &Explained<'_>) -> Value {
    let stages = explained.subject.model.stages();
    let steps = explained.subject.plan.steps();
    json!({
        "version": 1,
        "path": explained.path,
        "target": explained.target.label(),
        "context": context(explained),
        "image": {"size": total(explained.image)},
        "stages": stages.iter().map(|one| stage(explained, one)).collect::<Vec<_>>(),
        "steps": steps.iter().filter_map(|one| step(explained, one)).collect::<Vec<_>>(),
        "scenarios": explained.scenarios.iter().map(|scenario| json!({
            "change": scenario.change,
            "runs_again": scenario.runs_again.iter().map(|(id, again)| json!({
                "line": line(explained, *id),
                "certain": *again == Again::Yes,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn context(explained: &Explained<'_>) -> Value {
    let (view, totals) = (explained.view, explained.view.totals());
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

fn stage(explained: &Explained<'_>, stage: &Stage) -> Value {
    json!({
        "index": stage.index,
        "name": stage.name,
        "line": line(explained, stage.from),
        "base": explained.base(stage),
        "used": explained.uses(stage),
    })
}

fn step(explained: &Explained<'_>, step: &Step) -> Option<Value> {
    let instruction = explained.instruction(step)?;
    let depends_on: Vec<Value> = dependencies(&explained.subject, step.id)
        .into_iter()
        .map(|one| json!({"kind": one.kind.as_str(), "detail": one.detail}))
        .collect();
    let weight = explained.subject.weight(step.id);
    let mut value = json!({
        "stage": step.stage,
        "line": instruction.first_line,
        "end_line": instruction.last_line,
        "instruction": explained.keyword(instruction),
        "layer": step.layer.as_str(),
        "in_image": step.in_image,
        "size": weight.size.map(size),
        "parts": weight.parts.iter().map(|part| json!({
            "what": part.what.words(),
            "size": part.size.filter(Size::is_told).map(size),
        })).collect::<Vec<_>>(),
        "cache": {"depends_on": depends_on},
    });
    if let Some(consequences) = &explained.consequences {
        value["runs_again"] = match consequences.of(step.id) {
            Again::No => json!(false),
            Again::Maybe => json!("maybe"),
            Again::Yes => json!(true),
        };
    }
    if let Some(build) = &explained.build {
        value["build"] = build.json(step.id);
    }
    Some(value)
}

fn size(size: Size) -> Value {
    json!({"low": size.low, "likely": size.likely, "high": size.high, "basis": size.basis.as_str()})
}

/// What isn't known is null; what is known of it, the least that it can be, is there all the same.
fn total(total: Total) -> Value {
    let basis = total.basis.map_or("unknown", |basis| basis.as_str());
    json!({"low": total.low, "likely": total.likely, "high": total.high, "basis": basis})
}

fn line(explained: &Explained<'_>, id: InstructionId) -> Option<u32> {
    explained.subject.instruction(id).map(|instruction| instruction.first_line)
}
