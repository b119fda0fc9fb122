use super::Args;
use crate::cli::failure;
use crate::cli::output::Format;
use crate::cli::paths::Here;
use crate::cli::settings::Chosen;
use crate::settings::{Layer, Profile, Value};

/// The format that is printed in where the command line says none: under the profile `hadolint` that of
/// hadolint's settings.
pub fn format(here: &Here, chosen: &Chosen<'_>) -> Format {
    if chosen.of(None).profile != Profile::Hadolint {
        return Format::Full;
    }
    let files = chosen.files(here.folder());
    let of_file = files.hadolint.as_ref().map(|file| &file.found);
    if of_file.is_some_and(|found| found.no_color) {
        anstream::ColorChoice::Never.write_global();
    }
    let name = files.hadolint_variables.format.as_ref().or(of_file.and_then(|found| found.format.as_ref()));
    match name.map(String::as_str) {
        None | Some("tty") => Format::Full,
        Some("gnu") => Format::Concise,
        Some("json") => Format::HadolintJson,
        Some("sarif") => Format::Sarif,
        Some("checkstyle") => Format::Checkstyle,
        Some("junit") => Format::Junit,
        Some("gitlab_codeclimate") => Format::Gitlab,
        Some(other) => {
            failure::note(&format!(
                "hadolint's settings ask for the format {other}, which plimsoll doesn't have"
            ));
            Format::Full
        }
    }
}

/// What the command line sets.
pub fn arguments(args: &Args) -> Layer {
    let mut layer = Layer::default();
    let text = |word: &str| Value::Text(word.to_owned());
    if let Some(profile) = args.profile {
        layer.set("profile", text(profile.as_str()));
    }
    if let Some(level) = args.fail_level {
        layer.set("fail-level", text(level.as_str()));
    }
    for (name, given) in [("select", &args.select), ("ignore", &args.ignore)] {
        if !given.is_empty() {
            layer.set(name, Value::Texts(given.clone()));
        }
    }
    layer
}
