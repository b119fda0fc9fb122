//! Looks at a build context again, and only at what may have changed.

use super::dockerignore::Dockerignore;
use super::gather::{
    self, find_builds, is_file, look_at_project, project_folders, read_dockerignore, root_of_build,
};
use super::shell_scripts;
use super::source::{Kind, Source, Stamp, Stat};
use super::view::{Cancelled, Request, View};
use super::walk::{Walk, Walked, What, inside, parent};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is to be looked at again.
#[derive(Clone, Copy, Debug)]
pub enum Look<'a> {
    /// Everything, by stat alone: what was read and what was looked for, every folder that was listed,
    /// and the sizes of as many files as [`super::Limits::watched`] says. What lies in ignored folders
    /// isn't looked at.
    Everything,
    /// These files and folders of this machine, of which it is known that they changed.
    Named(&'a [PathBuf]),
}

/// What has changed since a view was made.
#[derive(Debug, Default)]
struct Changes {
    /// The view's root may be another now.
    root: bool,
    /// A Compose or Bake file came, went or has another stamp.
    builds: bool,
    /// A .dockerignore came, went or has another stamp.
    ignore: bool,
    /// Projects, by their index.
    projects: BTreeSet<usize>,
    /// A shell script went or has another stamp.
    scripts: bool,
    /// Folders to be listed again, by path of the context.
    folders: BTreeSet<String>,
    /// Folders that are gone.
    gone: BTreeSet<String>,
    /// Files with what stands at their path now.
    files: BTreeMap<String, Stat>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        !self.root
            && !self.builds
            && !self.ignore
            && self.projects.is_empty()
            && !self.scripts
            && self.folders.is_empty()
            && self.gone.is_empty()
            && self.files.is_empty()
    }
}

impl View {
    /// Whether something that the view was made of has changed: whether [`View::again`] with
    /// [`Look::Everything`] would find something to do.
    pub fn stale(&self, source: &dyn Source) -> bool {
        !self.changes(source, Look::Everything).is_empty()
    }

    /// The view as it is now; None where nothing has changed. Only folders that have changed are listed,
    /// and only projects that have changed are read; the rest is shared with this view. Where the
    /// context's root or what .dockerignore says is another, everything is looked at anew.
    pub fn again(
        &self,
        source: &dyn Source,
        request: &Request<'_>,
        look: Look<'_>,
    ) -> Result<Option<View>, Cancelled> {
        let mut changes = self.changes(source, look);
        if changes.is_empty() {
            return Ok(None);
        }
        let Some(root) = self.root.clone().filter(|_| !changes.root && !self.truncated) else {
            return gather::gather(source, request, &self.builds).map(Some);
        };
        let mut view = self.clone();
        if changes.builds {
            (view.builds, view.asked.builds) =
                find_builds(source, self.dockerfile.as_deref(), request, &self.builds);
            let root_of = |builds| root_of_build(source, builds);
            if request.context_dir.is_none() && root_of(&view.builds) != root_of(&self.builds) {
                return gather::gather(source, request, &self.builds).map(Some);
            }
        }
        if changes.ignore {
            (view.dockerignore, view.asked.ignore) =
                read_dockerignore(source, &root, self.dockerfile.as_deref());
            let text = |view: &View| {
                view.dockerignore.as_ref().map(|read| read.as_ref().ok().map(|it| it.file.text.clone()))
            };
            if text(&view) != text(self) || view.dockerignore_path() != self.dockerignore_path() {
                return gather::gather(source, request, &self.builds).map(Some);
            }
        }
        let other_files =
            !(changes.files.is_empty() && changes.folders.is_empty() && changes.gone.is_empty());
        view.walk_again(source, &root, request, &mut changes)?;
        view.projects_again(source, &root, request, &changes)?;
        if changes.scripts || other_files {
            (view.scripts, view.asked.scripts) = shell_scripts::read(source, &root, &view);
        }
        Ok(Some(view))
    }

    fn changes(&self, source: &dyn Source, look: Look<'_>) -> Changes {
        match look {
            Look::Everything => self.all_changes(source),
            Look::Named(paths) => self.named_changes(source, paths),
        }
    }

