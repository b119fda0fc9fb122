//! What lies at a path of a stage.

use super::content::{Content, in_images};
use super::copying::{folder_of_wildcard, of_image};
use super::digest::{Digest, Mix};
use super::files::{Kind, Selection};
use super::graph::{Builder, Ground, Layer, Source};
use super::step::below;
use std::rc::Rc;

/// How many stages are gone through from one copy to the next; what lies behind is told by the stage.
const DEPTH: usize = 64;

impl Builder<'_> {
    /// What lies at `path` (absolute, clean) at the end of a stage, from its topmost layer down to the first
    /// command, which may have written anything.
    pub(super) fn content(&mut self, stage: usize, path: &str, depth: usize) -> Rc<Content> {
        let key = (stage, path.to_owned());
        if let Some(known) = self.contents.get(&key) {
            return Rc::clone(known);
        }
        let content = Rc::new(self.look(stage, path, depth));
        self.contents.insert(key, Rc::clone(&content));
        content
    }

    fn look(&mut self, stage: usize, path: &str, depth: usize) -> Content {
        let mut content = Content::default();
        let mut next = Some(stage);
        while let Some(index) = next {
            // A stage that isn't built yet is part of a circle, which BuildKit refuses.
            let Some(built) = self.built.get_mut(index).and_then(Option::take) else { return content };
            let done = depth >= DEPTH || self.layers(&built.layers, path, depth, &mut content);
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
    fn layers(&mut self, layers: &[Layer], path: &str, depth: usize, content: &mut Content) -> bool {
        for layer in layers.iter().rev() {
            match layer {
                Layer::Command(key) => {
                    content.commands.push(Mix::new("wrote").digest(*key).text(path).end());
                    return true;
                }
                Layer::Folder { path: folder, digest } => {
                    if let Some(at) = below(folder, path) {
                        content.add(&Content::known(*digest), at, None);
                    }
                }
                Layer::Copy { to, into, sources, change } => {
                    // The last source of a copy lies on top.
                    for source in sources.iter().rev() {
                        let place = Place { to, into: *into, path, change: *change };
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
                place.folder(content, |_| Some(Content::known(digest)));
                false
            }
            Source::File(name, digest) => place.file(name, content, &Content::known(*digest)),
            Source::Stage(stage, from) => {
                let folder = folder_of_wildcard(from);
                let wild = folder != from;
                let whole = |inside: &str| if wild { folder.to_owned() } else { join(from, inside) };
                if !wild && place.into {
                    let name = from.rsplit('/').next().unwrap_or("");
                    let file = self.content(*stage, from, depth + 1);
                    place.file(name, content, &file);
                }
                place.folder(content, |inside| {
                    let part = self.content(*stage, &whole(inside), depth + 1);
                    (!part.is_empty()).then(|| (*part).clone())
                });
                false
            }
            Source::Image(image, from) => {
                place.folder(content, |inside| Some(of_image(*image, &join(from, inside))));
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
            place.folder(content, |inside| {
                if inside.is_empty() || !plain {
                    return Some(whole());
                }
                let path = join(&selection.path, inside);
                let part = files.kind(&path);
                is_file = part == Kind::File;
                (part != Kind::Missing).then(|| Content::known(files.digest(&Selection::at(&path))))
            });
            covers |= is_file;
        }
        covers
    }
}

/// Where a copy goes, and the path that is asked for.
struct Place<'a> {
    to: &'a str,
    into: bool,
    path: &'a str,
    change: Option<Digest>,
}

impl Place<'_> {
    /// Adds a file of this name; answers whether the path asked for is that very file.
    fn file(&self, name: &str, content: &mut Content, file: &Content) -> bool {
        let to = if self.into { join(self.to, name) } else { self.to.to_owned() };
        if let Some(at) = below(&to, self.path) {
            content.add(file, at, self.change);
        }
        to == self.path
    }

    /// Adds a folder's content: `part` says what lies at a path in it.
    fn folder(&self, content: &mut Content, part: impl FnOnce(&str) -> Option<Content>) {
        let (at, inside) = match (below(self.to, self.path), below(self.path, self.to)) {
            (Some(at), _) => (at, ""),
            (None, Some(inside)) => ("", inside),
            (None, None) => return,
        };
        if let Some(part) = part(inside) {
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
