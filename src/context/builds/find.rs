//! Looks for the builds that use a Dockerfile.

use super::bake::{self, Services};
use super::budget::{Budget, DEEPEST, LARGEST_FILE};
use super::compose::{self, File, Include};
use super::draft::{Draft, Place};
use super::{
    BAKE, BuildSearch, BuildUse, Builds, COMPOSE, COMPOSE_OVERRIDE, Content, ENV, Given, NONE, UseKind,
    env_file, hcl,
};
use crate::context::gather::Stamps;
use crate::context::project::Recorder;
use crate::context::source::{Kind, Source, normal};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `.env` sets, by name.
type Env = HashMap<String, Given>;

/// Compose's names of the files to read, and of what stands between them, in the environment or `.env`. Source:
/// compose-go, `consts` and `cli/options.go`.
const COMPOSE_FILE: &str = "COMPOSE_FILE";
const COMPOSE_PATH_SEPARATOR: &str = "COMPOSE_PATH_SEPARATOR";

/// What stands between paths in a list of them, on this system.
const SEPARATOR: &str = if cfg!(windows) { ";" } else { ":" };

/// What a project that another includes is counted as, besides its values: few files can include one another in
/// many ways.
const INCLUDED: usize = LARGEST_FILE;

/// How many builds of which it isn't known whether they use the Dockerfile are named.
const UNCLEAR: usize = 3;

impl Builds {
    /// Looks for builds of `dockerfile` in its folder and those above. `before` is what was known before.
    pub(in crate::context) fn find(
        source: &dyn Source,
        dockerfile: &Path,
        search: BuildSearch<'_>,
        before: &Builds,
    ) -> (Builds, Stamps) {
        let wanted = search.wanted;
        if wanted == Some(NONE) {
            return (Builds::default(), Stamps::new());
        }
        let own = dockerfile.parent().unwrap_or(dockerfile);
        let workspace = search.within.map(normal);
        let workspace = workspace.as_deref().filter(|workspace| own.starts_with(workspace));
        let budget = Budget::default();
        let mut finder = Finder {
            recorder: Recorder { source, asked: Vec::new() },
            at: At { dockerfile, own, workspace, outside: search.outside },
            before,
            budget: &budget,
            read: Vec::new(),
            notes: Vec::new(),
            unclear: Vec::new(),
        };
        let mut builds = Builds::default();
        let mut nearest = None;
        for folder in own.ancestors() {
            let found = finder.folder(folder);
            builds.uses.extend(found);
            if nearest.is_none() && !builds.uses.is_empty() {
                nearest = Some(builds.uses.len());
            }
            if workspace.is_none_or(|workspace| workspace == folder) {
                break;
            }
        }
        let named = wanted.and_then(|wanted| builds.uses.iter().position(|one| one.name == wanted));
        builds.chosen = named.is_some();
        builds.missing = wanted.filter(|_| named.is_none()).map(str::to_owned);
        // Of the nearest folder: what is built where nothing is asked for, and to the end.
        let near = builds.uses.iter().enumerate().take(nearest.unwrap_or(0));
        builds.used =
            named.or_else(|| Some(near.min_by_key(|(_, one)| (!one.by_default, one.target.is_some()))?.0));
        let Finder { recorder, read, notes, unclear, .. } = finder;
        (builds.read, builds.notes, builds.unclear) = (read, notes, note_unclear(&unclear));
        if budget.is_spent() {
            builds.notes.push(
                "what the Compose and Bake files say is more than is worked out: some builds and values are not known \
                 here"
                    .to_owned(),
            );
        }
        (builds, recorder.asked)
    }
}

/// Names builds that may use the Dockerfile.
fn note_unclear(unclear: &[String]) -> Option<String> {
    let more = match unclear.len().saturating_sub(UNCLEAR) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = unclear.iter().take(UNCLEAR).map(String::as_str).collect::<Vec<_>>().join("; ");
    (!unclear.is_empty()).then(|| {
        format!("whether this Dockerfile is built by {named}{more} is not known here: that hangs on a value or a file")
    })
}

/// For which Dockerfile builds are looked for, and where.
#[derive(Clone, Copy)]
struct At<'a> {
    dockerfile: &'a Path,
    /// Its folder.
    own: &'a Path,
    /// The folder above which nothing is looked for, where it holds the Dockerfile.
    workspace: Option<&'a Path>,
    outside: bool,
}

