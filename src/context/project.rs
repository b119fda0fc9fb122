use super::env_settings::{self, EnvSetting};
use super::lock_graph::LockGraph;
use super::lockfiles::{LockKind, Lockfile, Lockfiles, Yarnrc};
use super::next_build::{self, NextBuild};
use super::next_config::{self, NextConfig};
use super::next_version::{self, NextVersion};
use super::node_modules::{self, Installed};
use super::package_json::PackageJson;
use super::problem::Problem;
use super::secret_files::npmrc_has_token;
use super::source::{ErrorKind, Source, Stamp};
use super::view::{Cancelled, Request, View};
use super::vite_config::{self, ViteConfig};
use crate::text::{FileChange, FileEdit, FileId};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A text that an edit may be made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub path: PathBuf,
    pub text: Arc<str>,
    /// The version of the open document that the text was taken from; `None` where it came from disk.
    pub version: Option<i32>,
}

/// A file and what was read from it.
#[derive(Clone, Debug)]
pub struct Parsed<T> {
    pub file: SourceFile,
    pub content: T,
}

/// What one folder with a package.json (or what should have one) says of itself. Everything is looked
/// for on disk, whether .dockerignore lets it into the build or not.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Relative to the context's root, with `/`; empty for the root itself.
    pub folder: String,
    /// `None` where there is no package.json; an error where there is one that can't be used.
    pub package_json: Option<Result<Parsed<PackageJson>, Problem>>,
    pub lockfiles: Lockfiles,
    /// The next.config that Next.js would use; an error where it can't be opened. What can't be
    /// understood in it is told by its content.
    pub next_config: Option<Result<Parsed<NextConfig>, Problem>>,
    pub next_version: Option<NextVersion>,
    /// The vite.config that Vite would use; an error where it can't be opened. Looked for only where package.json
    /// asks for Vite.
    pub vite_config: Option<Result<Parsed<ViteConfig>, Problem>>,
    /// Whether a folder `public` is there.
    pub has_public: bool,
    /// Whether a folder `.next` is there: the project was built on this machine.
    pub has_next_build: bool,
    /// Whether a folder `node_modules` is there.
    pub has_node_modules: bool,
    /// What lies in `node_modules`, measured.
    pub installed: Option<Arc<Installed>>,
    /// What a production build of Next.js left, measured.
    pub next_build: Option<NextBuild>,
    /// The folders that builds write (`dist`, `build`, `out`, …) with their bytes, those that are there.
    pub outputs: Vec<(&'static str, u64)>,
    /// The stamps of BUILD_ID and of the folders in [`OUTPUTS`] when they were measured.
    measured_at: Vec<Option<Stamp>>,
    /// See [`Project::lock_graph`].
    graph: OnceLock<Option<Arc<LockGraph>>>,
    /// `.nvmrc`, else `.node-version`: the version of Node.js that the project is developed with, as written.
    pub node_version: Option<String>,
    /// Prisma's schema: where package.json names it, else at its usual places. None where the project doesn't
    /// use Prisma.
    pub prisma_schema: Option<SourceFile>,
    /// The names of the `.env` files (`.env`, `.env.local`, `.env.production`, …), sorted.
    pub env_files: Vec<String>,
    /// What these files set of the tools' own settings. Looked for only where package.json asks for Create React App
    /// or Vite.
    pub env_settings: Vec<EnvSetting>,
    /// The names in the folder that end in `.conf`, sorted.
    pub conf_names: Vec<String>,
    /// Whether an `.npmrc` is there that holds a token or password itself.
    pub has_npm_token: bool,
}

