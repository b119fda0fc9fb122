//! `.editorconfig`, as far as it says how a Dockerfile is laid out.
//!
//! Source: the specification at editorconfig.org, 0.17. Line endings are left as they are, whatever it says.

use crate::settings::{Indent, Layer, Value};
use globset::{GlobBuilder, GlobMatcher};
use std::path::{Path, PathBuf};

/// The name of the file.
pub const NAME: &str = ".editorconfig";

/// One file.
#[derive(Clone, Debug, Default)]
pub struct EditorConfig {
    folder: PathBuf,
    /// Whether no file in a folder above counts.
    pub root: bool,
    sections: Vec<Section>,
}

#[derive(Clone, Debug)]
struct Section {
    /// None for a pattern that can't be read, which fits nothing.
    files: Option<GlobMatcher>,
    /// In lower case, in the order of the file.
    values: Vec<(String, String)>,
}

/// Reads the text of the file in `folder`. What isn't understood says nothing.
pub fn read(text: &str, folder: &Path) -> EditorConfig {
    let mut config = EditorConfig { folder: folder.to_path_buf(), ..EditorConfig::default() };
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(pattern) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            config.sections.push(Section { files: matcher(pattern), values: Vec::new() });
        } else if let Some((name, value)) = line.split_once('=') {
            let (name, value) = (name.trim().to_lowercase(), value.trim().to_lowercase());
            match config.sections.last_mut() {
                Some(section) => section.values.push((name, value)),
                None if name == "root" => config.root = value == "true",
                None => {}
            }
        }
    }
    config
}

/// A pattern without a slash fits names in every folder below, one with a slash paths from the file's own.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let glob = match pattern.contains('/') {
        true => pattern.trim_start_matches('/').to_owned(),
        false => format!("**/{pattern}"),
    };
    let mut builder = GlobBuilder::new(&glob);
    builder.literal_separator(true).backslash_escape(true);
    builder.build().ok().map(|glob| glob.compile_matcher())
}

/// What the files say of the Dockerfile at `path`; the nearest one first.
pub fn layer(configs: &[EditorConfig], path: &Path) -> Layer {
    let mut values: Vec<(&str, &str)> = Vec::new();
    for config in configs.iter().rev() {
        let Ok(path) = path.strip_prefix(&config.folder) else { continue };
        let fits = |section: &&Section| section.files.as_ref().is_some_and(|files| files.is_match(path));
        for (name, value) in config.sections.iter().filter(fits).flat_map(|section| &section.values) {
            values.push((name, value));
        }
    }
    // What stands later stands over what is above it.
    let get = |name: &str| values.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut layer = Layer::default();
    let flag = |name: &str| get(name).and_then(|value| value.parse::<bool>().ok());
    if let Some(trim) = flag("trim_trailing_whitespace") {
        layer.set("format.trim-trailing-blanks", Value::Flag(trim));
    }
    if let Some(ends) = flag("insert_final_newline") {
        layer.set("format.final-newline", Value::Flag(ends));
    }
    let size = get("indent_size").filter(|size| *size != "tab").or(get("tab_width"));
    let indent = match get("indent_style") {
        Some("tab") => Some("tab"),
        Some("space") => size.filter(|size| size.parse().ok().and_then(Indent::spaces).is_some()),
        _ => None,
    };
    if let Some(indent) = indent {
        layer.set("format.indent", Value::Text(indent.to_owned()));
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Format, Settings};

    fn format(text: &str, path: &str) -> Format {
        let configs = [read(text, Path::new("/srv"))];
        Settings::of(&[&layer(&configs, Path::new(path))]).format
    }

    #[test]
    fn sections_hold_for_the_files_that_they_name() {
        let text = "root = true\n[*]\nindent_style = space\nindent_size = 2\ninsert_final_newline = false\n\
                    [{Dockerfile,*.dockerfile}]\nindent_style = TAB\ntrim_trailing_whitespace = false\n\
                    [/web/*]\nindent_style = space\nindent_size = 3\n";
        let tab =
            Format { indent: Some(Indent::Tab), final_newline: false, trim: false, ..Format::default() };
        assert_eq!(format(text, "/srv/Dockerfile"), tab);
        assert_eq!(format(text, "/srv/deep/a.dockerfile"), tab);
        let spaces = Format { indent: Some(Indent::Spaces(2)), trim: true, ..tab };
        assert_eq!(format(text, "/srv/Containerfile"), spaces);
        assert_eq!(format(text, "/srv/web/Dockerfile").indent, Some(Indent::Spaces(3)));
        assert_eq!(format(text, "/other/Dockerfile"), Format::default());
    }

    #[test]
    fn what_isnt_understood_says_nothing() {
        let text = "[Dockerfile]\nindent_style = space\nindent_size = 40\n[{]\n[[\n=\nindent_size\n";
        assert_eq!(format(text, "/srv/Dockerfile"), Format::default());
    }
}