/// What is found of a place that a build says.
enum Found {
    /// It is another Dockerfile's.
    Other,
    /// It hangs on what isn't known.
    Unclear,
    /// It uses the Dockerfile, in this context.
    Uses(PathBuf),
}

impl At<'_> {
    /// What a build at `place` has to do with the Dockerfile; paths are relative to `folder`.
    fn find(&self, place: &Place, folder: &Path) -> Found {
        // What is empty says nothing.
        let said = |given: &Option<Given>, default: &str| match given.as_ref().filter(|given| is_said(given))
        {
            Some(given) => given.clone(),
            None => Some(default.to_owned()),
        };
        if place.inline {
            return Found::Other;
        }
        let dockerfile = said(&place.dockerfile, "Dockerfile");
        let Some(context) = said(&place.context, ".") else {
            // Wherever the context is, the Dockerfile has another name.
            let ends =
                |named: &str| self.dockerfile.ends_with(Path::new(named).file_name().unwrap_or_default());
            return if dockerfile.as_deref().is_none_or(ends) { Found::Unclear } else { Found::Other };
        };
        if is_remote(&context) {
            return Found::Other;
        }
        let context = normal(&folder.join(context)).into_owned();
        match dockerfile {
            Some(named) if normal(&context.join(&named)) == self.dockerfile => Found::Uses(context),
            Some(_) => Found::Other,
            None if self.dockerfile.starts_with(&context) => Found::Unclear,
            None => Found::Other,
        }
    }

    /// A path as it is shown.
    fn show(&self, path: &Path) -> String {
        let base = self.workspace.unwrap_or(self.own);
        match path.strip_prefix(base).unwrap_or(path).to_string_lossy() {
            own if own.is_empty() => ".".to_owned(),
            inside => inside.replace('\\', "/"),
        }
    }

    /// Whether a context may be looked at: it is the Dockerfile's folder, one above it in the workspace, or lies in
    /// one of these, not by a link that may lead out of them.
    fn is_inside(&self, context: &Path, source: &dyn Source) -> bool {
        let base = self.workspace.unwrap_or(self.own);
        let is_link = |path: &Path| source.stat(path).is_ok_and(|stat| stat.kind == Kind::Link);
        let below =
            || context.ancestors().take_while(|folder| *folder != base && !self.own.starts_with(folder));
        self.outside || (context.starts_with(base) && !below().any(is_link))
    }
}

fn is_said(given: &Given) -> bool {
    given.as_deref() != Some("")
}

/// Whether a context isn't a folder of this machine. Source: BuildKit `util/urlutil`, compose-go
/// `loader/paths.go`.
fn is_remote(context: &str) -> bool {
    context.contains("://")
        || context.starts_with("git@")
        || context.starts_with("github.com/")
        || context == "-"
}

struct Finder<'a> {
    recorder: Recorder<'a>,
    at: At<'a>,
    before: &'a Builds,
    budget: &'a Budget,
    read: Vec<(PathBuf, Arc<Content>)>,
    notes: Vec<String>,
    /// The builds of which it isn't known whether they use the Dockerfile.
    unclear: Vec<String>,
}

/// The files of one Compose project.
struct Project {
    files: Vec<File>,
    folder: PathBuf,
    env: Env,
}

