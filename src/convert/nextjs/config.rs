//! How standalone output is turned on: next.config as it is, its edit, or what the user chose instead.

use super::app::absolute;
use super::detect::Found;
use crate::context::next_config::{self, NextConfig, Output, Setting};
use crate::context::{Parsed, VersionBasis};
use crate::convert::ask::choice;
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::convert::{Note, Question};
use crate::text::{FileChange, FileEdit, FileId, Span};
use std::path::Path;

/// The key of the question how standalone output is turned on, where next.config can't be edited.
const KEY: &str = "standalone";

/// What an action says of a changed next.config.
const LABEL: &str = "Next.js writes a server with only the files it needs";

/// What turns standalone output on.
pub(super) struct Standalone {
    /// The build's folder, relative to the app: `.next`.
    pub dist: String,
    /// The change of next.config; None where there is none.
    pub edit: Option<FileEdit>,
    /// The build stage sets NEXT_PRIVATE_STANDALONE.
    pub by_environment: bool,
    pub notes: Vec<Note>,
}

pub(super) fn read(found: &Found<'_>) -> Result<Standalone, Stop> {
    let plain = |dist: String, edit| Standalone { dist, edit, by_environment: false, notes: Vec::new() };
    let parsed = match &found.project.next_config {
        None if experimental(found) => {
            let why = "The project has no next.config.";
            return asked(found, plain(".next".into(), None), why, None, true);
        }
        None => return Ok(plain(".next".into(), Some(new_file(found)?))),
        Some(Err(problem)) => {
            return Err(refused_by(NOT_YET, Some(problem.path.clone()), None, problem.to_string()));
        }
        Some(Ok(parsed)) => parsed,
    };
    let path = &parsed.file.path;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !found.is_built_with(&name) {
        return Err(refused_by(
            NOT_YET,
            Some(path.clone()),
            None,
            format!(
                "The Dockerfile doesn't copy {name} to {} before the build, so what it sets has no effect.",
                found.app
            ),
        ));
    }
    let mut standalone = plain(dist_dir(parsed)?, None);
    let text = &parsed.file.text;
    if let Some(at) = text.find("cacheHandler") {
        return Err(refused_by(
            NOT_YET,
            Some(path.clone()),
            Some(Span::from(at..at + "cacheHandler".len())),
            format!("{name} sets a cache handler, whose file the standalone output may not trace."),
        ));
    }
    standalone.notes.extend(runtime_config(path, &name, text));
    let content = &parsed.content;
    if experimental(found) {
        if content.experimental_standalone {
            return Ok(standalone);
        }
        let why = format!("{name} would need `experimental.outputStandalone`, which isn't written here.");
        return asked(found, standalone, &why, None, true);
    }
    match (&content.output, &content.standalone_edit) {
        (Output::Standalone { .. }, _) => Ok(standalone),
        (_, Ok(edits)) => {
            let change =
                FileChange::Modify { base: text.clone(), version: parsed.file.version, edits: edits.clone() };
            standalone.edit =
                Some(FileEdit { file: FileId::Path(path.clone()), change, label: Some(LABEL.into()) });
            Ok(standalone)
        }
        (output, Err(why)) => {
            // A value in next.config wins over the environment.
            let (span, is_set) = match output {
                Output::OtherLiteral { span, .. } | Output::Expression { span } => (Some(*span), true),
                _ => (None, false),
            };
            let why = format!("{name} can't be edited safely: {why}");
            asked(found, standalone, &why, span, !is_set)
        }
    }
}

