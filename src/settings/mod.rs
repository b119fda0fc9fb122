//! What can be set, as pure values.

mod format;
mod keys;
mod labels;
mod layer;
mod rule;

pub use format::{Format, Indent, KeywordCase};
pub use keys::{KEYS, Key, Kind, key};
pub use labels::{LabelKind, LabelSchema};
pub use layer::{Layer, Value};
pub use rule::{FailLevel, Level, OptionValue, RuleSetting};

use std::path::PathBuf;

/// The settings for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub profile: Profile,
    /// Where it isn't empty, only these rules report; names of rules or their aliases.
    pub select: Vec<String>,
    /// These rules don't report; names of rules or their aliases.
    pub ignore: Vec<String>,
    /// What is set for single rules, by their names or by aliases; later ones over earlier ones.
    pub rules: Vec<(String, RuleSetting)>,
    /// The least grave finding that fails a check.
    pub fail_level: FailLevel,
    /// Registries that images may come from: names of hosts, `*.suffix`, or `*`. Empty where any may be.
    pub trusted_registries: Vec<String>,
    pub label_schema: LabelSchema,
    /// Whether `# hadolint ignore=` comments silence findings.
    pub hadolint_comments: bool,
    /// The folder that is built from, where it is set.
    pub context: Option<PathBuf>,
    /// The build of a Compose or Bake file that the Dockerfile is looked at as, where it is named; `none` where
    /// none is.
    pub build: Option<String>,
    /// What `--build-arg` gives, by name.
    pub build_arguments: Vec<(String, String)>,
    /// Whether ShellCheck is asked.
    pub shellcheck: bool,
    /// ShellCheck's program, where the user names one.
    pub shellcheck_path: Option<String>,
    pub hints: Hints,
    pub lenses: Lenses,
    pub format: Format,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            select: Vec::new(),
            ignore: Vec::new(),
            rules: Vec::new(),
            fail_level: FailLevel::default(),
            trusted_registries: Vec::new(),
            label_schema: LabelSchema::default(),
            hadolint_comments: true,
            context: None,
            build: None,
            build_arguments: Vec::new(),
            shellcheck: true,
            shellcheck_path: None,
            hints: Hints::default(),
            lenses: Lenses::default(),
            format: Format::default(),
        }
    }
}

/// What is said behind a line in the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    /// What the line's layer weighs.
    pub weight: bool,
    /// Which files run the line again.
    pub cache: bool,
    /// What a pattern of `.dockerignore` keeps out.
    pub ignored: bool,
}

impl Hints {
    pub const NONE: Hints = Hints { weight: false, cache: false, ignored: false };
}

impl Default for Hints {
    fn default() -> Self {
        Self { weight: true, cache: true, ignored: true }
    }
}

/// What is said above a line in the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lenses {
    /// Above the file: what the final image weighs.
    pub image: bool,
    /// Above each stage: what it weighs, and what becomes of it.
    pub stages: bool,
    /// Above the file: which build of a Compose or Bake file it is looked at as.
    pub build: bool,
}

impl Lenses {
    pub const NONE: Lenses = Lenses { image: false, stages: false, build: false };
}

impl Default for Lenses {
    fn default() -> Self {
        Self { image: true, stages: true, build: true }
    }
}

/// Which rules report, and how gravely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// For people who write: what matters, as gravely as it does.
    #[default]
    Editor,
    /// What hadolint says, with its severities.
    Hadolint,
    /// What BuildKit's checks say.
    Buildkit,
    /// Everything.
    Strict,
}

impl Profile {
    pub const ALL: [Profile; 4] = [Profile::Editor, Profile::Hadolint, Profile::Buildkit, Profile::Strict];

    pub fn as_str(self) -> &'static str {
        match self {
            Profile::Editor => "editor",
            Profile::Hadolint => "hadolint",
            Profile::Buildkit => "buildkit",
            Profile::Strict => "strict",
        }
    }

    pub fn parse(name: &str) -> Option<Profile> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }
}
