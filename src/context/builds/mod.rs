//! Which builds use a Dockerfile: services of Compose files and targets of Bake files, found from the
//! Dockerfile's folder upward.
//!
//! What a build is given by a variable that isn't known here stays unknown; nothing is guessed.

mod bake;
mod compose;
mod draft;
mod env_file;
mod hcl;
mod interpolate;
mod yaml;

use super::gather::Stamps;
use super::project::Recorder;
use super::source::{Source, normal};
use draft::Draft;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One build that uses a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildUse {
    /// The file that says so.
    pub file: PathBuf,
    /// The file as it is shown: from the workspace's folder on.
    pub shown: String,
    /// What it is in its file.
    pub kind: UseKind,
    /// The service's or target's name.
    pub name: String,
    /// The build context.
    pub context: PathBuf,
    /// The context as it is shown: from the workspace's folder on.
    pub context_shown: String,
    /// The stage that is built: None where it is the last one.
    pub target: Option<Given>,
    /// Build arguments by name, each once, in their order.
    pub arguments: Vec<(String, Given)>,
    /// Named contexts, which stand for images and stages of that name: name and what it is.
    pub contexts: Vec<(String, Given)>,
    /// Whether it is built where nothing is asked for: it has no profile, or is in the default group.
    pub by_default: bool,
}

/// A value; None where it hangs on something that isn't known here.
pub type Given = Option<String>;

/// What a build is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// A service of a Compose file.
    Service,
    /// A target of a Bake file.
    Target,
}

impl UseKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            UseKind::Service => "service",
            UseKind::Target => "target",
        }
    }
}

impl BuildUse {
    /// `compose.yaml, service web`
    pub fn title(&self) -> String {
        format!("{}, {} {}", self.shown, self.kind.as_str(), self.name)
    }

    /// Whether a context of this name is given, in whatever case.
    pub fn gives_context(&self, name: &str) -> bool {
        self.contexts.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// What is given for the argument `name`.
    pub fn argument(&self, name: &str) -> Option<&Given> {
        self.arguments.iter().find(|(given, _)| given == name).map(|(_, value)| value)
    }
}

/// How builds are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuildSearch<'a> {
    /// The name of the build that counts, where the user names one; [`NONE`] for none at all.
    pub wanted: Option<&'a str>,
    /// The folder above which nothing is looked for; None: above the Dockerfile's own.
    pub within: Option<&'a Path>,
}

/// The builds that use one Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Builds {
    /// Those of the nearest folder first; in a folder Compose files first, each in the order of its file.
    pub uses: Vec<BuildUse>,
    used: Option<usize>,
    /// Whether the one that is used was chosen by its name.
    pub chosen: bool,
    /// The name that the user chose, where no build of that name uses the Dockerfile.
    pub missing: Option<String>,
    /// What was read, so that a file that is half typed keeps what it said before.
    read: Vec<(PathBuf, Arc<Content>)>,
}

/// What one file says.
#[derive(Debug)]
enum Content {
    Compose(yaml::Node),
    Bake(hcl::File),
}

/// The setting that switches all of this off.
pub const NONE: &str = "none";

/// The largest file that is read, in bytes.
const MOST: usize = 256 << 10;

/// Compose's files: the first that there is, and the first that overrides it. Source: compose-go,
/// `cli/options.go`.
const COMPOSE: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const COMPOSE_OVERRIDE: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// Bake's files, all of which count. Source: buildx, `bake/bake.go`.
const BAKE: &[&str] =
    &["docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl"];

/// Where Compose takes the values of variables from.
const ENV: &str = ".env";

/// Whether a file of this name, in lower case, says which builds there are.
pub fn is_read(name: &str) -> bool {
    name == ENV || [COMPOSE, COMPOSE_OVERRIDE, BAKE].iter().any(|names| names.contains(&name))
}

impl Builds {
    /// The build that the Dockerfile is looked at as.
    pub fn used(&self) -> Option<&BuildUse> {
        self.uses.get(self.used?)
    }

    /// The builds that use the Dockerfile besides the one that it is looked at as.
    pub fn others(&self) -> impl Iterator<Item = &BuildUse> {
        self.uses.iter().enumerate().filter(|(index, _)| Some(*index) != self.used).map(|(_, one)| one)
    }

    /// Whether there is a file that says which builds there are.
    pub fn has_files(&self) -> bool {
        !self.read.is_empty()
    }

    /// Looks for builds of `dockerfile` in its folder and those above. `before` is what was known before.
    pub(super) fn find(
        source: &dyn Source,
        dockerfile: &Path,
        search: BuildSearch<'_>,
        before: &Builds,
    ) -> (Builds, Stamps) {
        let wanted = search.wanted;
        let workspace = search.within.map(normal);
        let mut builds = Builds::default();
        if wanted == Some(NONE) {
            return (builds, Stamps::new());
        }
        let mut finder =
            Finder { recorder: Recorder { source, asked: Vec::new() }, before, read: Vec::new() };
        let own = dockerfile.parent().unwrap_or(dockerfile);
        let within = workspace.as_deref().filter(|workspace| own.starts_with(workspace));
        let mut nearest = None;
        for folder in own.ancestors() {
            let mut found = finder.compose(folder);
            found.extend(finder.bake(folder));
            let uses = found.into_iter().filter_map(|found| found.of(dockerfile, folder, within));
            builds.uses.extend(uses);
            if nearest.is_none() && !builds.uses.is_empty() {
                nearest = Some(builds.uses.len());
            }
            if within.is_none_or(|workspace| workspace == folder) {
                break;
            }
        }
        builds.read = finder.read;
        let named = wanted.and_then(|wanted| builds.uses.iter().position(|one| one.name == wanted));
        builds.chosen = named.is_some();
        builds.missing = wanted.filter(|_| named.is_none()).map(str::to_owned);
        // Of the nearest folder: what is built where nothing is asked for, and to the end.
        let near = builds.uses.iter().enumerate().take(nearest.unwrap_or(0));
        builds.used =
            named.or_else(|| Some(near.min_by_key(|(_, one)| (!one.by_default, one.target.is_some()))?.0));
        (builds, finder.recorder.asked)
    }
}