    fn all_changes(&self, source: &dyn Source) -> Changes {
        let moved = |(path, stamp): &(PathBuf, Option<Stamp>)| {
            source.target(path).ok().map(|stat| stat.stamp()) != *stamp
        };
        let mut changes = Changes {
            root: self.asked.markers.iter().any(|(path, there)| is_file(source, path) != *there),
            builds: self.asked.builds.iter().any(moved),
            ignore: self.asked.ignore.iter().any(moved),
            scripts: self.asked.scripts.iter().any(moved),
            ..Changes::default()
        };
        let projects = self.asked.projects.iter().enumerate();
        changes.projects =
            projects.filter(|(_, asked)| asked.iter().any(moved)).map(|(index, _)| index).collect();
        let Some(root) = &self.root else { return changes };
        for folder in self.walked.listed.iter().filter(|folder| !is_odd(&folder.path)) {
            match source.target(&root.join(&*folder.path)) {
                Ok(stat) if Some(stat.stamp()) == folder.stamp => {}
                Ok(stat) if stat.is_folder() => {
                    changes.folders.insert(folder.path.to_string());
                }
                _ if folder.stamp.is_none() => {}
                _ => {
                    changes.gone.insert(folder.path.to_string());
                }
            }
        }
        let files = self.files.iter().take(self.limits.watched).filter(|file| !is_odd(&file.path));
        for file in files {
            match source.stat(&root.join(&*file.path)) {
                // What is typed into an open document isn't built before it is saved.
                Ok(stat)
                    if stat.version.is_some()
                        || stat.size == file.size && is_file_of(&stat, file.is_link) => {}
                Ok(stat) if is_file_of(&stat, file.is_link) => {
                    changes.files.insert(file.path.to_string(), stat);
                }
                _ => {
                    changes.folders.insert(parent(&file.path).unwrap_or("").to_string());
                }
            }
        }
        changes
    }

    fn named_changes(&self, source: &dyn Source, paths: &[PathBuf]) -> Changes {
        let mut changes = Changes::default();
        for path in paths {
            let path = &*super::source::normal(path);
            let marks = |(known, there): &(PathBuf, bool)| known == path && is_file(source, path) != *there;
            changes.root |= self.asked.markers.iter().any(marks);
            changes.builds |= self.asked.builds.iter().any(|(known, _)| known == path);
            changes.ignore |= self.asked.ignore.iter().any(|(known, _)| known == path);
            changes.scripts |= self.asked.scripts.iter().any(|(known, _)| known == path);
            let projects = self.asked.projects.iter().enumerate();
            // Read again whatever its stamp: an editor counts versions anew when it opens a file again.
            let of_it = projects.filter(|(_, asked)| asked.iter().any(|(known, _)| known == path));
            changes.projects.extend(of_it.map(|(index, _)| index));
            if let Some(path) = self.relative(path) {
                self.named_change(source, &path, &mut changes);
            }
        }
        changes
    }

    /// What to do about one path of the context that has changed.
    fn named_change(&self, source: &dyn Source, path: &str, changes: &mut Changes) {
        let mut above = parent(path);
        while let Some(folder) = above {
            if self.walked.ignored_folder(folder).is_some() {
                return;
            }
            above = parent(folder);
        }
        let now = self.absolute(path).and_then(|path| source.stat(&path).ok());
        match (self.file(path), now) {
            (Some(file), Some(now)) if is_file_of(&now, file.is_link) && !file.is_link => {
                if now.size != file.size || now.mode != file.mode {
                    changes.files.insert(path.to_string(), now);
                }
            }
            (None, Some(now)) if now.is_folder() && self.walked.folder(path).is_some() => {
                changes.folders.insert(path.to_string());
            }
            (None, Some(now)) if now.is_folder() && self.walked.ignored_folder(path).is_some() => {}
            // It came, went, or is something else now, which its folder tells: the nearest one that is
            // known and still there.
            _ => {
                let mut above = parent(path);
                while let Some(folder) = above {
                    let place = self.walked.folder(folder).and_then(|_| self.absolute(folder));
                    if place.is_some_and(|place| source.target(&place).is_ok_and(|stat| stat.is_folder())) {
                        changes.folders.insert(folder.to_string());
                        break;
                    }
                    above = parent(folder);
                }
            }
        }
    }

