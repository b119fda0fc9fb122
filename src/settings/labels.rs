//! Which labels an image must have, and what their values look like.

use std::collections::BTreeMap;

/// The labels that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSchema {
    /// By the label's key, what its value must look like.
    pub labels: BTreeMap<String, LabelKind>,
    /// Whether a label that isn't among them is a fault.
    pub strict: bool,
}

/// What the value of a label looks like.
///
/// Source: hadolint's `label-schema`, whose names these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// Anything but nothing.
    Text,
    /// An address, as of RFC 5322.
    Email,
    /// The hash of a commit.
    Hash,
    /// A time, as of RFC 3339.
    Rfc3339,
    /// A version, as of semver.org.
    Semver,
    /// A licence of SPDX's list.
    Spdx,
    Url,
}

impl LabelKind {
    pub const ALL: [LabelKind; 7] = [
        LabelKind::Text,
        LabelKind::Email,
        LabelKind::Hash,
        LabelKind::Rfc3339,
        LabelKind::Semver,
        LabelKind::Spdx,
        LabelKind::Url,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            LabelKind::Text => "text",
            LabelKind::Email => "email",
            LabelKind::Hash => "hash",
            LabelKind::Rfc3339 => "rfc3339",
            LabelKind::Semver => "semver",
            LabelKind::Spdx => "spdx",
            LabelKind::Url => "url",
        }
    }

    pub fn parse(name: &str) -> Option<LabelKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
