//! Finds and reads the files that settings stand in.

use super::editorconfig::{self, EditorConfig};
use super::{Found, Problem, hadolint, toml};
use crate::settings::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// The file of our own settings.
pub const NAME: &str = "plimsoll.toml";

/// The largest settings file that is read, in bytes.
const MOST: u64 = 1 << 20;

/// The settings files that count for one folder.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The nearest `plimsoll.toml`, or the file that the user names.
    pub own: Option<File>,
    /// The first of hadolint's that there is.
    pub hadolint: Option<File>,
    /// The `.editorconfig` files that count, the nearest one first.
    pub editor_configs: Vec<EditorConfig>,
    /// hadolint's variables of the environment.
    pub hadolint_variables: Found,
    /// What was looked for, and what was there.
    seen: Vec<(PathBuf, Option<Stamp>)>,
}

/// One file that sets something.
#[derive(Clone, Debug)]
pub struct File {
    pub path: PathBuf,
    pub text: Arc<str>,
    pub found: Found,
}

/// Tells one state of a file from another.
type Stamp = (u64, Option<SystemTime>);

/// How the outside world is asked.
pub struct Outside<'a> {
    /// The text of a file that an editor has open, which stands for the disk's.
    pub open: &'a dyn Fn(&Path) -> Option<Arc<str>>,
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Outside<'static> {
    /// The disk and the process's own environment.
    pub const DISK: Outside<'static> =
        Outside { open: &|_| None, variable: &|name| std::env::var(name).ok() };
}

impl Files {
    /// Finds the settings for Dockerfiles in `folder`. hadolint looks for its own in `here`, where it is
    /// started.
    pub fn find(folder: &Path, here: &Path, outside: &Outside<'_>) -> Self {
        let mut files = Self::default();
        files.own = folder.ancestors().find_map(|folder| files.look(&folder.join(NAME), outside));
        files.editor_configs = files.find_editor_configs(folder, outside);
        let places = hadolint_places(here, outside);
        files.hadolint = places.iter().find_map(|path| files.look(path, outside));
        files.hadolint_variables = hadolint::environment(outside.variable);
        files
    }

    /// The file that the user names, and nothing else but hadolint's settings where the file is ours. Fails with a
    /// sentence where there is no such file.
    pub fn named(path: &Path, here: &Path, outside: &Outside<'_>) -> Result<Self, String> {
        let mut files = Self::default();
        let Some(file) = files.look(path, outside) else { return Err("there is no such file".to_owned()) };
        match is_hadolints(path) {
            true => files.hadolint = Some(file),
            false => {
                let places = hadolint_places(here, outside);
                files.hadolint = places.iter().find_map(|path| files.look(path, outside));
                files.own = Some(file);
            }
        }
        files.hadolint_variables = hadolint::environment(outside.variable);
        Ok(files)
    }

    /// The files that there are.
    pub fn all(&self) -> impl Iterator<Item = &File> {
        self.own.iter().chain(&self.hadolint)
    }

    /// Whether the disk is as it was when the files were read.
    pub fn are_current(&self) -> bool {
        self.seen.iter().all(|(path, stamp)| self::stamp(path) == *stamp)
    }

    fn find_editor_configs(&mut self, folder: &Path, outside: &Outside<'_>) -> Vec<EditorConfig> {
        let mut found = Vec::new();
        for folder in folder.ancestors() {
            // One that can't be read says nothing, as for every editor.
            let Some(Ok(text)) = self.text(&folder.join(editorconfig::NAME), outside) else { continue };
            let config = editorconfig::read(&text, folder);
            let root = config.root;
            found.push(config);
            if root {
                break;
            }
        }
        found
    }

    /// The text of a file, or why it can't be read; None where there is none.
    fn text(&mut self, path: &Path, outside: &Outside<'_>) -> Option<Result<Arc<str>, String>> {
        let stamp = stamp(path);
        self.seen.push((path.to_path_buf(), stamp));
        Some(match (outside.open)(path) {
            Some(text) => Ok(text),
            None if stamp?.0 > MOST => Err("it is too large for a settings file".to_owned()),
            None => std::fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| {
                String::from_utf8(bytes).map(Arc::from).map_err(|_| "it isn't UTF-8".to_owned())
            }),
        })
    }

    fn look(&mut self, path: &Path, outside: &Outside<'_>) -> Option<File> {
        let (text, found) = match self.text(path, outside)? {
            Ok(text) => {
                let bare = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let mut found = if is_hadolints(path) { hadolint::read(bare) } else { toml::read(bare) };
                let mark = (text.len() - bare.len()) as u32;
                for span in found.problems.iter_mut().filter_map(|problem| problem.span.as_mut()) {
                    (span.start, span.end) = (span.start + mark, span.end + mark);
                }
                (text, found)
            }
            Err(error) => {
                let message = format!("it can't be read: {error}; its settings don't hold");
                let problems = vec![Problem { span: None, message }];
                (Arc::from(""), Found { problems, ..Found::default() })
            }
        };
        let mut file = File { path: path.to_path_buf(), text, found };
        let context = match file.found.layer.get("context") {
            Some(Value::Text(context)) => Some(path.parent().unwrap_or(path).join(context)),
            _ => None,
        };
        match context {
            Some(context) if context.is_dir() => {
                file.found.layer.set("context", Value::Text(context.to_string_lossy().into_owned()));
            }
            Some(context) => {
                file.found.layer.unset("context");
                let message = format!("context: there is no folder {}; it is left out", context.display());
                file.found.problems.push(Problem { span: None, message });
            }
            None => {}
        }
        Some(file)
    }
}

