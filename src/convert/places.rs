//! Where files of the build context come to lie in the image.

use crate::context::{Project, View, copy_takes};
use crate::layers::Subject;
use crate::model::{self, Stage};
use crate::syntax::expand::Lex;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::borrow::Cow;

/// The paths of the image at which a file of the context lies before `until`; the last COPY comes last.
/// `path` needn't be there yet. What .dockerignore keeps out lies nowhere.
pub(super) fn in_image(
    subject: &Subject<'_>,
    view: &View,
    stage: &Stage,
    path: &str,
    until: Option<InstructionId>,
) -> Vec<String> {
    if view.ignores(path) {
        return Vec::new();
    }
    let mut places = Vec::new();
    for (id, instruction) in subject.model.steps(stage) {
        if until.is_some_and(|until| id >= until) {
            break;
        }
        let Some(place) = lands(subject, view, id, instruction, path) else { continue };
        places.retain(|known| *known != place);
        places.push(place);
    }
    places
}

/// Where one COPY or ADD puts a file of the context; None where it doesn't take it.
fn lands(
    subject: &Subject<'_>,
    view: &View,
    id: InstructionId,
    instruction: &Instruction,
    path: &str,
) -> Option<String> {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return None;
    }
    let copied = copy(instruction).filter(|copied| copied.origin == Origin::Context)?;
    let written = written_destination(subject, id, &copied.destination.text)?;
    let destination = model::resolve(&subject.model.frame(id)?.workdir.path, &written);
    let is_folder = written.ends_with('/')
        || matches!(&*written, "." | "..")
        || copied.sources.len() + copied.heredocs.len() > 1;
    copied.sources.iter().find_map(|source| {
        if !copy_takes(&source.text, path) {
            return None;
        }
        let inside = inside(view, &source.text, path)?;
        Some(match inside {
            // The content of a folder is copied, not the folder itself.
            Inside::Folder(rest) => model::resolve(&destination, &rest),
            Inside::File(name) if is_folder || source.text.contains(['*', '?', '[']) => {
                model::resolve(&destination, &name)
            }
            Inside::File(_) => destination.clone(),
        })
    })
}

/// The folder or file of the image that a COPY or ADD names; None where a variable in it isn't known.
pub(super) fn destination(subject: &Subject<'_>, id: InstructionId, text: &str) -> Option<String> {
    let written = written_destination(subject, id, text)?;
    Some(model::resolve(&subject.model.frame(id)?.workdir.path, &written))
}

/// The last word of a COPY or ADD with its variables expanded and its quotes taken out.
fn written_destination(subject: &Subject<'_>, id: InstructionId, text: &str) -> Option<String> {
    let value = |name: &str| subject.model.value(id, name).map(Cow::Borrowed);
    let expansion = Lex::new(subject.tree().escape()).word(text, &value).ok()?;
    expansion.unset.is_empty().then_some(expansion.value)
}

enum Inside {
    /// The source is a folder; the path within it.
    Folder(String),
    /// The source is the file; its name.
    File(String),
}

fn inside(view: &View, source: &str, path: &str) -> Option<Inside> {
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let cleaned = model::resolve("/", source);
    let cleaned = &cleaned[1..];
    if cleaned.is_empty() {
        return Some(Inside::Folder(path.to_owned()));
    }
    if !cleaned.contains(['*', '?', '[']) {
        return match path.strip_prefix(cleaned)? {
            "" => Some(Inside::File(name)),
            rest => Some(Inside::Folder(rest.trim_start_matches('/').to_owned())),
        };
    }
    // A pattern: as many segments of the path as the pattern has are what it matches.
    let depth = cleaned.split('/').count();
    let matched: Vec<&str> = path.split('/').take(depth).collect();
    let matched = matched.join("/");
    match path.strip_prefix(&matched)? {
        "" => Some(Inside::File(name)),
        rest if view.file(&matched).is_none() => {
            Some(Inside::Folder(rest.trim_start_matches('/').to_owned()))
        }
        _ => None,
    }
}

