use super::copy_match;
use super::dockerignore::Dockerignore;
use super::problem::Problem;
use super::project::{self, Parsed, Project, Recorder};
use super::source::{Source, Stamp, normal};
use super::walk;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

/// What [`View::gather`] is to look at.
pub struct Request<'a> {
    /// The Dockerfile's path; `None` for a document that isn't a file yet.
    pub dockerfile: Option<PathBuf>,
    /// The build context, where the user or a compose file names it.
    pub context_dir: Option<PathBuf>,
    /// The folder open in the editor; the search for a context doesn't leave it.
    pub workspace_root: Option<PathBuf>,
    pub limits: Limits,
    /// Set from outside to end the work.
    pub cancel: &'a AtomicBool,
    /// Told how many files have been seen so far.
    pub progress: Option<&'a AtomicU64>,
}

/// Bounds on the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files seen, ignored ones included.
    pub files: u64,
    /// Folders, and files besides, whose stamps [`View::stale`] looks at again.
    pub watched: usize,
    /// Projects below the context's root.
    pub projects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 200_000, watched: 2_000, projects: 50 }
    }
}

/// The work was ended from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// How the build context's root was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootBasis {
    /// It was named: by an option, a setting, a compose file.
    Given,
    /// The Dockerfile's own folder, which has a package.json or .dockerignore.
    DockerfileFolder,
    /// A guess: the nearest folder above the Dockerfile that has a package.json or .dockerignore.
    Above,
    /// A guess: the Dockerfile's folder, since no folder up to the workspace's root has either.
    Assumed,
    /// The workspace, for a document that isn't a file yet.
    Workspace,
    /// There is none: a document that isn't a file, outside of any workspace.
    None,
}

/// One file of the build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Relative to the context's root, with `/`.
    pub path: Box<str>,
    /// Bytes of its content; 0 for a symbolic link, which is sent as such.
    pub size: u64,
    /// Unix permission bits.
    pub mode: u32,
    pub is_link: bool,
}

/// How many files, and how many bytes they have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub files: u64,
    pub bytes: u64,
}

impl Totals {
    pub(super) fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn of<'f>(files: impl IntoIterator<Item = &'f ContextFile>) -> Self {
        let mut totals = Self::default();
        files.into_iter().for_each(|file| totals.add(file.size));
        totals
    }
}

/// The build context of one Dockerfile as it stood at one moment: immutable, complete, without a path
/// back to the disk. Put it in an `Arc` to share it.
#[derive(Clone, Debug)]
pub struct View {
    /// `None` only where [`View::root_basis`] is [`RootBasis::None`].
    pub root: Option<PathBuf>,
    pub root_basis: RootBasis,
    pub dockerfile: Option<PathBuf>,
    /// The .dockerignore that counts: `<Dockerfile>.dockerignore` beside the Dockerfile, else
    /// `.dockerignore` in the root. An error where it can't be opened.
    pub dockerignore: Option<Result<Parsed<Dockerignore>, Problem>>,
    /// The root's own project first, then those of folders below with a package.json, by path.
    pub projects: Vec<Project>,
    /// What a build can take: the files left after .dockerignore, sorted by path.
    pub files: Vec<ContextFile>,
    /// The folders left, sorted.
    pub folders: Vec<Box<str>>,
    /// What .dockerignore keeps out.
    pub ignored: Totals,
    /// The file limit was reached before all files were seen: [`View::files`] isn't complete.
    pub truncated: bool,
    /// The file limit was reached before all ignored files were counted.
    pub ignored_truncated: bool,
    /// How many names aren't UTF-8; they are shown with replacement characters.
    pub odd_names: u64,
    /// What couldn't be looked at.
    pub problems: Vec<Problem>,
    asked: Vec<(PathBuf, Option<Stamp>)>,
    watched_files: usize,
}

