use super::place::Place;
use super::quoted::JsonString;
use super::{CompletionKind, Completions};
use crate::context::View;
use crate::layers::bytes;
use crate::model::{self, Stage};
use crate::syntax::instruction::{self, Origin};
use crate::syntax::{Keyword, image::stage_index};
use crate::text::Span;
use std::collections::BTreeMap;

/// How a path is written where the caret stands.
pub(super) enum Written<'a> {
    /// As it is, up to a blank or to one of these.
    Bare(&'a [char]),
    /// As a word in quotes, which goes up to `end` and lacks the quote `close`.
    Word { end: u32, close: Option<char> },
    /// As a string of the JSON form.
    Json(&'a JsonString),
    /// As a JSON form of its own, for names that no other form can hold: it replaces `span`, and `others` stand
    /// behind the path.
    Array { span: Span, others: &'a [&'a str] },
}

impl Written<'_> {
    /// Whether a name can be written so.
    fn holds(&self, name: &str) -> bool {
        match self {
            Written::Bare(_) | Written::Word { .. } => is_plain(name),
            Written::Json(_) => is_literal(name),
            Written::Array { .. } => is_literal(name) && !is_plain(name),
        }
    }
}

/// What would need quotes or mean something else where it is written as it is.
fn is_plain(name: &str) -> bool {
    is_literal(name) && !name.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '<'))
}

/// What would be expanded, or taken for a pattern, even in the JSON form.
fn is_literal(name: &str) -> bool {
    !name.contains(|c: char| c.is_control() || "\"'\\$*?[]`".contains(c))
}

/// The sources of a COPY or an ADD: of the stage that it copies from, else of the build context.
pub(super) fn of_source(place: &Place<'_>, typed: &str, written: &Written<'_>, list: &mut Completions) {
    match place.flag("from") {
        Some(stage) if place.keyword == Keyword::Copy => of_stage(place, stage, typed, written, list),
        _ => complete(place, typed, written, list),
    }
}

/// The files and folders of the build context that the last part of the path `typed` may mean; what .dockerignore
/// keeps out isn't there for a build.
pub(super) fn complete(place: &Place<'_>, typed: &str, written: &Written<'_>, list: &mut Completions) {
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
    offer(place, typed, written, found, list);
}

/// The files below a folder, given with its `/`.
fn in_folder<'v>(view: &'v View, prefix: &'v str) -> impl Iterator<Item = &'v crate::context::ContextFile> {
    let start = view.files.partition_point(|file| &*file.path < prefix);
    view.files[start..].iter().take_while(move |file| file.path.starts_with(prefix))
}

/// The paths that are known of a stage: its working directories, and what it copies from the build context.
pub(super) fn of_stage(
    place: &Place<'_>,
    name: &str,
    typed: &str,
    written: &Written<'_>,
    list: &mut Completions,
) {
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
    offer(place, typed, written, found, list);
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
    written: &Written<'_>,
    found: BTreeMap<&str, Option<u64>>,
    list: &mut Completions,
) {
    let (folder, name) = split(typed);
    let mut found: Vec<(&str, Option<u64>)> =
        found.into_iter().filter(|(name, _)| written.holds(name)).collect();
    found.sort_by_key(|(name, size)| (name.starts_with('.'), size.is_some()));
    // Where there are too many, those that fit what is typed come into the list.
    if found.len() > super::MOST {
        let fits = |it: &str| it.to_lowercase().starts_with(&name.to_lowercase());
        found.sort_by_key(|(it, _)| !fits(it));
    }
    for (name, size) in found {
        let shown = if size.is_some() { name.to_owned() } else { format!("{name}/") };
        let kind = if size.is_some() { CompletionKind::File } else { CompletionKind::Folder };
        let (span, text) = put(place, typed, written, name, size.is_some());
        let label = match written {
            // What is compared with it begins with the quote.
            Written::Array { .. } => format!("\"{folder}{shown}\""),
            _ => shown,
        };
        list.add(label, kind, span).text(text).detail(size.map_or_else(String::new, bytes));
    }
}

/// What is written for a name, and what it replaces: the part of a path that the caret stands in.
fn put(place: &Place<'_>, typed: &str, written: &Written<'_>, name: &str, is_file: bool) -> (Span, String) {
    let rest = place.snapshot.source().get(place.offset as usize..).unwrap_or_default();
    let (folder, part) = split(typed);
    let start = place.offset.saturating_sub(part.len() as u32);
    // To the next `/`, else to the end of the word or string.
    let within = |end: u32| {
        let rest = &rest[..(end - place.offset) as usize];
        let slash = rest.find('/');
        (Span::new(start, slash.map_or(end, |slash| place.offset + slash as u32)), slash.is_some())
    };
    let plain = |slash: bool| if is_file || slash { name.to_owned() } else { format!("{name}/") };
    match written {
        Written::Bare(stops) => {
            let end = rest.find(|c: char| c.is_whitespace() || stops.contains(&c)).unwrap_or(rest.len());
            let (span, slash) = within(place.offset + end as u32);
            (span, plain(slash))
        }
        Written::Word { end, close } => {
            let (span, slash) = within(*end);
            let close = close.filter(|_| is_file && !slash).map(String::from).unwrap_or_default();
            (span, plain(slash) + &close)
        }
        Written::Json(string) => {
            let (span, slash) = within(string.end);
            // A folder's string goes on, unless there is none yet.
            let text = match (is_file || string.is_new) && !slash {
                true => string.ended(&plain(slash)),
                false => plain(slash),
            };
            (span, text)
        }
        Written::Array { span, others } => {
            let path = format!("{folder}{}", plain(false));
            let strings: Vec<String> = std::iter::once(path.as_str())
                .chain(others.iter().copied())
                .filter_map(|string| serde_json::to_string(string).ok())
                .collect();
            (*span, format!("[{}]", strings.join(", ")))
        }
    }
}
