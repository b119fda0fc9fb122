//! Walks the build context as BuildKit's client does, and counts what it leaves out.

use super::dockerignore::{Dockerignore, FolderMatch};
use super::source::{Entry, Kind, Source, SourceError, Stamp};
use super::view::{Cancelled, ContextFile, IgnoredFolder, Limits, Request, Totals};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub(super) struct Walked {
    /// What the build can take, sorted by path.
    pub files: Vec<ContextFile>,
    /// Where the symbolic links among them lead, as written, by path.
    pub links: Vec<(Arc<str>, Box<str>)>,
    /// The folders that were listed, sorted; the root is the empty path.
    pub listed: Vec<Listed>,
    /// The folders that were only counted, sorted by path.
    pub ignored: Vec<IgnoredFolder>,
    /// The file limit was reached before all files were seen that the build can take.
    pub truncated: bool,
    /// The file limit was reached before all ignored files were counted.
    pub ignored_truncated: bool,
    /// Folders that couldn't be listed, by path in the context.
    pub problems: Vec<(Box<str>, SourceError)>,
}

/// A folder that was listed.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// Relative to the root, with `/`; empty for the root itself.
    pub path: Arc<str>,
    /// From before it was listed.
    pub stamp: Option<Stamp>,
    /// Whether the build can take the folder itself.
    pub taken: bool,
    /// The ignored files directly in it.
    pub ignored: Totals,
    /// How many names directly in it aren't UTF-8. They stand with replacement characters.
    pub odd_names: u32,
}

/// A folder still to be listed.
struct Folder {
    place: PathBuf,
    path: String,
    matched: FolderMatch,
    taken: bool,
}

/// Walks through folders of one context.
pub(super) struct Walk<'a> {
    pub source: &'a dyn Source,
    pub root: &'a Path,
    pub ignore: &'a Dockerignore,
    pub request: &'a Request<'a>,
    /// Folders for which this holds are noted and not entered.
    pub is_known: &'a dyn Fn(&str) -> bool,
    /// Files seen before this walk.
    pub seen: u64,
}

impl Walk<'_> {
    /// Lists the folders `from` (paths of the context) and everything below them. What the build can take
    /// comes first, so that a limit hits what is ignored; symbolic links are taken as such and never
    /// followed. The second result has the known folders that were met.
    pub(super) fn run(mut self, from: &[&str]) -> Result<(Walked, Vec<String>), Cancelled> {
        let mut walked = Walked::default();
        let mut met = Vec::new();
        let mut uncounted: Vec<String> = Vec::new();
        let mut queue: Vec<Folder> = from.iter().map(|path| self.folder(path)).collect();
        while let Some(folder) = queue.pop() {
            let stamp = self.source.target(&folder.place).ok().map(|stat| stat.stamp());
            let mut own = Listed {
                path: folder.path.as_str().into(),
                stamp,
                taken: folder.taken,
                ignored: Totals::default(),
                odd_names: 0,
            };
            let (ignore, is_known, source) = (self.ignore, self.is_known, self.source);
            let listed = self.each(&folder.place, |entry| {
                let name = entry.name.to_string_lossy();
                own.odd_names += u32::from(entry.name.to_str().is_none());
                let path = join(&folder.path, &name);
                if entry.stat.is_folder() && is_known(&path) {
                    met.push(path);
                    return;
                }
                let (ignored, matched) = ignore.walk(&path, &folder.matched);
                match entry.stat.kind {
                    Kind::Folder if ignored && !ignore.may_reinclude_below(&path) => uncounted.push(path),
                    Kind::Folder => {
                        let place = folder.place.join(&entry.name);
                        queue.push(Folder { place, path, matched, taken: !ignored });
                    }
                    Kind::Other => {}
                    _ if ignored => own.ignored.add(entry.stat.size),
                    kind => {
                        let path: Arc<str> = path.into();
                        if kind == Kind::Link
                            && let Ok(target) = source.link(&folder.place.join(&entry.name))
                        {
                            walked.links.push((Arc::clone(&path), target.into()));
                        }
                        walked.files.push(ContextFile {
                            path,
                            size: entry.stat.size,
                            mode: entry.stat.mode,
                            is_link: kind == Kind::Link,
                        });
                    }
                }
            })?;
            walked.listed.push(own);
            match listed {
                Ok(true) => {
                    walked.truncated = true;
                    walked.ignored_truncated = true;
                    break;
                }
                Ok(false) => {}
                Err(error) => walked.problems.push((folder.path.into(), error)),
            }
        }
        for path in uncounted {
            let (totals, full) = match walked.ignored_truncated {
                true => (Totals::default(), true),
                false => self.count(&path)?,
            };
            walked.ignored_truncated |= full;
            let by = self.ignore.verdict(&path).decided_by;
            walked.ignored.push(IgnoredFolder { path: path.into(), totals, by });
        }
        walked.sort();
        Ok((walked, met))
    }

    /// A folder to begin with; what the patterns say of it is found from the root downward.
    fn folder(&self, path: &str) -> Folder {
        let mut matched = FolderMatch::default();
        let mut ignored = false;
        for (at, _) in path.match_indices('/').chain((!path.is_empty()).then_some((path.len(), ""))) {
            (ignored, matched) = self.ignore.walk(&path[..at], &matched);
        }
        Folder { place: self.root.join(path), path: path.to_string(), matched, taken: !ignored }
    }

    /// Counts everything in an ignored folder, and says whether the file limit was reached.
    fn count(&mut self, path: &str) -> Result<(Totals, bool), Cancelled> {
        let mut totals = Totals::default();
        let mut queue = vec![self.root.join(path)];
        while let Some(folder) = queue.pop() {
            let listed = self.each(&folder, |entry| match entry.stat.kind {
                Kind::Folder => queue.push(folder.join(&entry.name)),
                Kind::Other => {}
                _ => totals.add(entry.stat.size),
            })?;
            // What can't be listed here isn't sent either, so it is no problem.
            if matches!(listed, Ok(true)) {
                return Ok((totals, true));
            }
        }
        Ok((totals, false))
    }

    /// Lists one folder; answers whether the file limit is reached.
    fn each(
        &mut self,
        folder: &Path,
        mut take: impl FnMut(Entry),
    ) -> Result<Result<bool, SourceError>, Cancelled> {
        let request = self.request;
        let Limits { files, .. } = request.limits;
        let mut cancelled = false;
        let mut full = false;
        let seen = &mut self.seen;
        let listed = self.source.list(folder, &mut |entry| {
            cancelled = request.cancel.load(Ordering::Relaxed);
            full = *seen >= files;
            if cancelled || full {
                return ControlFlow::Break(());
            }
            *seen += u64::from(entry.stat.kind != Kind::Folder);
            if let Some(progress) = request.progress {
                progress.store(*seen, Ordering::Relaxed);
            }
            take(entry);
            ControlFlow::Continue(())
        });
        if cancelled || request.cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        Ok(listed.map(|()| full))
    }
}

