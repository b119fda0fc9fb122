//! What a stage holds besides its base image, for those that copy from it or change it again.

use super::modules::{self, Modules};
use crate::context::dockerignore::{Dockerignore, Pattern};
use crate::context::lock_graph::Target;
use crate::context::{View, copy_excludes};
use crate::layers::Size;
use crate::model::resolve;
use std::sync::Arc;

/// The files and folders that steps put into a stage, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Contents {
    held: Vec<Held>,
    /// Where commands ran of which it isn't known what they write.
    unclear: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Held {
    Thing(Thing),
    Copied(Copied),
    Files(Vec<File>),
    Removed(String),
}

/// What one command makes, with all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thing {
    /// Absolute.
    pub path: String,
    pub size: Option<Size>,
    /// Where it is a node_modules, whose parts are known too.
    pub modules: Option<Modules>,
}

/// What a COPY takes from the build context.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    pub sources: Vec<String>,
    pub excludes: Dockerignore,
    /// Absolute.
    pub destination: String,
    /// The destination is a folder, whatever is copied.
    pub into: bool,
}

/// One file in the stage.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct File {
    /// Absolute.
    pub path: String,
    /// Where it lies in the build context; None for one that a step writes.
    pub source: Option<Arc<str>>,
    pub bytes: u64,
}

/// What a stage held at one time.
#[derive(Clone, Copy)]
pub(super) struct Seen<'c> {
    held: &'c [Held],
    unclear: &'c [String],
}

/// A time in the making of a stage.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    held: usize,
    unclear: usize,
}

/// What lies at a path of a stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// None where there is a part that isn't known.
    pub size: Option<Size>,
    pub things: Vec<Thing>,
    pub files: Vec<File>,
}

impl Contents {
    /// Puts a thing in, beside what is there.
    pub fn put(&mut self, path: String, size: Option<Size>) {
        self.held.push(Held::Thing(Thing { path, size, modules: None }));
    }

    /// Puts a node_modules in, in place of what was there.
    pub fn put_modules(&mut self, path: String, size: Option<Size>, modules: Modules) {
        self.remove(path.clone());
        self.held.push(Held::Thing(Thing { path, size, modules: Some(modules) }));
    }

    pub fn copy(&mut self, copied: Copied) {
        self.held.push(Held::Copied(copied));
    }

    pub fn write(&mut self, path: String, bytes: u64) {
        self.held.push(Held::Files(vec![File { path, source: None, bytes }]));
    }

    pub fn remove(&mut self, path: String) {
        self.held.push(Held::Removed(path));
    }

    /// Remembers that something unknown was written, by a command that ran in `folder`.
    pub fn blur(&mut self, folder: String) {
        self.unclear.push(folder);
    }

    /// Puts in what was taken from `from` of another stage, now at `to`.
    pub fn adopt(&mut self, taken: Taken, from: &str, to: &str, into: bool) {
        let moved = |path: &str, is_file: bool| match path.strip_prefix(from.trim_end_matches('/')) {
            Some("") if is_file && into => resolve(to, path.rsplit('/').next().unwrap_or(path)),
            Some(rest) => resolve(to, rest.trim_start_matches('/')),
            None => path.to_owned(),
        };
        for thing in taken.things {
            let path = moved(&thing.path, false);
            self.held.push(Held::Thing(Thing { path, ..thing }));
        }
        let files = taken.files.into_iter();
        self.held.push(Held::Files(files.map(|f| File { path: moved(&f.path, true), ..f }).collect()));
    }

    /// All that is there.
    pub fn seen(&self) -> Seen<'_> {
        Seen { held: &self.held, unclear: &self.unclear }
    }

    /// Now, to ask later what was there.
    pub fn mark(&self) -> Mark {
        Mark { held: self.held.len(), unclear: self.unclear.len() }
    }

    /// What was there at that time: what comes later is put behind it.
    pub fn seen_at(&self, mark: Mark) -> Seen<'_> {
        Seen {
            held: self.held.get(..mark.held).unwrap_or(&self.held),
            unclear: self.unclear.get(..mark.unclear).unwrap_or(&self.unclear),
        }
    }

    /// Whether it is worth keeping for the next version of the file: not with a list of thousands of files.
    pub fn is_small(&self) -> bool {
        let files = |held: &Held| if let Held::Files(files) = held { files.len() } else { 1 };
        self.held.iter().map(files).sum::<usize>() < 10_000
    }
}

impl<'c> Seen<'c> {
    /// Whether something unknown was written from a folder at or below `path`.
    pub fn is_unclear(&self, path: &str) -> bool {
        self.unclear.iter().any(|folder| is_below(folder, path))
    }

