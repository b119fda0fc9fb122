//! What can be set for a single rule.

use std::collections::BTreeMap;

/// What is set for one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSetting {
    pub severity: Option<Level>,
    /// Options of the rule, by their names.
    pub options: BTreeMap<String, OptionValue>,
}

/// How gravely a rule reports, if at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    Off,
    Hint,
    Info,
    Warning,
    Error,
}

impl Level {
    pub const ALL: [Level; 5] = [Level::Off, Level::Hint, Level::Info, Level::Warning, Level::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Hint => "hint",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    pub fn parse(name: &str) -> Option<Level> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// The value of a rule's option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    Flag(bool),
    Number(u64),
    Texts(Vec<String>),
}

/// The least grave finding that fails a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FailLevel {
    Error,
    #[default]
    Warning,
    Info,
    Hint,
    Never,
}

impl FailLevel {
    pub const ALL: [FailLevel; 5] =
        [FailLevel::Error, FailLevel::Warning, FailLevel::Info, FailLevel::Hint, FailLevel::Never];

    pub fn as_str(self) -> &'static str {
        match self {
            FailLevel::Error => "error",
            FailLevel::Warning => "warning",
            FailLevel::Info => "info",
            FailLevel::Hint => "hint",
            FailLevel::Never => "never",
        }
    }

    pub fn parse(name: &str) -> Option<FailLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}