impl View {
    /// Looks at everything once. Never fails for what the disk says: what can't be read is told by the
    /// view itself.
    pub fn gather(source: &dyn Source, request: &Request<'_>) -> Result<View, Cancelled> {
        let mut recorder = Recorder { source, asked: Vec::new() };
        let dockerfile = request.dockerfile.as_deref().map(|path| normal(path).into_owned());
        let (root, root_basis) = find_root(&mut recorder, dockerfile.as_deref(), request);
        let mut view = View {
            root,
            root_basis,
            dockerfile,
            dockerignore: None,
            projects: vec![Project::default()],
            files: Vec::new(),
            folders: Vec::new(),
            ignored: Totals::default(),
            truncated: false,
            ignored_truncated: false,
            odd_names: 0,
            problems: Vec::new(),
            asked: Vec::new(),
            watched_files: request.limits.watched,
        };
        let Some(root) = view.root.clone() else { return Ok(view) };
        view.dockerignore = read_dockerignore(&mut recorder, &root, view.dockerfile.as_deref());
        let nothing = Dockerignore::default();
        let ignore = match &view.dockerignore {
            Some(Ok(parsed)) => &parsed.content,
            _ => &nothing,
        };
        let walked = walk::walk(source, &root, ignore, request)?;
        recorder.asked.extend(walked.watched);
        let folders = project_folders(&walked.files, request.limits.projects);
        view.projects.clear();
        for folder in std::iter::once("").chain(folders) {
            if request.cancel.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Cancelled);
            }
            view.projects.push(project::gather(&mut recorder, &root, folder, None, request)?);
        }
        view.files = walked.files;
        view.folders = walked.folders;
        view.ignored = walked.ignored;
        view.truncated = walked.truncated;
        view.ignored_truncated = walked.ignored_truncated;
        view.odd_names = walked.odd_names;
        view.problems = walked.problems.into_iter().map(Problem::from).collect();
        view.asked = recorder.asked;
        Ok(view)
    }

    /// The project in the context's root; empty where there is none.
    pub fn project(&self) -> &Project {
        // `gather` always puts the root's project first.
        static EMPTY: std::sync::LazyLock<Project> = std::sync::LazyLock::new(Project::default);
        self.projects.first().unwrap_or(&EMPTY)
    }

    /// The project in a folder (relative to the root, with `/`), where that folder has a package.json.
    pub fn project_at(&self, folder: &str) -> Option<&Project> {
        let folder = folder.trim_start_matches("./").trim_matches('/');
        let folder = if folder == "." { "" } else { folder };
        self.projects.iter().find(|project| project.folder == folder)
    }

    /// The .dockerignore's patterns; none where there is no .dockerignore that can be read.
    pub fn ignore(&self) -> Option<&Parsed<Dockerignore>> {
        self.dockerignore.as_ref()?.as_ref().ok()
    }

    /// Whether .dockerignore keeps a path (relative to the root, with `/`) out of the build.
    pub fn ignores(&self, path: &str) -> bool {
        self.ignore().is_some_and(|ignore| ignore.content.ignores(path))
    }

    /// Where a .dockerignore would be created, or is.
    pub fn dockerignore_path(&self) -> Option<PathBuf> {
        match &self.dockerignore {
            Some(Ok(parsed)) => Some(parsed.file.path.clone()),
            Some(Err(problem)) => Some(problem.path.clone()),
            None => Some(self.root.as_ref()?.join(".dockerignore")),
        }
    }

    /// A path of the context (with `/`) as a path of this machine.
    pub fn absolute(&self, path: &str) -> Option<PathBuf> {
        Some(self.root.as_ref()?.join(path))
    }

    /// A path of this machine as a path of the context, with `/`; `None` outside of the context.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let path = normal(path);
        let inside = path.strip_prefix(self.root.as_ref()?).ok()?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }

    /// The file at a path of the context, after .dockerignore.
    pub fn file(&self, path: &str) -> Option<&ContextFile> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(at)
    }

    /// All that a build can take.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.files)
    }

    /// The largest files that a build can take, largest first.
    pub fn largest(&self, count: usize) -> Vec<&ContextFile> {
        let mut files: Vec<&ContextFile> = self.files.iter().collect();
        files.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
        files.truncate(count);
        files
    }

    /// The files that one source of a COPY or ADD takes, by path. A folder takes all that is in it, `.`
    /// everything; wildcards are matched as BuildKit does, segment by segment.
    pub fn matches(&self, source: &str) -> Vec<&ContextFile> {
        copy_match::matches(&self.files, &self.folders, source)
    }

    /// The number and bytes of the files that the sources of one COPY take together; a file that two of
    /// them name counts once.
    pub fn files_of(&self, sources: &[&str]) -> Totals {
        let mut files: Vec<&ContextFile> = sources.iter().flat_map(|source| self.matches(source)).collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Totals::of(files)
    }

    /// As [`View::files_of`], without what `excludes`, the patterns of `COPY --exclude`, leave out. None
    /// where that isn't known: a source with excludes is a file or has a wildcard.
    pub fn copied(&self, sources: &[&str], excludes: &Dockerignore) -> Option<Totals> {
        if excludes.patterns().is_empty() {
            return Some(self.files_of(sources));
        }
        let mut files: Vec<&ContextFile> = Vec::new();
        for source in sources {
            let plain = !source.contains(['*', '?', '[', '\\']);
            let (taken, own) = (self.matches(source), source.trim_start_matches("./").trim_matches('/'));
            if !plain || taken.iter().any(|file| *file.path == *own) {
                return None;
            }
            files.extend(
                taken.into_iter().filter(|file| !copy_match::copy_excludes(source, excludes, &file.path)),
            );
        }
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Some(Totals::of(files))
    }

    /// Whether something that the view was made of has changed, by stat alone: the files that were read,
    /// those that were looked for, the folders that were listed and the sizes of the files in them, up to
    /// [`Limits::watched`] of each. What lies in ignored folders isn't looked at.
    pub fn stale(&self, source: &dyn Source) -> bool {
        let changed = |(path, stamp): &(PathBuf, Option<Stamp>)| {
            source.target(path).ok().map(|stat| stat.stamp()) != *stamp
        };
        if self.asked.iter().any(changed) {
            return true;
        }
        let Some(root) = &self.root else { return false };
        self.files.iter().take(self.watched_files).any(|file| match source.stat(&root.join(&*file.path)) {
            // What is typed into an open document isn't built before it is saved.
            Ok(stat) => stat.version.is_none() && stat.size != file.size,
            // A name that isn't UTF-8 can't be asked for again; its folder's stamp tells.
            Err(_) => self.odd_names == 0,
        })
    }
}