/// A build of whatever Dockerfile.
struct Found {
    file: PathBuf,
    kind: UseKind,
    name: String,
    by_default: bool,
    draft: Draft,
}

impl Found {
    /// The build, where it uses `dockerfile`; paths are relative to `folder`.
    fn of(self, dockerfile: &Path, folder: &Path, workspace: Option<&Path>) -> Option<BuildUse> {
        let Draft { context, dockerfile: named, inline, target, arguments, contexts, .. } = self.draft;
        let context = context.unwrap_or_else(|| Some(".".to_owned()))?;
        if inline || is_remote(&context) {
            return None;
        }
        let named = named.unwrap_or_else(|| Some("Dockerfile".to_owned()))?;
        let context = normal(&folder.join(context)).into_owned();
        if normal(&context.join(named)) != dockerfile {
            return None;
        }
        let base = workspace.or(dockerfile.parent()).unwrap_or(folder);
        let show = |path: &Path| match path.strip_prefix(base).unwrap_or(path).to_string_lossy() {
            own if own.is_empty() => ".".to_owned(),
            inside => inside.replace('\\', "/"),
        };
        Some(BuildUse {
            shown: show(&self.file),
            context_shown: show(&context),
            file: self.file,
            kind: self.kind,
            name: self.name,
            context,
            target: target.filter(|target| target.as_deref() != Some("")),
            arguments,
            contexts,
            by_default: self.by_default,
        })
    }
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
    before: &'a Builds,
    read: Vec<(PathBuf, Arc<Content>)>,
}

impl Finder<'_> {
    /// The text of a file, where it is there and can be read.
    fn text(&mut self, path: &Path) -> Option<Arc<str>> {
        let file = self.recorder.read(path)?.ok()?;
        (file.text.len() <= MOST).then_some(file.text)
    }

    /// What a file says: what it said before where it can't be understood now. None where it isn't there.
    fn content(
        &mut self,
        path: PathBuf,
        parse: impl FnOnce(&str) -> Option<Content>,
    ) -> Option<Arc<Content>> {
        let file = self.recorder.read(&path)?;
        let parsed = file
            .ok()
            .filter(|file| file.text.len() <= MOST)
            .and_then(|file| parse(file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)));
        let content = match parsed {
            Some(content) => Arc::new(content),
            None => {
                let before = self.before.read.iter().find(|(known, _)| *known == path);
                Arc::clone(&before?.1)
            }
        };
        self.read.push((path, Arc::clone(&content)));
        Some(content)
    }

    fn compose(&mut self, folder: &Path) -> Vec<Found> {
        let parse = |text: &str| yaml::read(text).map(Content::Compose);
        let base = COMPOSE.iter().find_map(|name| {
            let path = folder.join(name);
            Some((self.content(path.clone(), parse)?, path))
        });
        let Some((base, path)) = base else { return Vec::new() };
        let over = COMPOSE_OVERRIDE.iter().find_map(|name| self.content(folder.join(name), parse));
        let env = self.text(&folder.join(ENV)).map(|text| env_file::read(&text)).unwrap_or_default();
        let nodes: Vec<&yaml::Node> = [Some(&base), over.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|content| match &**content {
                Content::Compose(node) => Some(node),
                Content::Bake(_) => None,
            })
            .collect();
        compose::services(&nodes, &env)
            .into_iter()
            .map(|(name, service)| Found {
                file: path.clone(),
                kind: UseKind::Service,
                name,
                by_default: !service.has_profiles,
                draft: service.build,
            })
            .collect()
    }

    fn bake(&mut self, folder: &Path) -> Vec<Found> {
        let mut files = Vec::new();
        for name in BAKE {
            let path = folder.join(name);
            let parse = |text: &str| match name.ends_with(".json") {
                true => hcl::read_json(text).map(Content::Bake),
                false => hcl::read(text).map(Content::Bake),
            };
            files.extend(self.content(path.clone(), parse).map(|content| (path, content)));
        }
        let said: Vec<(&Path, &hcl::File)> = files
            .iter()
            .filter_map(|(path, content)| match &**content {
                Content::Bake(file) => Some((path.as_path(), file)),
                Content::Compose(_) => None,
            })
            .collect();
        bake::targets(&said)
            .into_iter()
            .map(|target| Found {
                file: target.file.to_path_buf(),
                kind: UseKind::Target,
                name: target.name,
                by_default: target.by_default,
                draft: target.build,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