impl Project {
    /// The path in the context of what has this one in the project's folder.
    pub fn path_of(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// The package.json, where it is there and sound.
    pub fn package(&self) -> Option<&PackageJson> {
        Some(&self.package_json.as_ref()?.as_ref().ok()?.content)
    }

    /// The next.config, where it is there and could be opened.
    pub fn config(&self) -> Option<&Parsed<NextConfig>> {
        self.next_config.as_ref()?.as_ref().ok()
    }

    /// The packages that the project's lockfile has installed: that of its own package manager, else what
    /// npm wrote into node_modules itself. `None` where none can be read. Read once, on first use.
    pub fn lock_graph(&self) -> Option<&Arc<LockGraph>> {
        let read = || {
            let manifest = self.package();
            let manager = self.lockfiles.manager(manifest.and_then(|m| m.package_manager.as_ref()));
            let own = |lock: &&Lockfile| manager.is_some_and(|(manager, _)| lock.kind.manager() == manager);
            let lock = self.lockfiles.found.iter().find(own).or(self.lockfiles.found.first()).cloned();
            let hidden = || {
                let text = self.installed.as_ref()?.hidden_lock.clone()?;
                Some(Lockfile { kind: LockKind::Npm, path: PathBuf::new(), text: Some(text) })
            };
            LockGraph::read(&lock.or_else(hidden)?, manifest).map(Arc::new)
        };
        self.graph.get_or_init(read).as_ref()
    }

    /// The change of next.config, or the new one, that turns on Next.js' standalone output and changes nothing
    /// else; or a sentence that says why there is none.
    pub fn turn_on_standalone(&self, view: &View) -> Result<FileEdit, String> {
        if let Some(version) = self.next_version.as_ref().filter(|version| version.major < 13) {
            return Err(format!("Next.js {} has the standalone output in another place.", version.text));
        }
        let label = Some("Next.js writes a server with only the files it needs".to_owned());
        match &self.next_config {
            Some(Err(problem)) => Err(problem.to_string()),
            Some(Ok(parsed)) => {
                let edits = parsed.content.standalone_edit.clone()?;
                let (base, version) = (parsed.file.text.clone(), parsed.file.version);
                let change = FileChange::Modify { base, version, edits };
                Ok(FileEdit { file: FileId::Path(parsed.file.path.clone()), change, label })
            }
            None => {
                let package = self.package().ok_or("There is no package.json that can be read.")?;
                let major = self.next_version.as_ref().map(|version| version.major);
                let (name, text) = next_config::new_file(package.module_type, major);
                let path =
                    if self.folder.is_empty() { name.into() } else { format!("{}/{name}", self.folder) };
                let path = view.absolute(&path).ok_or("The build context isn't known.")?;
                Ok(FileEdit {
                    file: FileId::Path(path),
                    change: FileChange::Create { text: text.to_owned() },
                    label,
                })
            }
        }
    }

    /// Whether package.json asks for Next.js, or a next.config is there without one.
    pub fn uses_next(&self) -> bool {
        match self.package() {
            Some(package) => package.dependency("next").is_some(),
            None => self.next_config.is_some(),
        }
    }

    /// Whether there is neither a package.json nor anything else that this looks for.
    pub fn is_empty(&self) -> bool {
        self.package_json.is_none() && self.next_config.is_none() && self.lockfiles.found.is_empty()
    }
}

/// Reads from a source and writes down what it asked for, so that it can be asked again.
pub(super) struct Recorder<'a> {
    pub source: &'a dyn Source,
    pub asked: Vec<(PathBuf, Option<Stamp>)>,
}

