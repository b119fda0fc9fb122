//! What can be set, as pure values.

/// The settings for one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub profile: Profile,
    /// Where it isn't empty, only these rules report; names of rules or their aliases.
    pub select: Vec<String>,
    /// These rules don't report; names of rules or their aliases.
    pub ignore: Vec<String>,
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