/// Whether a file of this name is one that settings are read from.
pub fn is_settings(name: &str) -> bool {
    [NAME, editorconfig::NAME, ".hadolint.yaml", ".hadolint.yml"].contains(&name)
}

fn is_hadolints(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// Where hadolint looks for its settings, in its order (`src/Hadolint/Config/Configfile.hs`). It takes the first
/// file that there is.
fn hadolint_places(here: &Path, outside: &Outside<'_>) -> Vec<PathBuf> {
    let folder = |name: &str| (outside.variable)(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = folder("HOME").or_else(|| folder("USERPROFILE"));
    let xdg = folder("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config")));
    let mut stems = vec![here.join(".hadolint")];
    stems.extend(xdg.map(|xdg| xdg.join("hadolint")));
    if let Some(home) = home {
        stems.extend([
            home.join(".hadolint/hadolint"),
            home.join(".hadolint/config"),
            home.join(".hadolint"),
        ]);
    }
    let both = |stem: PathBuf| {
        [".yaml", ".yml"].map(|extension| {
            let mut path = stem.clone().into_os_string();
            path.push(extension);
            PathBuf::from(path)
        })
    };
    stems.into_iter().flat_map(both).collect()
}

/// None where there is no such file.
fn stamp(path: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(path).ok().filter(|meta| meta.is_file())?;
    Some((meta.len(), meta.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings;
    use crate::settings::{Layer, Profile};

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn find(folder: &Path, here: &Path, variables: &[(&str, &str)]) -> Files {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        };
        Files::find(folder, here, &Outside { open: &|_| None, variable: &variable })
    }

    #[test]
    fn the_nearest_file_counts_and_hadolints_lies_under_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "plimsoll.toml", "profile = \"strict\"\n");
        write(root, "web/plimsoll.toml", "ignore = [\"DL3006\"]\ncontext = \"..\"\n");
        write(root, ".hadolint.yaml", "ignored: [DL3007]\nstrict-labels: true\n");
        let files = find(&root.join("web/app"), root, &[("HADOLINT_STRICT_LABELS", "no")]);
        let set = settings(&[], &files);
        assert_eq!((set.profile, set.ignore), (Profile::Editor, vec!["DL3006".to_owned()]));
        assert!(!set.label_schema.strict, "hadolint's variables stand over its file");
        assert_eq!(set.context, Some(root.join("web/..")));

        let mut over = Layer::default();
        over.set("profile", Value::Text("buildkit".into()));
        over.set("ignore", Value::Texts(Vec::new()));
        let set = settings(&[&over], &find(root, root, &[]));
        assert!(set.ignore.is_empty() && !set.label_schema.strict, "BuildKit knows nothing of hadolint's");
    }

    #[test]
    fn hadolint_takes_the_first_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let home = root.join("home");
        write(root, "home/.config/hadolint.yml", "ignored: [DL3001]\n");
        write(root, "home/.hadolint/config.yaml", "ignored: [DL3002]\n");
        let here = root.join("here");
        let variables = [("HOME", home.to_str().unwrap())];
        let of = |files: &Files| files.hadolint.as_ref().map(|file| file.path.clone());
        assert_eq!(of(&find(&here, &here, &variables)), Some(home.join(".config/hadolint.yml")));
        assert_eq!(of(&find(&here, &here, &[])), None);
        write(root, "here/.hadolint.yml", "");
        let files = find(&here, &here, &variables);
        assert_eq!(of(&files), Some(here.join(".hadolint.yml")));
        assert_eq!(
            files.hadolint.unwrap().found.problems.len(),
            1,
            "an empty file sets nothing, and says so"
        );
    }

    #[test]
    fn a_change_on_disk_shows() {
        let folder = tempfile::tempdir().unwrap();
        let files = find(folder.path(), folder.path(), &[]);
        assert!(files.are_current());
        write(folder.path(), "plimsoll.toml", "profile = \"strict\"\n");
        assert!(!files.are_current());
        let files = find(folder.path(), folder.path(), &[]);
        assert!(files.are_current());
        std::fs::remove_file(folder.path().join("plimsoll.toml")).unwrap();
        assert!(!files.are_current());
    }

    #[test]
    fn what_an_editor_has_open_stands_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "plimsoll.toml", "profile = \"strict\"\n");
        let open =
            |path: &Path| path.ends_with("plimsoll.toml").then(|| Arc::from("profile = \"hadolint\"\n"));
        let outside = Outside { open: &open, variable: &|_| None };
        let files = Files::find(folder.path(), folder.path(), &outside);
        assert_eq!(settings(&[], &files).profile, Profile::Hadolint);
    }
}