    /// The node_modules at exactly `path`.
    pub fn modules(&self, path: &str) -> Option<&'c Modules> {
        self.held.iter().rev().find_map(|held| match held {
            Held::Thing(thing) if thing.path == path => Some(thing.modules.as_ref()),
            Held::Removed(removed) if is_below(path, removed) => Some(None),
            _ => None,
        })?
    }

    /// Whether a thing was put at exactly `path`.
    pub fn has(&self, path: &str) -> bool {
        self.held.iter().any(|held| matches!(held, Held::Thing(thing) if thing.path == path))
    }

    /// Where in the build context the file at `path` was copied from, the last time.
    pub fn source_of(&self, view: &View, path: &str) -> Option<String> {
        self.held.iter().rev().find_map(|held| match held {
            Held::Copied(copied) => copied.source_of(view, path),
            Held::Files(files) => {
                let file = files.iter().rev().find(|file| file.path == path)?;
                Some(file.source.as_deref().unwrap_or_default().to_owned())
            }
            _ => None,
        })
    }

    /// What lies at `path`, absolute; None where nothing is known to lie there.
    pub fn at(&self, view: Option<&View>, path: &str, target: Target<'_>) -> Option<Taken> {
        let (things, files) = self.all(view)?;
        let things: Vec<Thing> = things.into_iter().filter(|thing| is_below(&thing.path, path)).collect();
        let files: Vec<File> = files.into_iter().filter(|file| is_below(&file.path, path)).collect();
        if things.is_empty() && files.is_empty() {
            return self.inside(view?, path, target);
        }
        let bytes = files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let known = things.iter().try_fold(Size::measured(bytes), |sum, thing| Some(sum.plus(thing.size?)));
        let exact = things.iter().any(|thing| thing.path == path);
        let size = known.filter(|_| exact || !self.is_unclear(path));
        Some(Taken { size, things, files })
    }

    /// A part of something bigger: packages of a node_modules.
    fn inside(&self, view: &View, path: &str, target: Target<'_>) -> Option<Taken> {
        let things = self.all(Some(view))?.0;
        let around = things.iter().find(|thing| is_below(path, &thing.path))?;
        let within = path.strip_prefix(&*around.path)?.trim_start_matches('/');
        let size = around.modules.as_ref().and_then(|m| modules::within(view, m, target, within));
        let thing = Thing { path: path.to_owned(), size, modules: None };
        Some(Taken { size, things: vec![thing], files: Vec::new() })
    }

    /// Everything that is there in the end, the files by path; None where files were copied and the context
    /// isn't known.
    fn all(&self, view: Option<&View>) -> Option<(Vec<Thing>, Vec<File>)> {
        let mut things: Vec<Thing> = Vec::new();
        let mut files: Vec<File> = Vec::new();
        for held in self.held {
            let new = match held {
                Held::Thing(thing) => {
                    things.retain(|other| other.path != thing.path);
                    things.push(thing.clone());
                    continue;
                }
                Held::Removed(path) => {
                    things.retain(|thing| !is_below(&thing.path, path));
                    files.retain(|file| !is_below(&file.path, path));
                    continue;
                }
                Held::Copied(copied) => copied.files(view?),
                Held::Files(files) => files.clone(),
            };
            // What is copied over a thing is taken to be the same thing from elsewhere.
            things.retain(|thing| !new.iter().any(|file| is_below(&file.path, &thing.path)));
            files.extend(new);
        }
        // Of several files at one path the last that was put there counts: a stable sort leaves it in front.
        files.reverse();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Some((things, files))
    }
}

impl PartialEq for Copied {
    fn eq(&self, other: &Self) -> bool {
        let Self { sources, excludes, destination, into } = self;
        let (one, two) = (excludes.patterns(), other.excludes.patterns());
        let same = |(one, two): (&Pattern, &Pattern)| one.text == two.text && one.exception == two.exception;
        *sources == other.sources
            && *destination == other.destination
            && *into == other.into
            && one.len() == two.len()
            && one.iter().zip(two).all(same)
    }
}

impl Copied {
    fn files(&self, view: &View) -> Vec<File> {
        let mut files = Vec::new();
        for source in &self.sources {
            let depth = depth(source);
            for file in view.matches(source) {
                if self.excludes.patterns().is_empty() || !copy_excludes(source, &self.excludes, &file.path) {
                    let path = self.place(depth, &file.path);
                    files.push(File { path, source: Some(Arc::clone(&file.path)), bytes: file.size });
                }
            }
        }
        files
    }

    /// Where a file of the context lies in the image that a source of so many segments takes: as many of the
    /// path's are the file or folder that it names.
    fn place(&self, depth: usize, path: &str) -> String {
        let rest = match depth {
            0 => Some(path),
            _ => path.match_indices('/').nth(depth - 1).map(|(at, _)| &path[at + 1..]),
        };
        match rest {
            None if self.into => below(&self.destination, path.rsplit('/').next().unwrap_or(path)),
            None => self.destination.clone(),
            Some(rest) => below(&self.destination, rest),
        }
    }

    fn source_of(&self, view: &View, path: &str) -> Option<String> {
        if !is_below(path, &self.destination) {
            return None;
        }
        for source in &self.sources {
            if source.contains(['*', '?', '[']) {
                let taken = view.matches(source);
                let found = taken.iter().find(|file| self.place(depth(source), &file.path) == path);
                if let Some(file) = found {
                    return Some(file.path.to_string());
                }
                continue;
            }
            let own = resolve("/", source)[1..].to_owned();
            let below = path.strip_prefix(self.destination.trim_end_matches('/')).unwrap_or("");
            let candidates = [own.clone(), resolve("/", &format!("{own}/{below}"))[1..].to_owned()];
            let is_here = |at: &&String| view.file(at).is_some() && self.place(depth(source), at) == path;
            if let Some(found) = candidates.iter().find(is_here) {
                return Some(found.clone());
            }
        }
        None
    }
}

/// The path of what lies in a folder under a name without `.` and `..`.
fn below(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// How many segments a source of the context has; the context itself has none.
fn depth(source: &str) -> usize {
    resolve("/", source).split('/').filter(|part| !part.is_empty()).count()
}

/// Whether `path` is `folder` or lies in it; both absolute.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
