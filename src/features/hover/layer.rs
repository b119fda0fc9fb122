//! What a step adds to the image, and what that weighs.

use super::words;
use crate::layers::{Layer, Leftover, Size, Step, Subject, bytes, excludes, leftovers};
use crate::model::{Base, UseKind};
use crate::shell::packages::Tool;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, Keyword};

/// One paragraph on the layer, and one on its weight where something is known of it.
pub(super) fn describe(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> Vec<String> {
    let mut parts = vec![layer(subject, step, instruction)];
    parts.extend(weight(subject, step, instruction));
    parts
}

fn layer(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> String {
    let Some(stage) = subject.model.stages().get(step.stage) else { return String::new() };
    let built = subject.plan.target() == Some(stage.index)
        || subject.plan.steps().iter().any(|s| s.stage == stage.index && s.layer != Layer::None);
    if !built {
        return "Not built: the last stage needs nothing of this one.".to_owned();
    }
    if instruction.keyword == Keyword::From {
        return from(step, matches!(stage.base, Base::Scratch));
    }
    let reach = if step.in_image { "in the final image" } else { "not in the final image" };
    match step.layer {
        Layer::None => "Makes no layer and adds nothing to the image.".to_owned(),
        Layer::Metadata if step.in_image => {
            "Makes no layer: it changes the image's configuration only, 0 bytes.".to_owned()
        }
        Layer::Metadata => "Makes no layer, and its stage is not in the final image.".to_owned(),
        Layer::Filesystem if instruction.keyword == Keyword::Workdir => {
            let path = subject.model.frame(step.id).map_or_else(String::new, |frame| {
                let path = instruction.args.first().map_or("", |path| &*path.text);
                crate::model::resolve(&frame.workdir.path, path)
            });
            format!("Makes an all but empty layer that is {reach}: the folder {}.", words::code(&path))
        }
        Layer::Filesystem => match stays(subject, step) {
            Some(stays) if step.in_image => format!("Makes a filesystem layer. {stays}"),
            Some(stays) => format!("Makes a filesystem layer that is {reach}. {stays}"),
            None => format!("Makes a filesystem layer that is {reach}."),
        },
    }
}

fn from(step: &Step, scratch: bool) -> String {
    match (scratch, step.in_image) {
        (true, _) => "Makes no layer.".to_owned(),
        (false, true) => "Its layers lie under everything else in the final image.".to_owned(),
        (false, false) => {
            "Its layers are not in the final image: only what a later stage copies from this one is."
                .to_owned()
        }
    }
}

/// What a RUN leaves behind, in a sentence or two.
fn stays(subject: &Subject<'_>, step: &Step) -> Option<String> {
    let left = leftovers(subject, step.id);
    if left.is_empty() {
        return None;
    }
    let whose = if step.in_image { "the final image" } else { "this layer" };
    let mut things: Vec<String> = Vec::new();
    for leftover in &left {
        match leftover {
            Leftover::NodeModules { production: true, .. } => things.push("`node_modules`".to_owned()),
            Leftover::NodeModules { .. } => {
                things.push("`node_modules` with its development dependencies".to_owned());
            }
            Leftover::PackageCache { tool, folder } => {
                things.push(format!("{} in `{folder}`", cache_name(*tool)));
            }
            Leftover::NextBuild { cache: true, .. } => things.push("`.next` with its build cache".to_owned()),
            Leftover::NextBuild { cache: false, .. } => things.push("`.next`".to_owned()),
            Leftover::SystemPackages { names, .. } if names.is_empty() || names.len() > 4 => {
                things.push("the installed packages".to_owned());
            }
            Leftover::SystemPackages { names, .. } => {
                things.extend(names.iter().map(|name| words::code(name)))
            }
            Leftover::NodePackages { names, .. } if names.len() > 4 || names.contains(&None) => {
                things.push("the installed packages".to_owned());
            }
            Leftover::NodePackages { names, .. } => {
                things.extend(names.iter().flatten().map(|name| words::code(name)));
            }
            Leftover::AptLists => things.push("apt's package lists".to_owned()),
            Leftover::ApkIndex => things.push("apk's package lists".to_owned()),
        }
    }
    let several = |thing: &String| thing.ends_with("packages") || thing.ends_with("lists");
    let plural = things.len() > 1 || things.iter().any(several);
    let stay = if plural { "stay" } else { "stays" };
    let list = words::and(&things);
    let mut chars = list.chars();
    let first = chars.next()?;
    let list: String = first.to_uppercase().chain(chars).collect();
    Some(format!("{list} {stay} in {whose}."))
}

fn cache_name(tool: Tool) -> String {
    match tool {
        Tool::Pnpm => "pnpm's store".to_owned(),
        tool => format!("{}'s cache", tool.name()),
    }
}

fn weight(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> Option<String> {
    if step.layer != Layer::Filesystem {
        return None;
    }
    match instruction.keyword {
        Keyword::Copy | Keyword::Add => Some(copied(subject, step, instruction)),
        Keyword::Run | Keyword::From => reckoned(step),
        _ => None,
    }
}

/// The weight of a step that is more than copied files, with what it is made of.
fn reckoned(step: &Step) -> Option<String> {
    let unknown = step.parts.iter().find(|part| part.size.is_none());
    let Some(size) = step.size else {
        return Some(match (unknown, step.parts.is_empty()) {
            (Some(part), _) => format!("**Weight:** not known: {}.", part.what.words()),
            (None, true) => return None,
            (None, false) => "**Weight:** not known well enough before a build.".to_owned(),
        });
    };
    let told: Vec<String> = step
        .parts
        .iter()
        .filter_map(|part| Some((part.size.filter(|size| size.high > 0)?, part)))
        .map(|(size, part)| match step.parts.len() {
            1 => part.what.words(),
            _ => format!("{} {}", bytes(size.likely), part.what.words()),
        })
        .collect();
    let because = if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) };
    Some(format!("**Weight:** {}{because}.", told_size(size)))
}

/// A size with its range, where it has one.
fn told_size(size: Size) -> String {
    match size.low == size.high {
        true => bytes(size.likely),
        false => format!("about {} ({} to {})", bytes(size.likely), bytes(size.low), bytes(size.high)),
    }
}

fn copied(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> String {
    let unknown = |why: &str| format!("**Weight:** not known: {why}.");
    let Some(copy) = copy(instruction) else { return unknown("nothing is copied") };
    if let Origin::From(name) = copy.origin {
        let stage = subject.model.stages().get(step.stage);
        let uses = stage.map_or(&[][..], |stage| &stage.uses[..]);
        return match uses.iter().find(|usage| usage.by == step.id && usage.kind == UseKind::Copy) {
            Some(_) if step.size.is_some() => reckoned(step).unwrap_or_default(),
            Some(_) => unknown("it is what another stage makes"),
            None => unknown(&format!("it comes from the image {}", words::code(&name.text))),
        };
    }
    let Some(context) = subject.context else {
        return unknown("the build context has not been looked at");
    };
    let sources: Vec<&str> = copy.sources.iter().map(|source| &*source.text).collect();
    let copied = excludes(instruction).and_then(|excludes| context.copied(&sources, &excludes));
    let Some(files) = copied.map(|copied| copied.files as usize) else {
        return unknown("what its `--exclude` leaves out is not certain here");
    };
    let Some(size) = step.size else {
        return match (context.truncated, files) {
            (true, _) => unknown("the build context holds too many files to look at all of them"),
            (false, 0) => "**Weight:** nothing in the build context matches what it copies.".to_owned(),
            (false, _) => unknown("not all of it lies in the build context"),
        };
    };
    let mut text = format!(
        "**Weight:** {} in {}, measured on disk.",
        bytes(size.likely),
        words::count(files, "file", "files")
    );
    let whole = copy.sources.iter().any(|source| matches!(&*source.text, "." | "./" | "/"));
    if whole && context.ignore().is_none() {
        text.push_str(" There is no `.dockerignore`, so everything in the folder is taken.");
    } else if whole && context.ignored.files > 0 {
        let ignored = words::count(context.ignored.files as usize, "file", "files");
        text.push_str(&format!(" `.dockerignore` keeps {ignored} out ({}).", bytes(context.ignored.bytes)));
    }
    text
}