/// Asks how standalone output shall be turned on. The environment works from 12.1 on.
fn asked(
    found: &Found<'_>,
    mut standalone: Standalone,
    why: &str,
    span: Option<Span>,
    environment: bool,
) -> Result<Standalone, Stop> {
    let old = experimental(found);
    let line = if old { "experimental: { outputStandalone: true }" } else { "output: \"standalone\"" };
    let version = found.project.next_version.as_ref();
    let known =
        version.is_none_or(|version| version.major > 12 || version.minor.is_none_or(|minor| minor > 0));
    let config = found.project.config().map(|config| config.file.path.clone());
    let name = config.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "next.config.js".into());
    let mut choices = vec![choice("by-hand", format!("the line in {name} left to me"))];
    let mut also = String::new();
    if environment && known {
        choices.push(choice("environment", "with the undocumented NEXT_PRIVATE_STANDALONE"));
        also =
            ", or have the build stage set NEXT_PRIVATE_STANDALONE, which Next.js reads but doesn't document"
                .into();
    }
    let question = Question {
        key: KEY,
        message: format!("{why} Add `{line}` to its configuration yourself{also}."),
        choices,
        default: None,
    };
    standalone.by_environment = found.answers.ask(question) == "environment";
    let path = config.or_else(|| absolute(found, &name));
    let message = if standalone.by_environment {
        format!(
            "The build stage turns standalone output on by NEXT_PRIVATE_STANDALONE, which Next.js doesn't document: an \
             update may end it. `{line}` in {name} is the documented way."
        )
    } else {
        format!(
            "Add `{line}` to the configuration in {name}: without it the build writes no server, and the image \
                 doesn't build."
        )
    };
    standalone.notes.push(Note { warning: true, message, path, span });
    Ok(standalone)
}

/// Next.js 12.0 and 12.1, which name the setting differently, or a range that may be one of them.
fn experimental(found: &Found<'_>) -> bool {
    let Some(version) = &found.project.next_version else { return false };
    // Without a lockfile an open range installs the newest 12, which has the later name.
    let is_open = version.minor.is_none() || version.text.contains(['^', '>', '*', 'x']);
    let newest = version.basis == VersionBasis::Range && is_open && found.project.lockfiles.found.is_empty();
    version.major == 12
        && !newest
        && match version.minor {
            Some(minor) => minor < 2,
            None => version.basis == VersionBasis::Range,
        }
}

fn runtime_config(path: &Path, name: &str, text: &str) -> Option<Note> {
    let at = text.find("RuntimeConfig")?;
    let start = text[..at].rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1);
    Some(Note {
        warning: true,
        message: format!(
            "{name} has runtime configuration. The standalone server doesn't read next.config: what \
             publicRuntimeConfig and serverRuntimeConfig take from the environment is fixed when it is built."
        ),
        path: Some(path.to_path_buf()),
        span: Some(Span::from(start..at + "RuntimeConfig".len())),
    })
}

fn new_file(found: &Found<'_>) -> Result<FileEdit, Stop> {
    let major = found.project.next_version.as_ref().map(|version| version.major);
    let (name, text) = next_config::new_file(found.package.module_type, major);
    if !found.is_built_with(name) {
        return Err(refused_by(
            NOT_YET,
            absolute(found, name),
            None,
            format!(
                "The project has no next.config, and the Dockerfile wouldn't copy a new {name} to {} before the build.",
                found.app
            ),
        ));
    }
    let path = absolute(found, name).ok_or(Stop::NotMine)?;
    let change = FileChange::Create { text: text.into() };
    Ok(FileEdit { file: FileId::Path(path), change, label: Some(LABEL.into()) })
}

fn dist_dir(parsed: &Parsed<NextConfig>) -> Result<String, Stop> {
    let unclear = |span: Span| {
        refused_by(
            NOT_YET,
            Some(parsed.file.path.clone()),
            Some(span),
            "next.config sets distDir to something that isn't a plain folder within the app.",
        )
    };
    match &parsed.content.dist_dir {
        Setting::Absent => Ok(".next".into()),
        Setting::Expression { span } => Err(unclear(*span)),
        Setting::Literal { value, span } => {
            let dist = value.trim_start_matches("./").trim_end_matches('/');
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            let odd = dist.is_empty()
                || dist.starts_with('/')
                || dist.split('/').any(|part| matches!(part, ".." | "." | ""));
            if odd || !dist.chars().all(plain) { Err(unclear(*span)) } else { Ok(dist.to_owned()) }
        }
    }
}
