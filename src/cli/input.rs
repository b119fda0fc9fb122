//! What a command reads: Dockerfiles, and the build contexts around them.

use super::failure::{self, Failure};
use super::paths::Here;
use crate::context::builds::BuildSearch;
use crate::context::{Disk, Request, RootBasis, Source, View};
use crate::settings::Settings;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One Dockerfile as it was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it lies; None for standard input without a name.
    pub path: Option<PathBuf>,
    /// How it is shown.
    pub shown: String,
    pub source: Arc<str>,
}

/// Reads a file; an error is a sentence.
pub fn read(here: &Here, path: &Path) -> Result<Input, String> {
    // By the path as it is shown, for the sake of the message.
    let shown = here.show(path);
    let absolute = here.absolute(path);
    let file = match Disk.read(&absolute) {
        Ok(file) => file,
        Err(mut error) => {
            if absolute.is_dir() {
                return Err(format!("{shown} is a folder; give the Dockerfile in it"));
            }
            error.path = PathBuf::from(&shown);
            return Err(error.to_string());
        }
    };
    Ok(Input { path: Some(absolute), shown, source: file.text })
}

/// Reads standard input. `name` is the path that the text is to be taken for.
pub fn read_stdin(here: &Here, name: Option<&Path>) -> Result<Input, String> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| format!("standard input can't be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        format!("standard input isn't UTF-8 text (byte {})", error.utf8_error().valid_up_to())
    })?;
    Ok(Input {
        path: name.map(|name| here.absolute(name)),
        shown: name.map_or_else(|| "-".to_string(), |name| here.show(name)),
        source: Arc::from(text),
    })
}

/// Which build context a Dockerfile is looked at with.
#[derive(Clone, Debug, Default)]
pub struct ContextChoice {
    /// The folder that the user names.
    pub given: Option<PathBuf>,
    /// How far up the search for one goes; None: the Dockerfile's own folder.
    pub workspace: Option<PathBuf>,
    /// How Compose and Bake files are looked for; None where they aren't.
    pub builds: Option<Builds>,
}

/// How Compose and Bake files are looked for.
#[derive(Clone, Debug, Default)]
pub struct Builds {
    /// The build that counts, where one is named.
    pub wanted: Option<String>,
    /// How far up they are looked for.
    pub within: Option<PathBuf>,
}

impl ContextChoice {
    /// Reads `--context`, which must name a folder.
    pub fn new(here: &Here, given: Option<&Path>, workspace: Option<PathBuf>) -> Result<Self, Failure> {
        let given = given.map(|folder| here.absolute(folder));
        if let Some(folder) = &given
            && !folder.is_dir()
        {
            return Err(Failure::Error(format!(
                "--context: {} isn't a folder; name the folder that you build from",
                here.show(folder)
            )));
        }
        Ok(Self { given, workspace, builds: None })
    }

    /// Where the command line names no context, the one that is set.
    pub fn or_set(self, settings: &Settings) -> Self {
        if self.given.is_some() {
            return self;
        }
        Self { given: settings.context.clone(), ..self }.or_build(settings.build.clone())
    }

    /// Where Compose and Bake files are looked for and the command line names no build of them: `build`.
    pub fn or_build(self, build: Option<String>) -> Self {
        let or_set = |builds: Builds| Builds { wanted: builds.wanted.or(build), ..builds };
        Self { builds: self.builds.map(or_set), ..self }
    }

    /// Looks at the build context of the Dockerfile at `path` once.
    pub fn gather(&self, source: &dyn Source, path: Option<&Path>) -> Option<View> {
        let request = Request {
            workspace_root: self.workspace.clone(),
            builds: self.builds.as_ref().map(|builds| BuildSearch {
                wanted: builds.wanted.as_deref(),
                within: builds.within.as_deref(),
                // The user names the Dockerfile.
                outside: true,
            }),
            ..Request::new(path.map(Path::to_path_buf), self.given.clone())
        };
        // Ends early only where it is cancelled, which it never is.
        let view = View::gather(source, &request).ok()?;
        failure::detail(|| {
            let of = path.map_or("standard input".to_string(), |path| path.display().to_string());
            let root = view.root.as_deref().map_or("none".to_string(), |root| root.display().to_string());
            let files = view.totals().files;
            format!("build context of {of}: {root} ({}), {files} files", basis(view.root_basis))
        });
        Some(view)
    }
}

fn basis(basis: RootBasis) -> &'static str {
    match basis {
        RootBasis::Given => "as named",
        RootBasis::DockerfileFolder => "the Dockerfile's folder",
        RootBasis::Above => "guessed: the nearest folder above with a package.json or .dockerignore",
        RootBasis::Assumed => "guessed: the Dockerfile's folder",
        RootBasis::Workspace => "the folder this was started in",
        RootBasis::Outside => "outside of the workspace",
        RootBasis::None => "none",
    }
}

/// Reads `K=V`, as of `--build-arg`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_string(), value.to_string())),
        _ => Err("a name and a value are needed, as in NAME=VALUE".to_string()),
    }
}