/// What a COPY or ADD puts at one path of the image.
pub(super) enum Brought {
    /// A file of the context, by its path there.
    File(String),
    /// The text of the instruction's own heredoc.
    Heredoc,
}

/// What lies at `place` of the image, and which instruction brings it: the last that does.
pub(super) fn brought(
    subject: &Subject<'_>,
    view: &View,
    stage: &Stage,
    place: &str,
) -> Option<(InstructionId, Brought)> {
    let steps = subject.model.steps(stage);
    let mut all =
        steps.filter_map(|(id, instruction)| Some((id, brings(subject, view, id, instruction, place)?)));
    all.next_back()
}

/// What one instruction puts at `place`.
fn brings(
    subject: &Subject<'_>,
    view: &View,
    id: InstructionId,
    instruction: &Instruction,
    place: &str,
) -> Option<Brought> {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return None;
    }
    let copied = copy(instruction).filter(|copied| copied.origin == Origin::Context)?;
    let target = destination(subject, id, &copied.destination.text)?;
    if copied.sources.is_empty() && copied.heredocs.len() == 1 {
        let is_file = !copied.destination.text.ends_with('/');
        return (is_file && target == place).then_some(Brought::Heredoc);
    }
    let below_target = is_within(place, &target).then(|| place[target.len()..].trim_start_matches('/'));
    let name = place.rsplit('/').next().unwrap_or(place);
    let lands_there = |path: &str| {
        view.file(path).is_some() && lands(subject, view, id, instruction, path).as_deref() == Some(place)
    };
    let found = copied.sources.iter().find_map(|source| {
        let cleaned = model::resolve("/", &source.text)[1..].to_owned();
        if cleaned.contains(['*', '?', '[']) {
            let named = view.files.iter().filter(|file| file.path.rsplit('/').next() == Some(name));
            return named.map(|file| file.path.to_string()).find(|path| lands_there(path));
        }
        let inside = below_target.map(|rest| below(&cleaned, rest));
        std::iter::once(cleaned).chain(inside).find(|path| lands_there(path))
    });
    found.map(Brought::File)
}

/// The folder that a path of the image lies in.
pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// Whether `path` is `folder` or lies in it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path below a project's folder as a path of the context.
pub(super) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The project whose package.json lies in `folder` of the image; the last one copied there.
pub(super) fn project_in<'a>(
    subject: &Subject<'_>,
    view: &'a View,
    stage: &Stage,
    folder: &str,
    until: Option<InstructionId>,
) -> Option<&'a Project> {
    let place = crate::model::resolve(folder, "package.json");
    let holds = |project: &&Project| {
        let manifest = below(&project.folder, "package.json");
        in_image(subject, view, stage, &manifest, until).contains(&place)
    };
    let projects = view.projects.iter().map(|project| &**project);
    projects.filter(|project| project.package_json.is_some()).rfind(holds)
}

/// The folder that an expression names, relative to that of the file it stands in: `path.join(__dirname, "../../")`.
pub(super) fn folder_of(text: &str) -> Option<String> {
    let here = |word: &str| matches!(word.trim(), "__dirname" | "import.meta.dirname" | "process.cwd()");
    if here(text) {
        return Some(".".into());
    }
    let inner = text.trim().strip_suffix(')')?;
    let (call, inner) = inner.split_once('(')?;
    if !matches!(call.trim().rsplit('.').next(), Some("join" | "resolve")) {
        return None;
    }
    let (first, rest) = inner.split_once(',')?;
    if !here(first) {
        return None;
    }
    let mut folder = String::from(".");
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let quote = part.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let part = part.strip_prefix(quote)?.strip_suffix(quote)?;
        if part.contains([quote, '\\']) || part.starts_with('/') {
            return None;
        }
        folder = format!("{folder}/{part}");
    }
    Some(folder)
}