    fn walk_again(
        &mut self,
        source: &dyn Source,
        root: &Path,
        request: &Request<'_>,
        changes: &mut Changes,
    ) -> Result<(), Cancelled> {
        for (path, stat) in std::mem::take(&mut changes.files) {
            if let Ok(at) = self.files.binary_search_by(|file| (*file.path).cmp(&*path)) {
                self.files[at].size = stat.size;
                self.files[at].mode = stat.mode;
            }
        }
        if changes.folders.is_empty() && changes.gone.is_empty() {
            return Ok(());
        }
        let mut old = std::mem::take(&mut self.walked);
        old.files = std::mem::take(&mut self.files);
        let nothing = Dockerignore::default();
        let ignore = self.ignore().map_or(&nothing, |parsed| &parsed.content);
        let seen = old.files.len() as u64 + self.ignored.files;
        let from: Vec<&str> = changes.folders.iter().map(String::as_str).collect();
        let is_known = |path: &str| old.folder(path).is_some() || old.ignored_folder(path).is_some();
        let walk = Walk { source, root, ignore, request, is_known: &is_known, seen };
        let (mut new, met) = walk.run(&from)?;
        let met: BTreeSet<String> = met.into_iter().collect();
        // A known folder directly in a listed one that wasn't met there is gone, with all that is in it.
        let known = old
            .listed
            .iter()
            .map(|folder| &*folder.path)
            .chain(old.ignored.iter().map(|folder| &*folder.path));
        let unmet = known.filter(|path| {
            parent(path).is_some_and(|parent| changes.folders.contains(parent)) && !met.contains(*path)
        });
        let mut gone: BTreeSet<String> = unmet.map(str::to_string).collect();
        gone.append(&mut changes.gone);
        // Between the look at a folder's stamp and its listing it may have gone as well.
        new.replace(|path, what| what == What::Folder && gone.contains(path), Walked::default());
        old.replace(
            |path, what| {
                let listed = match what {
                    What::Entry => parent(path).is_some_and(|folder| changes.folders.contains(folder)),
                    What::Folder => changes.folders.contains(path),
                    What::Ignored => false,
                };
                listed || gone.contains(path) || gone.iter().any(|folder| inside(folder, path))
            },
            new,
        );
        changes.gone = gone;
        self.take(old);
        Ok(())
    }

    fn projects_again(
        &mut self,
        source: &dyn Source,
        root: &Path,
        request: &Request<'_>,
        changes: &Changes,
    ) -> Result<(), Cancelled> {
        let folders = project_folders(&self.files, request.limits.projects);
        let before = std::mem::take(&mut self.projects);
        let mut asked = std::mem::take(&mut self.asked.projects);
        asked.resize(before.len(), Vec::new());
        let mut before: BTreeMap<String, _> = before
            .into_iter()
            .zip(asked)
            .enumerate()
            .map(|(index, (project, asked))| (project.folder.clone(), (index, project, asked)))
            .collect();
        for folder in folders {
            let (project, asked) = match before.remove(&folder) {
                // What is in its folder is part of what it says of itself.
                Some((index, project, asked))
                    if !changes.projects.contains(&index) && !changes.folders.contains(&folder) =>
                {
                    (project, asked)
                }
                before => {
                    let before = before.as_ref().map(|(_, project, _)| &**project);
                    look_at_project(source, root, &folder, before, request)?
                }
            };
            self.projects.push(project);
            self.asked.projects.push(asked);
        }
        Ok(())
    }
}

/// Whether a path has a name that isn't UTF-8, by which it can't be asked for again.
fn is_odd(path: &str) -> bool {
    path.contains('\u{fffd}')
}

fn is_file_of(stat: &Stat, is_link: bool) -> bool {
    stat.kind == if is_link { Kind::Link } else { Kind::File }
}

#[cfg(test)]
mod tests;