impl Finder<'_> {
    /// The builds of one folder that use the Dockerfile.
    fn folder(&mut self, folder: &Path) -> Vec<BuildUse> {
        let mut uses = Vec::new();
        let env = self.env(&folder.join(ENV)).unwrap_or_default();
        if let Some(files) = self.compose_files(folder, &env) {
            let project = Project { folder: folder_of(&files, folder), files, env: env.clone() };
            self.compose(&project, &mut Vec::new(), &mut uses);
        }
        self.bake(folder, env, &mut uses);
        uses
    }

    /// Notes a build, where it uses the Dockerfile.
    fn add(&mut self, build: Draft, folder: &Path, mut one: BuildUse, uses: &mut Vec<BuildUse>) {
        one.shown = self.at.show(&one.file);
        match self.at.find(&build.place, folder) {
            Found::Other => {}
            Found::Unclear => self.unclear.push(one.title()),
            Found::Uses(context) => uses.push(BuildUse {
                context_shown: self.at.show(&context),
                is_inside: self.at.is_inside(&context, self.recorder.source),
                context,
                target: build.target.filter(is_said),
                arguments: build.arguments.named,
                more_arguments: build.arguments.open,
                contexts: build.contexts.named,
                more_contexts: build.contexts.open,
                ..one
            }),
        }
    }

    /// What a file of variables sets; None where it isn't there or can't be read.
    fn env(&mut self, path: &Path) -> Option<Env> {
        let file = self.recorder.read(path)?.ok()?;
        if file.text.len() > LARGEST_FILE {
            self.notes.push(too_large(&self.at.show(path)));
            return None;
        }
        Some(env_file::read(&file.text, self.budget))
    }

    /// What a file says: what it said before where it can't be understood now. None where it isn't there.
    fn content(&mut self, path: &Path, parse: impl FnOnce(&str) -> Option<Content>) -> Option<Arc<Content>> {
        let known = |read: &[(PathBuf, Arc<Content>)]| {
            read.iter().find(|(known, _)| known == path).map(|(_, content)| Arc::clone(content))
        };
        if let Some(content) = known(&self.read) {
            return Some(content);
        }
        let shown = self.at.show(path);
        let parsed = match self.recorder.read(path)? {
            Err(problem) => Err(format!("{problem}")),
            Ok(file) if file.text.len() > LARGEST_FILE => Err(too_large(&shown)),
            Ok(file) => parse(file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)).ok_or_else(|| {
                format!("{shown} can't be understood, so the builds that it may hold are not known here")
            }),
        };
        let content = match parsed {
            Ok(content) => Arc::new(content),
            Err(note) => match known(&self.before.read) {
                Some(before) => before,
                None => {
                    self.notes.push(note);
                    return None;
                }
            },
        };
        self.read.push((path.to_path_buf(), Arc::clone(&content)));
        Some(content)
    }

    fn compose_file(&mut self, path: &Path) -> Option<File> {
        let parse = |text: &str| compose::read(text).map(|documents| Content::Compose(Arc::new(documents)));
        match &*self.content(path, parse)? {
            Content::Compose(documents) => {
                Some(File { path: path.to_path_buf(), documents: Arc::clone(documents) })
            }
            Content::Bake(_) => None,
        }
    }

    /// The same, where the file lies in the workspace: one that a file of it names may be any of the machine.
    fn named_file(&mut self, path: &Path) -> Option<File> {
        let inside = path.parent().is_some_and(|folder| self.at.is_inside(folder, self.recorder.source));
        inside.then(|| self.compose_file(path)).flatten()
    }

    /// The files of a folder's project: those that `.env` names, else the usual ones.
    fn compose_files(&mut self, folder: &Path, env: &Env) -> Option<Vec<File>> {
        let named = env.get(COMPOSE_FILE).filter(|files| is_said(files));
        let Some(named) = named else {
            let mut first =
                |names: &[&str]| names.iter().find_map(|name| self.compose_file(&folder.join(name)));
            let base = first(COMPOSE)?;
            return Some([Some(base), first(COMPOSE_OVERRIDE)].into_iter().flatten().collect());
        };
        let separator = env.get(COMPOSE_PATH_SEPARATOR).filter(|separator| is_said(separator));
        let separator = separator.map_or(Some(SEPARATOR), Option::as_deref);
        let files = named.as_deref().zip(separator).and_then(|(named, separator)| {
            let paths = named.split(separator).map(|path| normal(&folder.join(path)).into_owned());
            paths.map(|path| self.named_file(&path)).collect()
        });
        if files.is_none() {
            let shown = self.at.show(&folder.join(ENV));
            self.notes.push(format!("{shown} sets {COMPOSE_FILE} to files that are not known here"));
        }
        files
    }

    /// Adds the services of a project and of those that it includes. `path` is what included it.
    fn compose(&mut self, project: &Project, path: &mut Vec<PathBuf>, uses: &mut Vec<BuildUse>) {
        let Some(first) = project.files.first().map(|file| file.path.clone()) else { return };
        if path.len() > DEEPEST || path.contains(&first) || !self.budget.take(INCLUDED) {
            return;
        }
        let budget = self.budget;
        let mut load = |path: &Path| self.named_file(path);
        let mut reader =
            compose::Reader { folder: &project.folder, env: &project.env, budget, load: &mut load };
        let includes = reader.includes(&project.files);
        for service in reader.services(&project.files) {
            let one = BuildUse::new(&first, UseKind::Service, &service.name, !service.has_profiles);
            self.add(service.build, &project.folder, one, uses);
        }
        path.push(first);
        for include in includes {
            match self.included(&include, &project.env) {
                Some(project) => self.compose(&project, path, uses),
                None => {
                    let shown = path.last().map(|path| self.at.show(path)).unwrap_or_default();
                    self.notes.push(format!("{shown} includes files that are not known here"));
                }
            }
        }
        path.pop();
    }

    /// A project that another includes. What that one sets counts over what it sets itself. Source: compose-go,
    /// `loader/include.go`.
    fn included(&mut self, include: &Include, outer: &Env) -> Option<Project> {
        let paths = include.files.as_ref()?.iter();
        let files: Vec<File> = paths.map(|path| self.named_file(path)).collect::<Option<_>>()?;
        let folder = include.folder.clone().unwrap_or_else(|| folder_of(&files, self.at.own));
        let mut env = match &include.env[..] {
            [] => self.env(&folder.join(ENV)).unwrap_or_default(),
            named => {
                let mut env = Env::new();
                for path in named {
                    let inside = path.parent().is_some_and(|it| self.at.is_inside(it, self.recorder.source));
                    env.extend(inside.then(|| self.env(path)).flatten()?);
                }
                env
            }
        };
        env.extend(outer.clone());
        Some(Project { files, folder, env })
    }

    fn bake(&mut self, folder: &Path, env: Env, uses: &mut Vec<BuildUse>) {
        let mut files = Vec::new();
        for name in BAKE {
            let path = folder.join(name);
            let parse = |text: &str| match name.ends_with(".json") {
                true => hcl::read_json(text).map(Content::Bake),
                false => hcl::read(text).map(Content::Bake),
            };
            files.extend(self.content(&path, parse).map(|content| (path, content)));
        }
        let said: Vec<(&Path, &hcl::File)> = files
            .iter()
            .filter_map(|(path, content)| match &**content {
                Content::Bake(file) => Some((path.as_path(), file)),
                Content::Compose(_) => None,
            })
            .collect();
        if said.is_empty() {
            return;
        }
        let services = self.services_for_bake(folder, env);
        let at = self.at;
        let fits = |place: &Place| !matches!(at.find(place, folder), Found::Other);
        for target in bake::targets(&said, &services, &fits, self.budget) {
            let one = BuildUse::new(target.file, UseKind::Target, target.name, target.by_default);
            self.add(target.build, folder, one, uses);
        }
    }

    /// The services that Bake takes for targets: of all of Compose's usual files, but for those that override.
    /// Source: buildx, `bake/bake.go` and `bake/compose.go`.
    fn services_for_bake(&mut self, folder: &Path, env: Env) -> Services {
        let files: Vec<File> =
            COMPOSE.iter().filter_map(|name| self.compose_file(&folder.join(name))).collect();
        let budget = self.budget;
        let mut load = |path: &Path| self.named_file(path);
        let mut reader = compose::Reader { folder, env: &env, budget, load: &mut load };
        let services = reader.services(&files);
        services.into_iter().map(|service| (service.name.replace('.', "_"), service.build)).collect()
    }
}

impl BuildUse {
    /// With what is known of it before it is known where it is built.
    fn new(file: &Path, kind: UseKind, name: &str, by_default: bool) -> Self {
        Self {
            file: file.to_path_buf(),
            shown: String::new(),
            kind,
            name: name.to_owned(),
            context: PathBuf::new(),
            is_inside: false,
            context_shown: String::new(),
            target: None,
            arguments: Vec::new(),
            more_arguments: false,
            contexts: Vec::new(),
            more_contexts: false,
            by_default,
        }
    }
}

/// The folder of the first file.
fn folder_of(files: &[File], default: &Path) -> PathBuf {
    files.first().and_then(|file| file.path.parent()).unwrap_or(default).to_path_buf()
}

fn too_large(shown: &str) -> String {
    format!(
        "{shown} is larger than {} KiB, so it is not read and what it says is not known here",
        LARGEST_FILE >> 10
    )
}