impl Walked {
    fn sort(&mut self) {
        self.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.links.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.listed.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.ignored.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.problems.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    }

    /// A folder that was listed, by its path.
    pub(super) fn folder(&self, path: &str) -> Option<&Listed> {
        let at = self.listed.binary_search_by(|known| (*known.path).cmp(path)).ok()?;
        self.listed.get(at)
    }

    /// The index of the ignored folder at a path.
    pub(super) fn ignored_folder(&self, path: &str) -> Option<usize> {
        self.ignored.binary_search_by(|known| (*known.path).cmp(path)).ok()
    }

    /// Takes away everything for whose path `goes` says so, and puts `other` in.
    pub(super) fn replace(&mut self, goes: impl Fn(&str, What) -> bool, other: Walked) {
        self.files.retain(|file| !goes(&file.path, What::Entry));
        self.links.retain(|(path, _)| !goes(path, What::Entry));
        self.listed.retain(|folder| !goes(&folder.path, What::Folder));
        self.ignored.retain(|folder| !goes(&folder.path, What::Ignored));
        self.problems.retain(|(path, _)| !goes(path, What::Folder));
        self.truncated |= other.truncated;
        self.ignored_truncated |= other.ignored_truncated;
        merge(&mut self.files, other.files, |a, b| a.path <= b.path);
        merge(&mut self.links, other.links, |a, b| a.0 <= b.0);
        merge(&mut self.listed, other.listed, |a, b| a.path <= b.path);
        merge(&mut self.ignored, other.ignored, |a, b| a.path <= b.path);
        merge(&mut self.problems, other.problems, |a, b| a.0 <= b.0);
    }

    /// The folders that a build can take, sorted; the root isn't among them.
    pub(super) fn folders(&self) -> Vec<Arc<str>> {
        let folders = self.listed.iter().filter(|folder| !folder.path.is_empty());
        // An ignored folder is sent all the same where something in it was taken back.
        let holds = |folder: &Listed| {
            let after = self.files.partition_point(|file| *file.path <= *folder.path);
            // What stands between a folder's path and its files begins with it: `a.b` before `a/b`.
            let near = self.files[after..].iter().map(|file| &*file.path);
            near.take_while(|path| path.starts_with(&*folder.path)).any(|path| inside(&folder.path, path))
        };
        folders
            .filter(|folder| folder.taken || holds(folder))
            .map(|folder| Arc::clone(&folder.path))
            .collect()
    }

    /// All that .dockerignore keeps out.
    pub(super) fn ignored_totals(&self) -> Totals {
        let folders = self.ignored.iter().map(|folder| folder.totals);
        folders.chain(self.listed.iter().map(|folder| folder.ignored)).fold(Totals::default(), Totals::and)
    }
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A file or a link.
    Entry,
    /// A folder that is listed.
    Folder,
    /// A folder that is only counted.
    Ignored,
}

/// Whether `path` lies somewhere in `folder`; everything lies in the root.
pub(super) fn inside(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The folder that a path lies in; the root's is none.
pub(super) fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((folder, _)) => Some(folder),
        None => (!path.is_empty()).then_some(""),
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}

/// Puts sorted items into a sorted list.
fn merge<T>(list: &mut Vec<T>, more: Vec<T>, in_order: impl Fn(&T, &T) -> bool) {
    if more.is_empty() {
        return;
    }
    let mut merged = Vec::with_capacity(list.len() + more.len());
    let mut more = more.into_iter().peekable();
    for item in list.drain(..) {
        while let Some(next) = more.next_if(|next| !in_order(&item, next)) {
            merged.push(next);
        }
        merged.push(item);
    }
    merged.extend(more);
    *list = merged;
}
