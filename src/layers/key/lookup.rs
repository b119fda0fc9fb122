//! What lies at a path of a stage.

use super::content::{Content, in_images};
use super::copying::{folder_of_wildcard, of_image};
use super::digest::{Digest, Mix};
use super::files::{Kind, Selection};
use super::graph::{Builder, Ground, Layer, Source};
use super::step::below;
use crate::context::copy_takes;
use crate::context::dockerignore::Dockerignore;
use std::sync::Arc;

/// How many stages are gone through from one copy to the next; what lies behind is told by the stage.
const DEPTH: usize = 64;

impl Builder<'_> {
    /// What lies at `path` (absolute, clean) at the end of a stage, from its topmost layer down to the first
    /// command, which may have written anything.
    pub(super) fn content(&mut self, stage: usize, path: &str, depth: usize) -> Arc<Content> {
        let key = (stage, path.to_owned());
        if let Some(known) = self.contents.get(&key) {
            return Arc::clone(known);
        }
        let content = Arc::new(self.look(stage, Query { path, filter: &Filter::default() }, depth));
        self.contents.insert(key, Arc::clone(&content));
        content
    }

    /// What a copy takes of a stage: the path with its wildcard, without what is excluded.
    pub(super) fn taken_of(
        &mut self,
        stage: usize,
        path: &str,
        excludes: &Arc<Dockerignore>,
        depth: usize,
    ) -> Arc<Content> {
        let folder = folder_of_wildcard(path);
        let pattern = (folder != path).then(|| path[folder.len()..].trim_start_matches('/').to_owned());
        if pattern.is_none() && excludes.patterns().is_empty() {
            return self.content(stage, path, depth);
        }
        let filter = Filter { pattern, excludes: Arc::clone(excludes) };
        Arc::new(self.look(stage, Query { path: folder, filter: &filter }, depth))
    }

    fn look(&mut self, stage: usize, query: Query<'_>, depth: usize) -> Content {
        let path = query.path;
        let mut content = Content::default();
        let mut next = Some(stage);
        while let Some(index) = next {
            // A stage that isn't built yet is part of a circle, which BuildKit refuses.
            let Some(built) = self.built.get_mut(index).and_then(Option::take) else { return content };
            let done = depth >= DEPTH || self.layers(&built.layers, query, depth, &mut content);
            let base = built.base;
            self.built[index] = Some(built);
            if depth >= DEPTH {
                content.commands.push(Mix::new("stage").number(index as u64).text(path).end());
            }
            if done {
                return content;
            }
            next = match base {
                Ground::Stage(base) => Some(base),
                Ground::Image(image) => {
                    if content.is_empty() || in_images(path) {
                        content.add(&of_image(image, path), "", None);
                    }
                    None
                }
                Ground::Nothing => None,
            };
        }
        content
    }

    /// Adds what the layers of one stage put at `path`; answers whether nothing beneath them counts.
    fn layers(&mut self, layers: &[Layer], query: Query<'_>, depth: usize, content: &mut Content) -> bool {
        let Query { path, filter } = query;
        for layer in layers.iter().rev() {
            match layer {
                Layer::Command { key, written } => {
                    let known = written.iter().find(|(written, _)| written == path && filter.is_all());
                    let digest = known.map(|&(_, digest)| digest);
                    let wrote = || Mix::new("wrote").digest(*key).text(path).end();
                    content.commands.push(digest.unwrap_or_else(wrote));
                    return true;
                }
                Layer::Folder { path: folder, digest } => {
                    // Where something is copied into it, that tells the folder too.
                    if let Some(at) = below(folder, path)
                        && filter.keeps(at)
                        && !content.known.iter().any(|(known, _)| known == at)
                    {
                        content.add(&Content::known(*digest), at, None);
                    }
                }
                Layer::Copy { to, into, sources, change } => {
                    // The last source of a copy lies on top.
                    for source in sources.iter().rev() {
                        let place = Place { to, into: *into, query, change: *change };
                        if self.source(source, &place, depth, content) {
                            return true;
                        }
                    }
                }
            }
        }
        false
    }

    /// Adds what one source of a copy puts at the place; answers whether it covers all beneath.
    fn source(&mut self, source: &Source, place: &Place<'_>, depth: usize, content: &mut Content) -> bool {
        match source {
            Source::Context(selection) => {
                let mut covers = false;
                for selection in self.plan.files.expand(selection) {
                    covers |= self.of_context(&selection, place, content);
                }
                covers
            }
            Source::Archive(selection) => {
                let digest = Mix::new("unpacked").digest(self.plan.files.digest(selection)).end();
                place.folder(content, |_, _| Some(Content::known(digest)));
                false
            }
            Source::File(name, digest) => place.file(name, content, &Content::known(*digest)),
            Source::Stage(stage, from, excludes) => {
                let filtered = folder_of_wildcard(from) != from || !excludes.patterns().is_empty();
                if !filtered && place.into {
                    let name = from.rsplit('/').next().unwrap_or("");
                    let file = self.content(*stage, from, depth + 1);
                    place.file(name, content, &file);
                }
                place.folder(content, |at, inside| {
                    let part = match (filtered, at) {
                        (true, _) => self.taken_of(*stage, from, excludes, depth + 1),
                        (false, "") => {
                            let Filter { pattern, excludes } = place.query.filter;
                            let path = join(&join(from, inside), pattern.as_deref().unwrap_or(""));
                            self.taken_of(*stage, &path, excludes, depth + 1)
                        }
                        (false, _) => self.content(*stage, from, depth + 1),
                    };
                    (!part.is_empty()).then(|| (*part).clone())
                });
                false
            }
            Source::Image(image, from) => {
                place.folder(content, |_, inside| Some(of_image(*image, &join(from, inside))));
                false
            }
        }
    }

    fn of_context(&mut self, selection: &Selection, place: &Place<'_>, content: &mut Content) -> bool {
        let files = self.plan.files;
        let kind = files.kind(&selection.path);
        let whole = || Content::known(files.digest(selection));
        let name = selection.path.rsplit('/').next().unwrap_or("");
        let mut covers = false;
        if kind == Kind::File || (kind == Kind::Unknown && place.into) {
            covers = place.file(name, content, &whole()) && kind == Kind::File;
        }
        if matches!(kind, Kind::Folder | Kind::Unknown) {
            let plain = selection.excludes.patterns().is_empty() && selection.includes.is_none();
            let mut is_file = false;
            place.folder(content, |at, inside| {
                let Filter { pattern, excludes } = place.query.filter;
                let filtered = pattern.is_some() || !excludes.patterns().is_empty();
                if !plain || !at.is_empty() || (inside.is_empty() && !filtered) {
                    return Some(whole());
                }
                let path = join(&selection.path, inside);
                let part = files.kind(&path);
                is_file = part == Kind::File && !filtered;
                let path = join(&path, pattern.as_deref().unwrap_or(""));
                let part_of = Selection { path, excludes: Arc::clone(excludes), includes: None };
                (part != Kind::Missing).then(|| Content::known(files.digest(&part_of)))
            });
            covers |= is_file;
        }
        covers
    }
}