/// The context's root: what was named; else the nearest folder from the Dockerfile's upward, not above
/// the workspace's root, that has a package.json or .dockerignore; else the Dockerfile's folder.
fn find_root(
    recorder: &mut Recorder<'_>,
    dockerfile: Option<&Path>,
    request: &Request<'_>,
) -> (Option<PathBuf>, RootBasis) {
    if let Some(given) = &request.context_dir {
        return (Some(normal(given).into_owned()), RootBasis::Given);
    }
    let workspace = request.workspace_root.as_deref().map(|path| normal(path).into_owned());
    let Some(own) = dockerfile.and_then(Path::parent) else {
        let basis = if workspace.is_some() { RootBasis::Workspace } else { RootBasis::None };
        return (workspace, basis);
    };
    let inside = workspace.filter(|workspace| own.starts_with(workspace));
    for folder in own.ancestors() {
        let marked =
            ["package.json", ".dockerignore"].iter().any(|name| recorder.is_file(&folder.join(name)));
        if marked {
            let basis = if folder == own { RootBasis::DockerfileFolder } else { RootBasis::Above };
            return (Some(folder.to_path_buf()), basis);
        }
        // Without a workspace there is no bound to climb to.
        if inside.as_deref().is_none_or(|workspace| workspace == folder) {
            break;
        }
    }
    (Some(own.to_path_buf()), RootBasis::Assumed)
}

fn read_dockerignore(
    recorder: &mut Recorder<'_>,
    root: &Path,
    dockerfile: Option<&Path>,
) -> Option<Result<Parsed<Dockerignore>, Problem>> {
    let beside = dockerfile.and_then(|path| {
        let mut name = path.file_name()?.to_os_string();
        name.push(".dockerignore");
        Some(path.with_file_name(name))
    });
    let read = beside.and_then(|path| recorder.read(&path));
    let read = read.or_else(|| recorder.read(&root.join(".dockerignore")))?;
    Some(read.map(|file| Parsed { content: Dockerignore::parse(&file.text), file }))
}

/// The folders below the root that have a package.json of their own, not deeper than four.
fn project_folders(files: &[ContextFile], limit: usize) -> impl Iterator<Item = &str> {
    let folders = files.iter().filter_map(|file| file.path.strip_suffix("/package.json"));
    let own = folders.filter(|folder| {
        folder.matches('/').count() < 4
            && !folder.split('/').any(|part| part == "node_modules" || part == ".next")
    });
    own.take(limit)
}

#[cfg(test)]
mod tests;
