//! COPY and ADD: files of the build context, and what other stages hold.

use super::contents::{Copied, Taken};
use super::{Part, Weigher, What};
use crate::layers::{Size, excludes};
use crate::model::{Stage, UseKind, resolve};
use crate::syntax::instruction::{Copy, Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::sync::Arc;

pub(super) fn parts(
    weigher: &mut Weigher<'_>,
    stage: &Stage,
    id: InstructionId,
    instruction: &Instruction,
) -> Vec<Part> {
    let Some(copy) = copy(instruction) else { return Vec::new() };
    let place = destination(weigher, id, &copy);
    match copy.origin {
        Origin::Context => vec![from_context(weigher, stage, id, instruction, &copy, place)],
        Origin::From(name) => {
            let used = stage.uses.iter().find(|usage| usage.by == id && usage.kind == UseKind::Copy);
            match used {
                Some(used) => vec![from_stage(weigher, stage, id, &copy, used.stage, place)],
                None => vec![Part { what: What::Elsewhere { from: name.text.to_string() }, size: None }],
            }
        }
    }
}

/// The absolute path that is copied to, and whether it is a folder whatever is copied.
fn destination(weigher: &Weigher<'_>, id: InstructionId, copy: &Copy<'_>) -> Option<(String, bool)> {
    let written = weigher.subject.model.expanded(id, &copy.destination.text)?;
    let workdir = &weigher.subject.model.frame(id)?.workdir.path;
    let several = copy.sources.len() + copy.heredocs.len() > 1;
    let into =
        several || written.ends_with('/') || written.ends_with("/.") || matches!(&*written, "." | "..");
    Some((resolve(workdir, &written), into))
}

/// The bytes that are taken from the build context, where all of them were seen.
fn from_context(
    weigher: &mut Weigher<'_>,
    stage: &Stage,
    id: InstructionId,
    instruction: &Instruction,
    copy: &Copy<'_>,
    place: Option<(String, bool)>,
) -> Part {
    let contents = &mut Arc::make_mut(&mut weigher.stages[stage.index]).contents;
    let heredocs: u64 = instruction.heredocs.iter().map(|heredoc| u64::from(heredoc.body.len())).sum();
    if let Some((path, into)) = &place {
        for heredoc in &copy.heredocs {
            let name = heredoc.text.trim_start_matches(['<', '-']).trim_matches(['"', '\'']);
            let path = if *into { resolve(path, name) } else { path.clone() };
            contents.write(path, if copy.heredocs.len() == 1 { heredocs } else { 0 });
        }
    }
    let sources: Option<Vec<String>> =
        copy.sources.iter().map(|source| weigher.subject.model.expanded(id, &source.text)).collect();
    let unknown = |from: &str| Part { what: What::Elsewhere { from: from.to_owned() }, size: None };
    let Some(sources) = sources else { return unknown("a path that hangs on a variable") };
    if let Some(far) = sources.iter().find(|source| SourceKind::of(source) != SourceKind::Path) {
        return unknown(far);
    }
    // ADD unpacks archives, so what it takes isn't what it adds.
    let archive =
        |path: &String| [".tar", ".tgz", ".gz", ".xz", ".bz2", ".zst"].iter().any(|e| path.ends_with(e));
    if instruction.keyword == Keyword::Add
        && let Some(archive) = sources.iter().find(|source| archive(source))
    {
        return unknown(&format!("the archive {archive}"));
    }
    if sources.is_empty() {
        let count = copy.heredocs.len() as u64;
        return Part { what: What::Files { count }, size: Some(Size::measured(heredocs)) };
    }
    let excludes = excludes(instruction);
    if let (Some((destination, into)), Some(excludes)) = (place, &excludes) {
        contents.copy(Copied { sources: sources.clone(), excludes: excludes.clone(), destination, into });
    }
    let (Some(view), Some(excludes)) = (weigher.subject.context.filter(|view| !view.truncated), excludes)
    else {
        return unknown("the build context, which isn't known as a whole");
    };
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    match view.copied(&sources, &excludes) {
        // A source that matches nothing fails the build, or is made by something that isn't known here.
        Some(taken) if taken.files > 0 || heredocs > 0 => Part {
            what: What::Files { count: taken.files + copy.heredocs.len() as u64 },
            size: Some(Size::measured(taken.bytes + heredocs)),
        },
        _ => unknown("the build context, where nothing certain matches"),
    }
}

fn from_stage(
    weigher: &mut Weigher<'_>,
    stage: &Stage,
    id: InstructionId,
    copy: &Copy<'_>,
    used: usize,
    place: Option<(String, bool)>,
) -> Part {
    let paths: Vec<&str> = copy.sources.iter().map(|source| &*source.text).collect();
    let other = weigher.subject.model.stages().get(used);
    let name = other.and_then(|stage| stage.name.as_deref().map(|name| format!("the stage {name}")));
    let what =
        What::FromStage { path: paths.join(", "), stage: name.unwrap_or_else(|| format!("stage {used}")) };
    let mut size = Some(Size::measured(0));
    for source in &copy.sources {
        let taken = taken(weigher, id, &source.text, used);
        let part = taken.as_ref().and_then(|(_, taken)| taken.size);
        size = size.and_then(|sum| Some(sum.plus(part?)));
        let contents = &mut Arc::make_mut(&mut weigher.stages[stage.index]).contents;
        match (taken, &place) {
            (Some((from, taken)), Some((to, into))) => contents.adopt(taken, &from, to, *into),
            // Something that isn't known now lies there.
            (None, Some((to, _))) => contents.put(to.clone(), None),
            (_, None) => contents.blur("/".to_owned()),
        }
    }
    let excluded = weigher.subject.model.tree().instruction(id).is_some_and(|i| i.flag("exclude").is_some());
    Part { what, size: size.filter(|_| !excluded) }
}

/// What a source names in the stage `used`, with its absolute path there.
fn taken(weigher: &Weigher<'_>, id: InstructionId, source: &str, used: usize) -> Option<(String, Taken)> {
    let state = weigher.stages.get(used)?;
    let written = weigher.subject.model.expanded(id, source)?;
    // All that is in a folder is the folder's contents.
    let written = written.strip_suffix("/*").unwrap_or(&written);
    if written.contains(['*', '?', '[']) {
        return None;
    }
    let path = resolve("/", written);
    let mut taken = state.contents.seen().at(weigher.subject.context, &path, state.ground.target());
    if path == "/" {
        // The whole image, base and all.
        let taken = taken.get_or_insert_with(|| Taken { size: Some(Size::measured(0)), ..Taken::default() });
        taken.size = taken.size.and_then(|size| Some(size.plus(state.ground.size?)));
    }
    Some((path, taken?))
}
