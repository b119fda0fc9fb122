//! What `vite build` and vite.config say of a site.

use super::output::{Public, Site, mount_of};
use super::programs::{Role, role};
use super::start::{Server, Start};
use crate::context::vite_config::{Setting, ViteConfig};
use crate::context::{Parsed, Program};
use crate::convert::Note;
use crate::convert::built::Built;
use crate::convert::places::folder_of;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::resolve;
use crate::text::Span;
use std::path::PathBuf;

/// The flags of `vite build` that have a value and change nothing here.
const VALUED: [&str; 5] = ["--assetsInlineLimit", "--target", "-l", "--logLevel", "--minify"];
const PLAIN: [&str; 5] = ["--emptyOutDir", "--sourcemap", "--manifest", "--force", "--clearScreen"];

#[derive(Default)]
struct Flags {
    out_dir: Option<String>,
    base: Option<String>,
    assets_dir: Option<String>,
    mode: Option<String>,
}

fn flags(built: &Built<'_>, words: &[String]) -> Result<Flags, Stop> {
    let at = built.subject.instruction(built.build).ok_or(Stop::NotMine)?;
    let line = at.first_line;
    let mut flags = Flags::default();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let place = match flag {
            "--outDir" => &mut flags.out_dir,
            "--base" => &mut flags.base,
            "--assetsDir" => &mut flags.assets_dir,
            "--mode" | "-m" => &mut flags.mode,
            flag if PLAIN.contains(&flag) => {
                rest.next_if(|next| matches!(next.as_str(), "true" | "false" | "inline" | "hidden"));
                continue;
            }
            flag if VALUED.contains(&flag) => {
                if joined.is_none() {
                    rest.next_if(|next| !next.starts_with('-'));
                }
                continue;
            }
            "--ssr" => {
                let message = format!(
                    "Line {line} builds for a server (`{word}`), which the files alone don't replace."
                );
                return Err(refused_at("custom-server", at, message));
            }
            _ => {
                let message =
                    format!("Line {line} gives `vite build` the word `{word}`, which isn't followed yet.");
                return Err(refused_at(NOT_YET, at, message));
            }
        };
        *place = joined.or_else(|| rest.next().cloned());
    }
    Ok(flags)
}

pub(super) fn site(built: &Built<'_>, build: &Program, start: &Start) -> Result<Site, Stop> {
    let Role::Build(_, words) = role(build) else { return Err(Stop::NotMine) };
    let flags = flags(built, words)?;
    let nothing = ViteConfig::default();
    let parsed = config(built)?;
    let config = parsed.map_or(&nothing, |parsed| &parsed.content);
    let value = |own: &Setting, name: &str, default: &str| setting(parsed, own, name, default);
    let by = |span: Option<Span>, code: &'static str, message: &str| match (span, parsed) {
        (Some(span), Some(parsed)) => Err(refused_by(code, path(parsed), Some(span), message)),
        _ => Ok(()),
    };
    by(
        config.ssr,
        "custom-server",
        "vite.config sets build.ssr: the build is for a server, which the files alone don't replace.",
    )?;
    by(config.lib, NOT_YET, "vite.config sets build.lib: the build is a library, not a site.")?;
    let folder = |own: &Setting, name: &str, base: &str, default: &str| {
        folder(built, parsed, own, name, base).map(|set| set.unwrap_or_else(|| resolve(base, default)))
    };
    let root = folder(&config.root, "root", &built.app, ".")?;
    let out_dir = match &flags.out_dir {
        Some(out_dir) => resolve(&root, out_dir),
        None => folder(&config.out_dir, "build.outDir", &root, "dist")?,
    };
    let is_absolute =
        flags.out_dir.as_deref().or(config.out_dir.literal()).is_some_and(|f| f.starts_with('/'));
    let assets = match flags.assets_dir {
        Some(assets) => assets,
        None => value(&config.assets_dir, "build.assetsDir", "assets")?,
    };
    let is_many_pages = match &*value(&config.app_type, "appType", "spa")? {
        "spa" => false,
        "mpa" => true,
        _ => {
            let span = setting_span(&config.app_type);
            by(
                span,
                "custom-server",
                "vite.config sets appType: a server of the project's own makes the pages.",
            )?;
            false
        }
    };
    let mount = match start.server {
        // The folder itself is served, whatever the pages ask for.
        Server::Files(_) => "/".to_owned(),
        Server::Preview | Server::Dev(_) => {
            let base = start.options.base.clone().or(flags.base);
            mount_of(&match base {
                Some(base) => base,
                None => value(&config.base, "base", "/")?,
            })
        }
    };
    let mut notes = Vec::new();
    let named = config.file_names.zip(parsed);
    if let Some((span, parsed)) = named {
        notes.push(Note {
            warning: false,
            message: "vite.config names the written files itself, so nginx has browsers ask for them each time: a name \
                      without a hash may stay while its content changes."
                .into(),
            path: path(parsed),
            span: Some(span),
        });
    }
    // Vite joins it to the names of the files, which takes `.` and `..` out.
    let assets = resolve("/", &assets);
    let public = match config.public_dir.literal() {
        Some("") => Public::Nowhere,
        _ => Public::at(built, &folder(&config.public_dir, "publicDir", &root, "public")?),
    };
    Ok(Site {
        folder: out_dir,
        mount,
        mode: flags.mode.unwrap_or_else(|| "production".into()),
        hashed: named.is_none().then(|| assets[1..].to_owned()),
        public,
        is_many_pages,
        is_absolute,
        root,
        notes,
    })
}

