//! What a COPY or ADD takes, and where it puts it.

use super::content::Content;
use super::digest::{Digest, Mix};
use super::files::Selection;
use super::graph::{Builder, Making, Source};
use super::scope::Scope;
use crate::context::dockerignore::Dockerignore;
use crate::model::resolve;
use crate::syntax::instruction::{Copy, Origin, SourceKind, copy};
use crate::syntax::{Instruction, Keyword};
use std::sync::Arc;

/// Where a copy goes.
pub(super) struct Destination {
    /// Absolute, with the slash or dot at its end, both of which are part of the key.
    pub written: String,
    /// Absolute, without them.
    pub path: String,
    /// Whether it is written as a folder.
    pub into: bool,
}

/// The destination resolved against the working directory. `.` is the folder itself: the same as its path
/// with a slash, and another key than its path without, as measured.
///
/// Source: `dockerfile2llb/convert.go`, `pathRelativeToWorkingDir`; `util/system/path.go`.
pub(super) fn destination(scope: &Scope<'_>, instruction: &Instruction) -> Option<Destination> {
    let copy = copy(instruction)?;
    let to = scope.eval(&copy.destination.text);
    let to = if matches!(&*to, "" | ".") { "./" } else { &*to };
    let path = resolve(&scope.workdir, to);
    let end = match to {
        _ if path == "/" => "",
        _ if to.ends_with('/') => "/",
        _ if to.ends_with("/.") => "/.",
        _ => "",
    };
    let into = path == "/" || !end.is_empty();
    Some(Destination { written: format!("{path}{end}"), path, into })
}

impl<'a> Builder<'a> {
    /// All sources of a COPY or ADD in their order, heredocs last, as BuildKit copies them.
    pub(super) fn sources(
        &mut self,
        making: &Making<'a>,
        instruction: &'a Instruction,
    ) -> Option<Vec<Source>> {
        let copy = copy(instruction)?;
        let scope = &making.scope;
        let parents = instruction
            .flag("parents")
            .is_some_and(|flag| flag.value.as_ref().is_none_or(|v| v.text.eq_ignore_ascii_case("true")));
        let excludes = excludes(scope, instruction);
        let origin = match copy.origin {
            Origin::Context => None,
            Origin::From(name) => Some(self.origin(making, &scope.eval(&name.text))),
        };
        let mut sources = Vec::new();
        for word in &copy.sources {
            let path = scope.eval(&word.text);
            if instruction.keyword == Keyword::Add && SourceKind::of(&path) != SourceKind::Path {
                sources.push(remote(scope, instruction, &path));
                continue;
            }
            let (path, includes) = if parents { pivot(&path) } else { (path.into_owned(), None) };
            let path = resolve("/", &path);
            let path = path.trim_start_matches('/').to_owned();
            sources.push(match origin {
                Some(Taken::Stage(stage)) => Source::Stage(stage, format!("/{path}"), Arc::clone(&excludes)),
                Some(Taken::Image(image)) => Source::Image(image, format!("/{path}")),
                None => {
                    let selection = Selection { path, excludes: Arc::clone(&excludes), includes };
                    let archive = instruction.keyword == Keyword::Add && is_archive(&selection.path);
                    if archive { Source::Archive(selection) } else { Source::Context(selection) }
                }
            });
        }
        sources.extend(self.heredocs(scope, instruction, &copy));
        Some(sources)
    }

    /// The files that heredocs are: their names are part of the copy, their bodies what is copied.
    fn heredocs(&self, scope: &Scope<'_>, instruction: &Instruction, copy: &Copy<'_>) -> Vec<Source> {
        let text = self.plan.model.tree().source();
        let known = instruction.heredocs.iter().take(copy.heredocs.len());
        let file = |heredoc: &crate::syntax::Heredoc| {
            let mut body = heredoc.body.of(text).to_owned();
            if heredoc.strip_tabs {
                body = body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect();
            }
            if heredoc.expand {
                body = scope.eval_text(&body);
            }
            Source::File(heredoc.name.to_string(), Mix::new("heredoc").text(&body).end())
        };
        known.map(file).collect()
    }

