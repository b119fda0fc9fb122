//! Where settings come from, and how they are read.
//!
//! From the top: the command line, the environment ([`environment`]), an editor ([`editor`]), the nearest
//! `plimsoll.toml` ([`toml`]), `.editorconfig` ([`editorconfig`]), hadolint's own settings ([`hadolint`]), the defaults. [`files`] finds the files.

pub mod editor;
pub mod editorconfig;
pub mod environment;
pub mod files;
pub mod hadolint;
mod node;
mod read;
pub mod schema;
pub mod toml;
mod yaml;

use crate::settings::{Layer, Profile, Settings};
use crate::text::Span;
use files::Files;
use std::path::Path;

/// What one place sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub layer: Layer,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The format that hadolint would print in, in its words.
    pub format: Option<String>,
    /// Whether colours are off.
    pub no_color: bool,
}

/// A wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands in its file, where it has one.
    pub span: Option<Span>,
    /// A sentence without a capital and a full stop, as it stands behind `error:`.
    pub message: String,
}

/// What holds where these are set: what is laid `over` all files (the highest first), and files.
pub fn settings(over: &[&Layer], files: &Files) -> Settings {
    settings_of(None, over, files)
}

/// As [`settings`], for the Dockerfile at `path`, whose name `.editorconfig` goes by.
pub fn settings_of(path: Option<&Path>, over: &[&Layer], files: &Files) -> Settings {
    let layout = path.map_or_else(Layer::default, |path| editorconfig::layer(&files.editor_configs, path));
    let mut layers = over.to_vec();
    layers.extend(files.own.iter().map(|file| &file.found.layer));
    layers.push(&layout);
    let own = Settings::of(&layers);
    // BuildKit's checks know nothing of hadolint's settings.
    if own.profile == Profile::Buildkit {
        return own;
    }
    layers.push(&files.hadolint_variables.layer);
    layers.extend(files.hadolint.iter().map(|file| &file.found.layer));
    Settings::of(&layers)
}

/// A word as the environment says it: on, or not.
fn is_on(word: &str) -> bool {
    ["1", "y", "on", "true", "yes"].contains(&word.to_lowercase().as_str())
}
