use super::builds::{BuildSearch, Builds};
use super::copy_match;
use super::dockerignore::Dockerignore;
use super::gather::{self, Asked};
use super::problem::Problem;
use super::project::{Parsed, Project, SourceFile};
use super::secret_files::SecretFile;
use super::shell_scripts::ShellScript;
use super::source::{Source, normal};
use super::walk::Walked;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, OnceLock};

/// What [`View::gather`] is to look at.
pub struct Request<'a> {
    /// The Dockerfile's path; `None` for a document that isn't a file yet.
    pub dockerfile: Option<PathBuf>,
    /// The build context, where the user or a compose file names it.
    pub context_dir: Option<PathBuf>,
    /// The folder open in the editor; the search for a context doesn't leave it.
    pub workspace_root: Option<PathBuf>,
    /// How Compose and Bake files are looked for; None where they aren't.
    pub builds: Option<BuildSearch<'a>>,
    pub limits: Limits,
    /// Set from outside to end the work.
    pub cancel: &'a AtomicBool,
    /// Told how many files have been seen so far.
    pub progress: Option<&'a AtomicU64>,
}

impl Request<'_> {
    /// To be looked at whole: nothing ends the work but the usual limits, and nobody watches it.
    pub fn new(dockerfile: Option<PathBuf>, context_dir: Option<PathBuf>) -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self {
            dockerfile,
            context_dir,
            workspace_root: None,
            builds: None,
            limits: Limits::default(),
            cancel: &NEVER,
            progress: None,
        }
    }
}

/// Bounds on the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files seen, ignored ones included.
    pub files: u64,
    /// Files whose sizes [`super::Look::Everything`] looks at again.
    pub watched: usize,
    /// Projects below the context's root.
    pub projects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 1_000_000, watched: 20_000, projects: 50 }
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
    /// None is looked at: a build says a folder outside of the workspace, see
    /// [`BuildSearch::outside`](super::builds::BuildSearch::outside).
    Outside,
    /// There is none: a document that isn't a file, outside of any workspace.
    None,
}

/// One file of the build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Relative to the context's root, with `/`.
    pub path: Arc<str>,
    /// Bytes of its content; 0 for a symbolic link, which is sent as such.
    pub size: u64,
    /// Unix permission bits.
    pub mode: u32,
    pub is_link: bool,
}

/// A folder that .dockerignore keeps out of the build with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredFolder {
    /// Relative to the context's root, with `/`.
    pub path: Box<str>,
    /// What is in it.
    pub totals: Totals,
    /// The pattern that keeps it out, an index into [`Dockerignore::patterns`].
    pub by: Option<usize>,
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

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let bytes = self.bytes.saturating_add(other.bytes);
        Self { files: self.files.saturating_add(other.files), bytes }
    }

    /// The files' number and bytes.
    pub fn of<'f>(files: impl IntoIterator<Item = &'f ContextFile>) -> Self {
        let mut totals = Self::default();
        files.into_iter().for_each(|file| totals.add(file.size));
        totals
    }
}

/// The build context of one Dockerfile as it stood at one moment: immutable, complete, without a path
/// back to the disk. Put it in an `Arc` to share it.
#[derive(Clone, Debug)]
pub struct View {
    /// `None` only where [`View::root_basis`] is [`RootBasis::None`] or [`RootBasis::Outside`].
    pub root: Option<PathBuf>,
    pub root_basis: RootBasis,
    pub dockerfile: Option<PathBuf>,
    /// The builds of Compose and Bake files that use the Dockerfile.
    pub builds: Builds,
    /// The .dockerignore that counts: `<Dockerfile>.dockerignore` beside the Dockerfile, else
    /// `.dockerignore` in the root. An error where it can't be opened.
    pub dockerignore: Option<Result<Parsed<Dockerignore>, Problem>>,
    /// The root's own project first, then those of folders below with a package.json, by path.
    pub projects: Vec<Arc<Project>>,
    /// The shell scripts near a project or the Dockerfile that a build can take, those nearest to the root first.
    pub scripts: Vec<ShellScript>,
    /// What a build can take: the files left after .dockerignore, sorted by path.
    pub files: Vec<ContextFile>,
    /// The folders left, sorted.
    pub folders: Vec<Arc<str>>,
    /// What .dockerignore keeps out.
    pub ignored: Totals,
    /// The file limit was reached before all files were seen, or the context isn't looked at at all:
    /// [`View::files`] isn't complete.
    pub truncated: bool,
    /// The file limit was reached before all ignored files were counted.
    pub ignored_truncated: bool,
    /// Those of the files whose names say that they hold secrets, with what; by path.
    pub secret_files: Vec<(Arc<str>, SecretFile)>,
    /// How many names aren't UTF-8; they are shown with replacement characters.
    pub odd_names: u64,
    /// What couldn't be looked at, and the lines of .dockerignore for which the build fails.
    pub problems: Vec<Problem>,
    pub(super) asked: Asked,
    /// What was found, but for the files.
    pub(super) walked: Walked,
    pub(super) limits: Limits,
    /// The indices of the files by the length of their paths; made on first use.
    by_length: OnceLock<Vec<u32>>,
}

impl View {
    /// Looks at everything once. Never fails for what the disk says: what can't be read is told by the
    /// view itself.
    pub fn gather(source: &dyn Source, request: &Request<'_>) -> Result<View, Cancelled> {
        gather::gather(source, request, &Builds::default())
    }

