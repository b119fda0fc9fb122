//! Looks at a build context for the first time.

use super::builds::Builds;
use super::dockerignore::Dockerignore;
use super::problem::Problem;
use super::project::{self, Parsed, Project, Recorder};
use super::shell_scripts;
use super::source::{Source, Stamp, normal};
use super::view::{Cancelled, ContextFile, Request, RootBasis, View};
use super::walk::Walk;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What was asked of the source beside the walk, so that it can be asked again.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The files by which the root was found, and whether they were there.
    pub markers: Vec<(PathBuf, bool)>,
    /// The places of Compose and Bake files.
    pub builds: Stamps,
    /// The places of a .dockerignore.
    pub ignore: Stamps,
    /// What was asked for each project, in their order.
    pub projects: Vec<Stamps>,
    /// The shell scripts.
    pub scripts: Stamps,
}

/// Looks at everything. `before` is what was known of builds before.
pub(super) fn gather(source: &dyn Source, request: &Request<'_>, before: &Builds) -> Result<View, Cancelled> {
    let dockerfile = request.dockerfile.as_deref().map(|path| normal(path).into_owned());
    let mut asked = Asked::default();
    let (builds, of_builds) = find_builds(source, dockerfile.as_deref(), request, before);
    asked.builds = of_builds;
    let (root, root_basis) = find_root(source, &mut asked.markers, dockerfile.as_deref(), request, &builds);
    let mut view = View::empty(root, root_basis, dockerfile, request.limits);
    view.builds = builds;
    let Some(root) = view.root.clone() else {
        // Nothing of a folder elsewhere is known.
        view.truncated = root_basis == RootBasis::Outside;
        view.asked = asked;
        return Ok(view);
    };
    (view.dockerignore, asked.ignore) = read_dockerignore(source, &root, view.dockerfile.as_deref());
    let nothing = Dockerignore::default();
    let ignore = view.ignore().map_or(&nothing, |parsed| &parsed.content);
    let walk = Walk { source, root: &root, ignore, request, is_known: &|_| false, seen: 0 };
    let (walked, _) = walk.run(&[""])?;
    view.take(walked);
    for folder in project_folders(&view.files, request.limits.projects) {
        let (project, of_it) = look_at_project(source, &root, &folder, None, request)?;
        view.projects.push(project);
        asked.projects.push(of_it);
    }
    (view.scripts, asked.scripts) = shell_scripts::read(source, &root, &view);
    view.asked = asked;
    Ok(view)
}

/// The build context's root, as a look at the context would find it; nothing else is looked at.
pub fn root_of(source: &dyn Source, request: &Request<'_>) -> Option<PathBuf> {
    let dockerfile = request.dockerfile.as_deref().map(normal);
    let (builds, _) = find_builds(source, dockerfile.as_deref(), request, &Builds::default());
    find_root(source, &mut Vec::new(), dockerfile.as_deref(), request, &builds).0
}

/// What was asked for, by path, and the stamp of what was there.
pub(super) type Stamps = Vec<(PathBuf, Option<Stamp>)>;

/// One project, and what was asked for it. `before` is the same as it was, whose measured folders are
/// taken over where nothing was installed since.
pub(super) fn look_at_project(
    source: &dyn Source,
    root: &Path,
    folder: &str,
    before: Option<&Project>,
    request: &Request<'_>,
) -> Result<(Arc<Project>, Stamps), Cancelled> {
    if request.cancel.load(Ordering::Relaxed) {
        return Err(Cancelled);
    }
    let mut recorder = Recorder { source, asked: Vec::new() };
    let project = project::gather(&mut recorder, root, folder, before, request)?;
    Ok((Arc::new(project), recorder.asked))
}