    /// What `--from`, or a mount's `from`, names.
    pub(super) fn origin(&self, making: &Making<'a>, name: &str) -> Taken {
        let stages = self.plan.model.stages();
        let named = match crate::syntax::image::stage_index(name) {
            Some(index) => Some(index),
            None => {
                let name = name.to_lowercase();
                stages.iter().rposition(|stage| stage.name.as_deref() == Some(&*name))
            }
        };
        match named.filter(|&index| index != making.index && index < stages.len()) {
            Some(stage) => Taken::Stage(stage),
            None => Taken::Image(self.image(name, &making.scope.platform, false)),
        }
    }

    /// A part of the context.
    pub(super) fn of_files(&mut self, selection: &Selection) -> Arc<Content> {
        self.selections.push(selection.clone());
        Arc::new(Content::known(self.plan.files.digest(selection)))
    }

    /// The name that a source has in the operation, and what is taken of it.
    pub(super) fn taken(&mut self, source: &Source) -> (String, Arc<Content>) {
        let content = match source {
            Source::Context(selection) | Source::Archive(selection) => self.of_files(selection),
            Source::Stage(stage, path, excludes) => self.taken_of(*stage, path, excludes, 0),
            Source::Image(image, path) => Arc::new(of_image(*image, path)),
            Source::File(_, digest) => Arc::new(Content::known(*digest)),
        };
        (source.name().to_owned(), content)
    }
}

/// What of an image lies at a path.
pub(super) fn of_image(image: Digest, path: &str) -> Content {
    Content::image(Mix::new("of image").digest(image).text(path).end())
}

/// Where `--from` leads.
#[derive(Clone, Copy)]
pub(super) enum Taken {
    Stage(usize),
    Image(Digest),
}

/// The folder above the first part of a path that has a wildcard; the path itself where none has.
pub(super) fn folder_of_wildcard(path: &str) -> &str {
    let Some(at) = path.find(['*', '?', '[', '\\']) else { return path };
    let end = path[..at].rfind('/').unwrap_or(0);
    if end == 0 { "/" } else { &path[..end] }
}

/// The patterns of a COPY's or ADD's `--exclude`.
fn excludes(scope: &Scope<'_>, instruction: &Instruction) -> Arc<Dockerignore> {
    let flags = instruction.flags.iter().filter(|flag| &*flag.name == "exclude");
    let patterns: Vec<String> = flags
        .filter_map(|flag| flag.value.as_ref())
        .map(|value| scope.eval(&value.text).into_owned())
        .filter(|pattern| !pattern.is_empty())
        .collect();
    Arc::new(Dockerignore::from_patterns(patterns.iter().map(String::as_str)))
}

/// A source of `--parents`: the folder from which names are kept, up to `/./`, and the pattern below it.
fn pivot(source: &str) -> (String, Option<Arc<Dockerignore>>) {
    let (folder, pattern) = source.split_once("/./").unwrap_or(("/", source));
    let pattern = resolve("/", pattern);
    let pattern = Dockerignore::from_patterns([pattern.trim_start_matches('/')]);
    (folder.to_owned(), Some(Arc::new(pattern)))
}

/// What a server answers isn't known: it is taken to be the same as before for the same request.
fn remote(scope: &Scope<'_>, instruction: &Instruction, url: &str) -> Source {
    let checksum = instruction.flag_value("checksum").map(|sum| scope.eval(sum)).unwrap_or_default();
    let digest = Mix::new("remote").text(url).text(&checksum).end();
    Source::File(url.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned(), digest)
}

/// Whether ADD unpacks it, by its name.
fn is_archive(path: &str) -> bool {
    let ends = [".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"];
    ends.iter().any(|end| path.ends_with(end))
}
