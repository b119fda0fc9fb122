//! Which builds use a Dockerfile: services of Compose files and targets of Bake files, found from the
//! Dockerfile's folder upward.
//!
//! What a build is given by a variable that isn't known here stays unknown; nothing is guessed.

mod bake;
mod budget;
mod compose;
mod draft;
mod env_file;
mod eval;
mod find;
mod hcl;
mod interpolate;
mod yaml;

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
    /// Whether the context may be looked at: see [`BuildSearch::outside`].
    pub is_inside: bool,
    /// The context as it is shown: from the workspace's folder on.
    pub context_shown: String,
    /// The stage that is built: None where it is the last one.
    pub target: Option<Given>,
    /// Build arguments by name, each once, in their order.
    pub arguments: Vec<(String, Given)>,
    /// Whether others may be given too, which aren't known here.
    pub more_arguments: bool,
    /// Named contexts, which stand for images and stages of that name: name and what it is.
    pub contexts: Vec<(String, Given)>,
    /// Whether others may be given too, which aren't known here.
    pub more_contexts: bool,
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

    /// Whether a context of this name is given, in whatever case, or may be.
    pub fn gives_context(&self, name: &str) -> bool {
        self.more_contexts || self.contexts.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// What is given for the argument `name`.
    pub fn argument(&self, name: &str) -> Option<&Given> {
        let named = self.arguments.iter().find(|(given, _)| given == name).map(|(_, value)| value);
        named.or(self.more_arguments.then_some(&None))
    }
}

/// How builds are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuildSearch<'a> {
    /// The name of the build that counts, where the user names one; [`NONE`] for none at all.
    pub wanted: Option<&'a str>,
    /// The folder above which nothing is looked for; None: above the Dockerfile's own.
    pub within: Option<&'a Path>,
    /// Whether a context may be looked at that lies neither in the folder above nor in the Dockerfile's: where the
    /// user asks for this very Dockerfile. Who only opens a stranger's workspace doesn't have all of the machine
    /// looked at.
    pub outside: bool,
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
    /// What keeps a file, or what stands in it, from being known: sentences for the user.
    pub notes: Vec<String>,
    /// The builds of which it isn't known whether they use the Dockerfile: a sentence for the user.
    pub unclear: Option<String>,
    /// What was read, so that a file that is half typed keeps what it said before.
    read: Vec<(PathBuf, Arc<Content>)>,
}

/// What one file says.
#[derive(Debug)]
enum Content {
    Compose(Arc<Vec<compose::Document>>),
    Bake(hcl::File),
}

/// The setting that switches all of this off.
pub const NONE: &str = "none";

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
}

#[cfg(test)]
mod tests;