impl Recorder<'_> {
    /// A text file; `None` where there is none.
    pub(super) fn read(&mut self, path: &Path) -> Option<Result<SourceFile, Problem>> {
        let path = path.to_path_buf();
        match self.source.read(&path) {
            Ok(read) => {
                self.asked.push((path.clone(), Some(read.stamp)));
                Some(Ok(SourceFile { path, text: read.text, version: read.version }))
            }
            Err(error) => {
                let stamp = self.source.target(&path).ok().map(|stat| stat.stamp());
                self.asked.push((path, stamp));
                // A folder of that name is no such file.
                (!error.is_absent() && error.kind != ErrorKind::WrongKind).then(|| Err(error.into()))
            }
        }
    }

    pub(super) fn is_file(&mut self, path: &Path) -> bool {
        self.ask(path).is_some_and(|is_folder| !is_folder)
    }

    pub(super) fn is_folder(&mut self, path: &Path) -> bool {
        // A folder's stamp changes with what is in it; only whether it is there counts here.
        let stat = self.source.target(path).ok().filter(|stat| stat.is_folder());
        stat.is_some()
    }

    fn ask(&mut self, path: &Path) -> Option<bool> {
        let stat = self.source.target(path).ok();
        self.asked.push((path.to_path_buf(), stat.map(|stat| stat.stamp())));
        stat.map(|stat| stat.is_folder())
    }
}

/// The folders that are measured as what a build wrote: the usual names of tsc, Vite, Nest, `next export`
/// and their like.
const OUTPUTS: [&str; 5] = ["dist", "build", "out", "lib", ".output"];

/// Reads what one folder says of itself. `folder` is relative to `root`, with `/`; `before` is what an
/// earlier look at it found.
pub(super) fn gather(
    recorder: &mut Recorder<'_>,
    root: &Path,
    folder: &str,
    before: Option<&Project>,
    request: &Request<'_>,
) -> Result<Project, Cancelled> {
    let path = if folder.is_empty() { root.to_path_buf() } else { root.join(folder) };
    let package_json = recorder.read(&path.join("package.json")).map(|file| {
        let file = file?;
        let content = PackageJson::parse(&file.text).map_err(|problem| problem.in_file(file.path.clone()))?;
        Ok(Parsed { file, content })
    });
    let lockfiles = lockfiles(recorder, &path);
    let mut next_config = None;
    for name in next_config::FILE_NAMES {
        next_config = recorder.read(&path.join(name)).map(|file| {
            let file = file?;
            let content = NextConfig::read(name, &file.text);
            Ok(Parsed { file, content })
        });
        if next_config.is_some() {
            break;
        }
    }
    let package = package_json.as_ref().and_then(|read| read.as_ref().ok()).map(|read| &read.content);
    let uses_vite = package.is_some_and(|package| package.dependency("vite").is_some());
    let mut vite_names = vite_config::FILE_NAMES.iter().filter(|_| uses_vite);
    let vite_config = vite_names.find_map(|name| {
        let file = recorder.read(&path.join(name))?;
        Some(file.map(|file| Parsed { content: ViteConfig::read(name, &file.text), file }))
    });
    let installed = match package.and_then(|package| package.dependency("next")) {
        Some(_) => recorder.read(&path.join("node_modules/next/package.json")).and_then(Result::ok),
        None => None,
    };
    let prisma_schema = package.and_then(|package| prisma_schema(recorder, &path, package));
    let next_version = next_version::find(package, &lockfiles, installed.as_ref().map(|file| &*file.text));
    let (mut env_files, mut conf_names) = (Vec::new(), Vec::new());
    let _ = recorder.source.list(&path, &mut |entry| {
        if let Some(name) = entry.name.to_str() {
            if is_env_file(name) && !entry.stat.is_folder() {
                env_files.push(name.to_string());
            }
            if name.ends_with(".conf") {
                conf_names.push(name.to_string());
            }
        }
        ControlFlow::Continue(())
    });
    env_files.sort_unstable();
    conf_names.sort_unstable();
    let uses_react_scripts = package.is_some_and(|package| package.dependency("react-scripts").is_some());
    let mut env_settings = Vec::new();
    for name in env_files.iter().filter(|_| uses_react_scripts || uses_vite) {
        if let Some(Ok(file)) = recorder.read(&path.join(name)) {
            env_settings.extend(env_settings::read(name, &file));
        }
    }
    let mut version_files = [".nvmrc", ".node-version"].into_iter();
    let node_version = version_files.find_map(|name| {
        let text = recorder.read(&path.join(name))?.ok()?.text;
        text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
    });
    let (mut installed, mut next_build, mut outputs) = (None, None, Vec::new());
    let mut measured_at = Vec::new();
    // Without a package.json nothing tells that such folders are a package manager's or a build's.
    if package.is_some() {
        let earlier = before.and_then(|before| before.installed.as_ref());
        installed = node_modules::measure(recorder, &path, earlier, request)?;
        let config = next_config.as_ref().and_then(|read| read.as_ref().ok());
        let dist = config.and_then(|config| config.content.dist_dir.literal()).unwrap_or(".next");
        let stamp = |place: &Path| recorder.source.target(place).ok().map(|stat| stat.stamp());
        measured_at.push(stamp(&path.join(dist).join("BUILD_ID")));
        measured_at.extend(OUTPUTS.iter().map(|name| stamp(&path.join(name))));
        match before.filter(|before| before.measured_at == measured_at) {
            Some(before) => (next_build, outputs) = (before.next_build, before.outputs.clone()),
            None => {
                next_build = next_build::measure(recorder, &path, dist, request)?;
                for name in OUTPUTS {
                    let bytes = next_build::folder_bytes(recorder, &path.join(name), request)?;
                    outputs.extend(bytes.map(|bytes| (name, bytes)));
                }
            }
        }
        // A build that comes later is seen by it.
        recorder.is_file(&path.join(dist).join("BUILD_ID"));
    }
    let npmrc = recorder.read(&path.join(".npmrc")).and_then(Result::ok);
    Ok(Project {
        folder: folder.to_string(),
        package_json,
        lockfiles,
        next_config,
        next_version,
        vite_config,
        has_public: recorder.is_folder(&path.join("public")),
        has_next_build: recorder.is_folder(&path.join(".next")),
        has_node_modules: recorder.is_folder(&path.join("node_modules")),
        installed,
        next_build,
        outputs,
        measured_at,
        graph: OnceLock::new(),
        node_version,
        prisma_schema,
        env_files,
        env_settings,
        conf_names,
        has_npm_token: npmrc.is_some_and(|file| npmrc_has_token(&file.text)),
    })
}