/// The builds that use the Dockerfile, and where they were looked for.
pub(super) fn find_builds(
    source: &dyn Source,
    dockerfile: Option<&Path>,
    request: &Request<'_>,
    before: &Builds,
) -> (Builds, Stamps) {
    match (dockerfile, request.builds) {
        (Some(dockerfile), Some(search)) => Builds::find(source, dockerfile, search, before),
        _ => (Builds::default(), Stamps::new()),
    }
}

/// What the build says of the context's root which the Dockerfile is looked at as; None where it says a folder that
/// isn't there.
pub(super) fn root_of_build(source: &dyn Source, builds: &Builds) -> Option<(Option<PathBuf>, RootBasis)> {
    let used = builds.used()?;
    if !used.is_inside {
        return Some((None, RootBasis::Outside));
    }
    let is_there = source.target(&used.context).is_ok_and(|stat| stat.is_folder());
    is_there.then(|| (Some(used.context.clone()), RootBasis::Given))
}

/// The context's root: what was named, by the user or a build; else the nearest folder from the Dockerfile's upward, not above
/// the workspace's root, that has a package.json or .dockerignore; else the Dockerfile's folder.
fn find_root(
    source: &dyn Source,
    markers: &mut Vec<(PathBuf, bool)>,
    dockerfile: Option<&Path>,
    request: &Request<'_>,
    builds: &Builds,
) -> (Option<PathBuf>, RootBasis) {
    if let Some(given) = &request.context_dir {
        return (Some(normal(given).into_owned()), RootBasis::Given);
    }
    if let Some(of_build) = root_of_build(source, builds) {
        return of_build;
    }
    let workspace = request.workspace_root.as_deref().map(|path| normal(path).into_owned());
    let Some(own) = dockerfile.and_then(Path::parent) else {
        let basis = if workspace.is_some() { RootBasis::Workspace } else { RootBasis::None };
        return (workspace, basis);
    };
    let within = workspace.filter(|workspace| own.starts_with(workspace));
    for folder in own.ancestors() {
        let marked = ["package.json", ".dockerignore"].iter().any(|name| {
            let path = folder.join(name);
            let there = is_file(source, &path);
            markers.push((path, there));
            there
        });
        if marked {
            let basis = if folder == own { RootBasis::DockerfileFolder } else { RootBasis::Above };
            return (Some(folder.to_path_buf()), basis);
        }
        // Without a workspace there is no bound to climb to.
        if within.as_deref().is_none_or(|workspace| workspace == folder) {
            break;
        }
    }
    (Some(own.to_path_buf()), RootBasis::Assumed)
}

/// Whether there is something at a path that is no folder.
pub(super) fn is_file(source: &dyn Source, path: &Path) -> bool {
    source.target(path).is_ok_and(|stat| !stat.is_folder())
}

/// The .dockerignore that counts, and where it was looked for.
pub(super) fn read_dockerignore(
    source: &dyn Source,
    root: &Path,
    dockerfile: Option<&Path>,
) -> (Option<Result<Parsed<Dockerignore>, Problem>>, Stamps) {
    let mut recorder = Recorder { source, asked: Vec::new() };
    let beside = dockerfile.and_then(|path| {
        let mut name = path.file_name()?.to_os_string();
        name.push(".dockerignore");
        Some(path.with_file_name(name))
    });
    let read = beside.and_then(|path| recorder.read(&path));
    let read = read.or_else(|| recorder.read(&root.join(".dockerignore")));
    let read = read.map(|read| read.map(|file| Parsed { content: Dockerignore::parse(&file.text), file }));
    (read, recorder.asked)
}

/// The root, then the folders below it that have a package.json of their own, not deeper than four.
pub(super) fn project_folders(files: &[ContextFile], limit: usize) -> Vec<String> {
    let folders = files.iter().filter_map(|file| file.path.strip_suffix("/package.json"));
    let own = folders.filter(|folder| {
        folder.matches('/').count() < 4
            && !folder.split('/').any(|part| part == "node_modules" || part == ".next")
    });
    std::iter::once("").chain(own.take(limit)).map(str::to_string).collect()
}
