use super::digest::{Digest, Mix};
use crate::context::dockerignore::Dockerignore;
use crate::context::{Contents, View, copy_excludes, copy_takes};
use std::sync::Arc;

/// What is known of the files of a build context.
#[derive(Clone, Copy)]
pub enum Files<'a> {
    /// Each file stands for itself by its path, and those named here hold something else than they did:
    /// for comparing a state with the same one after a change.
    Named { view: Option<&'a View>, changed: &'a [&'a str] },
    /// Each file stands for what it holds: for comparing two contexts.
    Read { view: &'a View, contents: &'a Contents },
}

/// What a path of the context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Missing,
    Unknown,
}

/// The part of the context that one source of a COPY or ADD, or a bind mount, takes.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Relative to the context, with `/`, `.` and `..` taken out; empty for all of it.
    pub path: String,
    /// The patterns of `--exclude`, looked for below `path`.
    pub excludes: Arc<Dockerignore>,
    /// With `--parents` what below `path` is taken: one pattern in the manner of .dockerignore.
    pub includes: Option<Arc<Dockerignore>>,
}

impl Selection {
    /// All that lies at `path`.
    pub fn at(path: &str) -> Self {
        Self { path: path.to_owned(), excludes: Arc::default(), includes: None }
    }

    fn is_filtered(&self) -> bool {
        !self.excludes.patterns().is_empty() || self.includes.is_some()
    }

    /// Whether it takes the file at `path`, should there be one.
    pub fn takes(&self, path: &str) -> bool {
        copy_takes(&self.path, path)
            && !copy_excludes(&self.path, &self.excludes, path)
            && self.includes.as_ref().is_none_or(|includes| {
                let inside = path.strip_prefix(&*self.path).unwrap_or(path);
                includes.ignores(inside.trim_start_matches('/'))
            })
    }
}

impl Files<'_> {
    fn view(&self) -> Option<&View> {
        match self {
            Files::Named { view, .. } => *view,
            Files::Read { view, .. } => Some(view),
        }
    }

    /// What stands at a path of the context, links followed.
    pub(super) fn kind(&self, path: &str) -> Kind {
        let Some(view) = self.view().filter(|view| !view.truncated) else { return Kind::Unknown };
        if path.is_empty() {
            return Kind::Folder;
        }
        let folder = |path: &str| view.folders.binary_search_by(|folder| (**folder).cmp(path)).is_ok();
        match view.file(path) {
            Some(file) if file.is_link => Kind::Unknown,
            Some(_) => Kind::File,
            None if folder(path) => Kind::Folder,
            // It may be about to come, and what is behind a link has a path of its own.
            None if matches!(self, Files::Named { .. }) => Kind::Unknown,
            None => Kind::Missing,
        }
    }

    /// A selection as plain ones: what a wildcard matches, one by one. A file that isn't seen, but holds
    /// something else, is among them; where nothing can be seen the selection stays as it is.
    pub(super) fn expand(&self, selection: &Selection) -> Vec<Selection> {
        let pattern = &selection.path;
        let view = self.view().filter(|view| !view.truncated);
        let (true, Some(view)) = (is_wild(pattern), view) else { return vec![selection.clone()] };
        let depth = pattern.split('/').count();
        let mut paths: Vec<String> = Vec::new();
        let mut add = |path: &str| {
            let parts: Vec<&str> = path.split('/').take(depth).collect();
            if parts.len() == depth {
                paths.push(parts.join("/"));
            }
        };
        view.matches(pattern).iter().for_each(|file| add(&file.path));
        if let Files::Named { changed, .. } = self {
            let new = changed.iter().filter(|path| !view.ignores(path) && copy_takes(pattern, path));
            new.for_each(|path| add(path));
        }
        paths.sort_unstable();
        paths.dedup();
        paths.into_iter().map(|path| Selection { path, ..selection.clone() }).collect()
    }

    /// What a selection holds.
    pub(super) fn digest(&self, selection: &Selection) -> Digest {
        match self {
            Files::Named { view, changed } => {
                let ignored = |path: &str| view.is_some_and(|view| view.ignores(path));
                let hit = changed.iter().any(|path| !ignored(path) && selection.takes(path));
                Mix::new("context").text(&selection.path).number(u64::from(hit)).end()
            }
            Files::Read { view, contents } => read(view, contents, selection),
        }
    }
}

fn is_wild(path: &str) -> bool {
    path.contains(['*', '?', '[', '\\'])
}

/// The digest of what is there: paths, kinds, permission bits, targets of links, contents. Times don't
/// count. Nor does the mode of a folder: BuildKit digests it, but its client sends no folder anew of which
/// nothing else has changed, as measured with BuildKit 28.5.
///
/// Source: `cache/contenthash/checksum.go` and `filehash.go`.
fn read(view: &View, contents: &Contents, selection: &Selection) -> Digest {
    let path = &contents.follow(&selection.path);
    let selection = Selection { path: path.clone(), ..selection.clone() };
    let wild = is_wild(path);
    let depth = path.matches('/').count();
    let one = |at: &str| match wild && at.matches('/').count() == depth && contents.is_link(at) {
        // What a wildcard matches is followed like what is named, though not what lies below it.
        true => contents.digest(&contents.follow(at)).unwrap_or(0),
        false => contents.digest(at).unwrap_or(0),
    };
    if !wild && !selection.is_filtered() && view.file(path).is_some() {
        return Mix::new("file").bits(one(path)).end();
    }
    let inside = |whole: &str| -> String {
        let rest = if wild { Some(whole) } else { whole.strip_prefix(&**path) };
        rest.unwrap_or(whole).trim_start_matches('/').to_owned()
    };
    let mut mix = Mix::new("files");
    // The paths are sorted, so a plain source is one run of them.
    let below = |all: &str| all.starts_with(&**path) || wild;
    let start = view.files.partition_point(|file| !wild && *file.path < **path);
    for file in view.files[start..].iter().take_while(|file| below(&file.path)) {
        if selection.takes(&file.path) {
            mix = mix.text(&inside(&file.path)).bits(one(&file.path));
        }
    }
    let start = view.folders.partition_point(|folder| !wild && **folder < **path);
    for folder in view.folders[start..].iter().take_while(|folder| below(folder)) {
        if selection.takes(folder) {
            mix = mix.text(&inside(folder)).number(1);
        }
    }
    mix.end()
}