/// What is asked for: a path (absolute, clean), and which of what lies in it.
#[derive(Clone, Copy)]
struct Query<'a> {
    path: &'a str,
    filter: &'a Filter,
}

/// Which of what lies in a folder is taken.
#[derive(Default)]
struct Filter {
    /// A pattern with a wildcard, below the folder.
    pattern: Option<String>,
    excludes: Arc<Dockerignore>,
}

impl Filter {
    /// Whether everything is taken.
    fn is_all(&self) -> bool {
        self.pattern.is_none() && self.excludes.patterns().is_empty()
    }

    /// Whether something at a path below the folder may be taken.
    fn keeps(&self, at: &str) -> bool {
        let depth = |path: &str| path.matches('/').count();
        let taken =
            |pattern: &String| !at.is_empty() && (depth(pattern) > depth(at) || copy_takes(pattern, at));
        self.pattern.as_ref().is_none_or(taken) && (at.is_empty() || !self.excludes.ignores(at))
    }
}

/// Where a copy goes, and what is asked for.
struct Place<'a> {
    to: &'a str,
    into: bool,
    query: Query<'a>,
    change: Option<Digest>,
}

impl Place<'_> {
    /// Adds a file of this name; answers whether the path asked for is that very file.
    fn file(&self, name: &str, content: &mut Content, file: &Content) -> bool {
        let to = if self.into { join(self.to, name) } else { self.to.to_owned() };
        if let Some(at) = below(&to, self.query.path)
            && (at.is_empty() || self.query.filter.keeps(at))
        {
            content.add(file, at, self.change);
        }
        to == self.query.path
    }

    /// Adds a folder's content: `part` says what of it lies there, given the place below the path asked for
    /// and the path in the folder, one of which is empty.
    fn folder(&self, content: &mut Content, part: impl FnOnce(&str, &str) -> Option<Content>) {
        let path = self.query.path;
        let (at, inside) = match (below(self.to, path), below(path, self.to)) {
            (Some(at), _) => (at, ""),
            (None, Some(inside)) => ("", inside),
            (None, None) => return,
        };
        if !at.is_empty() && !self.query.filter.keeps(at) {
            return;
        }
        if let Some(part) = part(at, inside) {
            content.add(&part, at, self.change);
        }
    }
}

fn join(folder: &str, inside: &str) -> String {
    match (folder, inside) {
        (folder, "") => folder.to_owned(),
        ("", inside) => inside.to_owned(),
        (folder, inside) => format!("{}/{inside}", folder.trim_end_matches('/')),
    }
}