    /// A view of nothing yet.
    pub(super) fn empty(
        root: Option<PathBuf>,
        root_basis: RootBasis,
        dockerfile: Option<PathBuf>,
        limits: Limits,
    ) -> Self {
        Self {
            root,
            root_basis,
            dockerfile,
            builds: Builds::default(),
            dockerignore: None,
            projects: Vec::new(),
            scripts: Vec::new(),
            files: Vec::new(),
            folders: Vec::new(),
            ignored: Totals::default(),
            truncated: false,
            ignored_truncated: false,
            secret_files: Vec::new(),
            odd_names: 0,
            problems: Vec::new(),
            asked: Asked::default(),
            walked: Walked::default(),
            limits,
            by_length: OnceLock::new(),
        }
    }

    /// Takes over what a walk found.
    pub(super) fn take(&mut self, mut walked: Walked) {
        self.by_length = OnceLock::new();
        self.folders = walked.folders();
        self.ignored = walked.ignored_totals();
        self.files = std::mem::take(&mut walked.files);
        let secret = |file: &ContextFile| Some((file.path.clone(), SecretFile::of(&file.path)?));
        self.secret_files = self.files.iter().filter_map(secret).collect();
        self.truncated = walked.truncated;
        self.ignored_truncated = walked.ignored_truncated;
        self.odd_names = walked.listed.iter().map(|folder| u64::from(folder.odd_names)).sum();
        self.problems = walked.problems.iter().map(|(_, error)| Problem::from(error.clone())).collect();
        if let Some(Ok(ignore)) = &self.dockerignore {
            let lines = ignore.content.problems().iter().map(|problem| {
                let above = ignore.file.text.get(..problem.span.start as usize).unwrap_or("");
                let line = u32::try_from(above.matches('\n').count() + 1).unwrap_or(u32::MAX);
                let name = ignore.file.path.file_name().unwrap_or_default().to_string_lossy();
                let message = format!("{name}: {}", problem.message);
                Problem::at_line(line, message).in_file(ignore.file.path.clone())
            });
            self.problems.extend(lines);
        }
        self.walked = walked;
    }

    /// The project in the context's root; empty where there is none.
    pub fn project(&self) -> &Project {
        // `gather` always puts the root's project first.
        static EMPTY: std::sync::LazyLock<Project> = std::sync::LazyLock::new(Project::default);
        self.projects.first().map_or(&EMPTY, |project| project)
    }

    /// The project in a folder (relative to the root, with `/`), where that folder has a package.json.
    pub fn project_at(&self, folder: &str) -> Option<&Project> {
        let folder = folder.trim_start_matches("./").trim_matches('/');
        let folder = if folder == "." { "" } else { folder };
        self.projects.iter().find(|project| project.folder == folder).map(|project| &**project)
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

    /// The shell script at a path of the context, where it was read.
    pub fn script(&self, path: &str) -> Option<&SourceFile> {
        self.scripts.iter().find(|script| *script.path == *path).map(|script| &script.file)
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

    /// The folders that .dockerignore keeps out, largest first. A folder in which it takes something back
    /// isn't among them.
    pub fn largest_ignored(&self, count: usize) -> Vec<&IgnoredFolder> {
        let mut folders: Vec<&IgnoredFolder> = self.walked.ignored.iter().collect();
        folders.sort_by(|a, b| b.totals.bytes.cmp(&a.totals.bytes).then_with(|| a.path.cmp(&b.path)));
        folders.truncate(count);
        folders
    }

    /// Where the symbolic link at a path of the context leads, as it is written.
    pub fn link(&self, path: &str) -> Option<&str> {
        let at = self.walked.links.binary_search_by(|(known, _)| (**known).cmp(path)).ok()?;
        self.walked.links.get(at).map(|(_, target)| &**target)
    }

    /// The files whose paths have so many bytes: those that a name may be meant for are found among thousands without
    /// a look at each.
    pub fn files_of_length(&self, lengths: RangeInclusive<usize>) -> impl Iterator<Item = &ContextFile> {
        let length = |at: &u32| self.files.get(*at as usize).map_or(0, |file| file.path.len());
        let all = self.by_length.get_or_init(|| {
            let mut all: Vec<u32> = (0..self.files.len() as u32).collect();
            all.sort_by_key(length);
            all
        });
        let first = all.partition_point(|at| length(at) < *lengths.start());
        let end = all.partition_point(|at| length(at) <= *lengths.end());
        all.get(first..end).unwrap_or_default().iter().filter_map(|at| self.files.get(*at as usize))
    }

    /// The files that one source of a COPY or ADD takes, by path. A folder takes all that is in it, `.`
    /// everything; wildcards are matched as BuildKit does, segment by segment.
    pub fn matches(&self, source: &str) -> Vec<&ContextFile> {
        copy_match::matches(&self.files, &self.folders, &|path| self.followed(path), source)
    }

    /// The number and bytes of the files that the sources of one COPY take together; a file that two of
    /// them name counts once.
    pub fn files_of(&self, sources: &[&str]) -> Totals {
        if let [source] = sources {
            return Totals::of(self.matches(source));
        }
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
}

#[cfg(test)]
mod tests;