/// The names of the files that a project is read from, in lower case, its configurations in JavaScript left out.
pub const PROJECT_FILES: [&str; 11] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    ".yarnrc.yml",
    ".npmrc",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lock",
    "bun.lockb",
    "schema.prisma",
];

/// Prisma's own order: the place that package.json names, `schema.prisma`, `prisma/schema.prisma`.
fn prisma_schema(recorder: &mut Recorder<'_>, path: &Path, package: &PackageJson) -> Option<SourceFile> {
    if ["prisma", "@prisma/client"].iter().all(|name| package.dependency(name).is_none()) {
        return None;
    }
    let named = package.raw.get("prisma").and_then(|prisma| prisma.get("schema")?.as_str());
    let places = named.into_iter().chain(["schema.prisma", "prisma/schema.prisma"]);
    places.map(|place| path.join(place)).find_map(|place| recorder.read(&place)?.ok())
}

/// `.env` and `.env.<anything>`.
fn is_env_file(name: &str) -> bool {
    name.strip_prefix(".env").is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn lockfiles(recorder: &mut Recorder<'_>, folder: &Path) -> Lockfiles {
    let mut found = Vec::new();
    for kind in LockKind::ALL {
        let path = folder.join(kind.file_name());
        let text = match kind {
            LockKind::BunBinary if recorder.is_file(&path) => None,
            LockKind::BunBinary => continue,
            _ => match recorder.read(&path) {
                Some(file) => file.ok().map(|file| file.text),
                None => continue,
            },
        };
        found.push(Lockfile { kind, path, text });
    }
    let yarnrc = recorder.read(&folder.join(".yarnrc.yml")).and_then(Result::ok);
    Lockfiles { found, yarnrc: yarnrc.map(|file| Yarnrc::parse(&file.text)) }
}
