use super::place::Place;
use super::{CompletionKind, Completions};
use crate::context::View;
use crate::layers::bytes;
use crate::model::{self, Stage};
use crate::syntax::instruction::{self, Origin};
use crate::syntax::{Keyword, image::stage_index};
use std::collections::BTreeMap;

/// What would need quotes or mean something else where it is written as it is.
fn is_plain(name: &str) -> bool {
    !name.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'\\$*?[]`,<".contains(c))
}

/// The files and folders of the build context that the last part of the path `typed` may mean; what .dockerignore
/// keeps out isn't there for a build.
pub(super) fn complete(place: &Place<'_>, typed: &str, stops: &[char], list: &mut Completions) {
    let Some(view) = place.snapshot.context() else { return };
    let (folder, _) = split(typed);
    let Some(folder) = inside(folder) else { return };
    let mut found: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    for path in view.folders.iter().map(|path| &**path) {
        if let Some(name) = path.strip_prefix(&*prefix)
            && !name.is_empty()
            && !name.contains('/')
        {
            found.insert(name, None);
        }
    }
    for file in in_folder(view, &prefix) {
        match file.path[prefix.len()..].split_once('/') {
            Some((name, _)) => found.insert(name, None),
            None => found.insert(&file.path[prefix.len()..], Some(file.size)),
        };
    }
    offer(place, typed, stops, found, list);
}

/// The files below a folder, given with its `/`.
fn in_folder<'v>(view: &'v View, prefix: &'v str) -> impl Iterator<Item = &'v crate::context::ContextFile> {
    let start = view.files.partition_point(|file| &*file.path < prefix);
    view.files[start..].iter().take_while(move |file| file.path.starts_with(prefix))
}

/// The paths that are known of a stage: its working directories, and what it copies from the build context.
pub(super) fn of_stage(place: &Place<'_>, name: &str, typed: &str, stops: &[char], list: &mut Completions) {
    let model = place.snapshot.model();
    let lower = name.to_lowercase();
    let named = model
        .stages()
        .iter()
        .rev()
        .find(|stage| stage.from < place.id && stage.name.as_deref() == Some(&*lower));
    let Some(stage) = named.or_else(|| model.stages().get(stage_index(name)?)) else { return };
    let (folder, _) = split(typed);
    let folder = model::resolve("/", folder);
    let prefix = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
    let known = known_paths(place, stage);
    let mut found: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for (path, size) in &known {
        let Some(rest) = path.strip_prefix(&*prefix).filter(|rest| !rest.is_empty()) else { continue };
        match rest.split_once('/') {
            Some((name, _)) => found.insert(name, None),
            None => found.insert(rest, *size),
        };
    }
    offer(place, typed, stops, found, list);
}

/// Absolute paths with their bytes; None for a folder.
fn known_paths(place: &Place<'_>, stage: &Stage) -> Vec<(String, Option<u64>)> {
    /// More would cost more than a list of paths is worth.
    const ENOUGH: usize = 20_000;
    let model = place.snapshot.model();
    let mut known = Vec::new();
    for stage in model.with_bases(stage) {
        let frames = stage.instructions.iter().filter_map(|id| model.frame(*id));
        for frame in frames.chain([model.last_frame(stage)]) {
            let path = frame.workdir.path.to_string();
            if path != "/" && known.last().is_none_or(|(last, _)| *last != path) {
                known.push((path, None));
            }
        }
        for (id, step) in model.steps(stage) {
            let is_copy = matches!(step.keyword, Keyword::Copy | Keyword::Add);
            let Some(copy) = instruction::copy(step).filter(|_| is_copy) else { continue };
            let (Some(view), Some(frame), Origin::Context) =
                (place.snapshot.context(), model.frame(id), copy.origin)
            else {
                continue;
            };
            let Some(to) = model.expanded(id, &copy.destination.text) else { continue };
            let into = to.ends_with('/') || to == "." || copy.sources.len() > 1;
            let to = model::resolve(&frame.workdir.path, &to);
            for source in copy.sources {
                let Some(from) = model.expanded(id, &source.text) else { continue };
                let own = from.trim_start_matches("./").trim_matches('/');
                for file in view.matches(&from) {
                    if known.len() >= ENOUGH {
                        return known;
                    }
                    let below = file.path.strip_prefix(own).map(|rest| rest.trim_start_matches('/'));
                    let path = match below {
                        // The source is a folder: what is in it is copied.
                        _ if own.is_empty() || own == "." => format!("{to}/{}", file.path),
                        Some("") if !into => to.clone(),
                        Some(rest)
                            if !rest.is_empty() && file.path.as_bytes().get(own.len()) == Some(&b'/') =>
                        {
                            format!("{to}/{rest}")
                        }
                        _ => format!("{to}/{}", file.path.rsplit('/').next().unwrap_or_default()),
                    };
                    known.push((path.replacen("//", "/", 1), Some(file.size)));
                }
            }
        }
    }
    known
}

/// The folder of what is typed, and its last part.
fn split(typed: &str) -> (&str, &str) {
    typed.rsplit_once('/').map_or(("", typed), |(_, name)| (&typed[..typed.len() - name.len()], name))
}

/// A folder as the context names it; None where `..` leads out of it or a variable stands in it.
fn inside(folder: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => drop(parts.pop()?),
            part if part.contains(['$', '*', '?', '[', '"', '\'']) => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Folders first, then files; what begins with a dot behind the others.
fn offer(
    place: &Place<'_>,
    typed: &str,
    stops: &[char],
    found: BTreeMap<&str, Option<u64>>,
    list: &mut Completions,
) {
    let (_, name) = split(typed);
    let mut stops = stops.to_vec();
    stops.push('/');
    let span = place.span_back(name.len(), &stops);
    let slash = place.snapshot.source().get(span.end as usize..).is_some_and(|rest| rest.starts_with('/'));
    let mut found: Vec<(&str, Option<u64>)> = found.into_iter().filter(|(name, _)| is_plain(name)).collect();
    found.sort_by_key(|(name, size)| (name.starts_with('.'), size.is_some()));
    // Where there are too many, those that fit what is typed come into the list.
    if found.len() > super::MOST {
        let fits = |it: &str| it.to_lowercase().starts_with(&name.to_lowercase());
        found.sort_by_key(|(it, _)| !fits(it));
    }
    for (name, size) in found {
        match size {
            None if slash => {
                list.add(format!("{name}/"), CompletionKind::Folder, span).text(name);
            }
            None => {
                list.add(format!("{name}/"), CompletionKind::Folder, span);
            }
            Some(size) => {
                list.add(name, CompletionKind::File, span).detail(bytes(size));
            }
        }
    }
}
