//! Walks the build context as BuildKit's client does, and counts what it leaves out.

use super::dockerignore::{Dockerignore, FolderMatch};
use super::source::{Entry, Kind, Source, SourceError, Stamp};
use super::view::{Cancelled, ContextFile, Limits, Request, Totals};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// What a walk found.
#[derive(Default)]
pub(super) struct Walked {
    /// What the build can take, sorted by path.
    pub files: Vec<ContextFile>,
    /// The folders that hold it or are empty, sorted.
    pub folders: Vec<Box<str>>,
    pub ignored: Totals,
    /// The file limit was reached before all files were seen that the build can take.
    pub truncated: bool,
    /// The file limit was reached before all ignored files were counted.
    pub ignored_truncated: bool,
    /// Names that aren't UTF-8; they stand in `files` with replacement characters.
    pub odd_names: u64,
    /// Folders that couldn't be listed.
    pub problems: Vec<SourceError>,
    /// The folders listed and their stamps from before, up to the limit.
    pub watched: Vec<(PathBuf, Option<Stamp>)>,
}

/// A folder still to be listed.
struct Folder {
    path: PathBuf,
    /// Relative to the root, with a trailing `/`; empty for the root itself.
    relative: String,
    matched: FolderMatch,
}

/// Lists everything below `root`. What the build can take comes first, so that a limit hits what is
/// ignored; symbolic links are taken as such and never followed.
pub(super) fn walk(
    source: &dyn Source,
    root: &Path,
    ignore: &Dockerignore,
    request: &Request<'_>,
) -> Result<Walked, Cancelled> {
    let mut walked = Walked::default();
    let mut seen = 0u64;
    let mut ignored_folders = Vec::new();
    let mut queue =
        vec![Folder { path: root.to_path_buf(), relative: String::new(), matched: FolderMatch::default() }];
    while let Some(folder) = queue.pop() {
        if walked.watched.len() < request.limits.watched {
            let stamp = source.target(&folder.path).ok().map(|stat| stat.stamp());
            walked.watched.push((folder.path.clone(), stamp));
        }
        let full = each(source, &folder.path, request, &mut seen, &mut walked.problems, |entry| {
            let name = entry.name.to_string_lossy();
            walked.odd_names += u64::from(entry.name.to_str().is_none());
            let relative = format!("{}{name}", folder.relative);
            let (ignored, matched) = ignore.walk(&relative, &folder.matched);
            match entry.stat.kind {
                Kind::Folder if ignored && !ignore.may_reinclude_below(&relative) => {
                    ignored_folders.push(folder.path.join(&entry.name));
                }
                Kind::Folder => {
                    if !ignored {
                        walked.folders.push(relative.as_str().into());
                    }
                    let path = folder.path.join(&entry.name);
                    queue.push(Folder { path, relative: relative + "/", matched });
                }
                Kind::Other => {}
                _ if ignored => walked.ignored.add(entry.stat.size),
                kind => walked.files.push(ContextFile {
                    path: relative.into(),
                    size: entry.stat.size,
                    mode: entry.stat.mode,
                    is_link: kind == Kind::Link,
                }),
            }
        })?;
        if full {
            walked.truncated = true;
            walked.ignored_truncated = true;
            break;
        }
    }
    while let Some(folder) = ignored_folders.pop().filter(|_| !walked.truncated) {
        // What can't be listed here isn't sent either, so it is no problem.
        let mut unlisted = Vec::new();
        let full = each(source, &folder, request, &mut seen, &mut unlisted, |entry| match entry.stat.kind {
            Kind::Folder => ignored_folders.push(folder.join(&entry.name)),
            Kind::Other => {}
            _ => walked.ignored.add(entry.stat.size),
        })?;
        if full {
            walked.ignored_truncated = true;
            break;
        }
    }
    walked.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    // An ignored folder is sent all the same where something in it was taken back.
    let above =
        walked.files.iter().flat_map(|file| file.path.match_indices('/').map(|(at, _)| &file.path[..at]));
    walked.folders.extend(above.map(Box::from).collect::<BTreeSet<Box<str>>>());
    walked.folders.sort_unstable();
    walked.folders.dedup();
    Ok(walked)
}

/// Lists one folder; answers whether the file limit is reached.
fn each(
    source: &dyn Source,
    folder: &Path,
    request: &Request<'_>,
    seen: &mut u64,
    problems: &mut Vec<SourceError>,
    mut take: impl FnMut(Entry),
) -> Result<bool, Cancelled> {
    let Limits { files, .. } = request.limits;
    let mut cancelled = false;
    let mut full = false;
    let listed = source.list(folder, &mut |entry| {
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
    if let Err(error) = listed {
        problems.push(error);
    }
    if cancelled || request.cancel.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(full) }
}