/// A folder that a setting names, as a path of the image; None where it isn't set. A text is relative to `base`, and
/// what is written with `__dirname` to the folder of vite.config. Source: `resolveConfig` and `resolvedPublicDir` in
/// vite's config.ts, which call `path.resolve`.
fn folder(
    built: &Built<'_>,
    parsed: Option<&Parsed<ViteConfig>>,
    own: &Setting,
    name: &str,
    base: &str,
) -> Result<Option<String>, Stop> {
    match (own, parsed) {
        (Setting::Absent, _) | (_, None) => Ok(None),
        (Setting::Literal { value, .. }, _) => Ok(Some(resolve(base, value))),
        (Setting::Expression { span }, Some(parsed)) => match folder_of(span.of(&parsed.file.text)) {
            Some(folder) => Ok(Some(resolve(&built.app, &folder))),
            None => Err(unknown(parsed, *span, name)),
        },
    }
}

/// The vite.config that the build reads; None where there is none.
fn config<'a>(built: &Built<'a>) -> Result<Option<&'a Parsed<ViteConfig>>, Stop> {
    let parsed = match &built.project.vite_config {
        None => return Ok(None),
        Some(Err(problem)) => {
            return Err(refused_by(NOT_YET, Some(problem.path.clone()), None, problem.to_string()));
        }
        Some(Ok(parsed)) => parsed,
    };
    let name = parsed.file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    if !built.is_built_with(&name) {
        let message = format!(
            "The Dockerfile doesn't copy {name} to {} before the build, so what it sets has no effect.",
            built.app
        );
        return Err(refused_by(NOT_YET, path(parsed), None, message));
    }
    match &parsed.content.unknown {
        Some(reason) => {
            let message = format!("Where the build goes can't be read from {name}: {reason}");
            Err(refused_by(NOT_YET, path(parsed), None, message))
        }
        None => Ok(Some(parsed)),
    }
}

/// Where vite.config lies.
pub(super) fn path(parsed: &Parsed<ViteConfig>) -> Option<PathBuf> {
    Some(parsed.file.path.clone())
}

fn setting_span(setting: &Setting) -> Option<Span> {
    match setting {
        Setting::Absent => None,
        Setting::Literal { span, .. } | Setting::Expression { span } => Some(*span),
    }
}

/// A setting's value; what only running the file would tell refuses.
pub(super) fn setting(
    parsed: Option<&Parsed<ViteConfig>>,
    setting: &Setting,
    name: &str,
    default: &str,
) -> Result<String, Stop> {
    match (setting, parsed) {
        (Setting::Literal { value, .. }, _) => Ok(value.clone()),
        (Setting::Expression { span }, Some(parsed)) => Err(unknown(parsed, *span, name)),
        _ => Ok(default.to_owned()),
    }
}

fn unknown(parsed: &Parsed<ViteConfig>, span: Span, name: &str) -> Stop {
    let message = format!("What vite.config sets {name} to is known only when it runs; write it out.");
    refused_by(NOT_YET, path(parsed), Some(span), message)
}
