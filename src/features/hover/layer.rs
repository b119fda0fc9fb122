//! What a step adds to the image.

use super::words;
use crate::layers::{Layer, Leftover, Step, Subject};
use crate::model::{Base, UseKind, resolve};
use crate::shell::packages::Tool;
use crate::syntax::instruction::{Copy, Origin, copy};
use crate::syntax::{Instruction, Keyword};

/// The layer that a step makes, or that it makes none, in a sentence or two.
pub(super) fn layer(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> String {
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
        Layer::Filesystem if matches!(instruction.keyword, Keyword::Copy | Keyword::Add) => {
            match copy(instruction).and_then(|copy| copies(subject, step, &copy)) {
                Some(copies) => format!("Makes a filesystem layer that is {reach}. {copies}"),
                None => format!("Makes a filesystem layer that is {reach}."),
            }
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

/// What is copied, where from and where to; None for files of the build context, which stand in the line.
fn copies(subject: &Subject<'_>, step: &Step, copy: &Copy<'_>) -> Option<String> {
    let Origin::From(name) = copy.origin else { return None };
    let written = |text: &str| subject.model.expanded(step.id, text).unwrap_or_else(|| text.to_owned());
    let paths: Vec<String> = copy.sources.iter().map(|path| words::code(&written(&path.text))).collect();
    let stage = subject.model.stages().get(step.stage)?;
    let used = stage.uses.iter().find(|usage| usage.by == step.id && usage.kind == UseKind::Copy);
    let from = match used.and_then(|usage| subject.model.stages().get(usage.stage)) {
        Some(other) => {
            let line = subject.instruction(other.from).map_or(0, |from| from.first_line);
            format!("{} (line {line})", words::stage(subject, other.index))
        }
        None => format!("the image {}", words::code(&written(&name.text))),
    };
    let workdir = subject.model.frame(step.id).map_or("/", |frame| &*frame.workdir.path);
    let to = resolve(workdir, &written(&copy.destination.text));
    Some(format!("It holds {} of {from}, as {}.", words::and(&paths), words::code(&to)))
}

/// What a RUN leaves behind, in a sentence or two.
fn stays(subject: &Subject<'_>, step: &Step) -> Option<String> {
    let left = subject.leftovers(step.id);
    if left.is_empty() {
        return None;
    }
    let whose = if step.in_image { "the final image" } else { "this layer" };
    let mut things: Vec<String> = Vec::new();
    for leftover in left {
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
