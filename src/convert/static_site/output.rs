//! Where the built files are, and how they were served.

use super::programs::{FileServer, Role, Tool, role};
use super::start::{Server, Start};
use crate::context::vite_config::{Serving, Setting, ViteConfig};
use crate::context::{Parsed, Program};
use crate::convert::Note;
use crate::convert::built::Built;
use crate::convert::places::{self, folder_of};
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::resolve;
use crate::text::Span;
use std::path::PathBuf;

/// The built files, and how nginx serves them.
pub(super) struct Output {
    /// The folder of the image that the build writes.
    pub folder: String,
    /// What URLs begin with, with a `/` at both ends.
    pub mount: String,
    /// The folder of files with a hash in their names, below `folder`; None where there is none that is sure.
    pub hashed: Option<String>,
    /// Paths that are no file get the first page.
    pub single: bool,
    /// The site has a page for what isn't there.
    pub has_not_found: bool,
    pub notes: Vec<Note>,
}

pub(super) fn read(
    built: &Built<'_>,
    tool: Tool,
    build: &Program,
    start: &Start,
    started_in: &str,
) -> Result<Output, Stop> {
    let site = match tool {
        Tool::Vite => vite(built, build, start)?,
        Tool::ReactScripts => react_scripts(built, build, start)?,
    };
    has_settings(built, start)?;
    let at = built.instructions.deciding().and_then(|id| built.subject.instruction(id));
    let at = at.ok_or(Stop::NotMine)?;
    let (line, folder) = (at.first_line, &site.folder);
    let served = match (start.server, &start.options.folder) {
        (Server::Files(_), Some(served)) => Some(resolve(started_in, served)),
        // http-server takes public/ where that is there.
        (Server::Files(FileServer::HttpServer), None) if built.project.has_public => {
            Some(resolve(started_in, "public"))
        }
        (Server::Files(_), None) => Some(started_in.to_owned()),
        (Server::Preview, Some(served)) => Some(resolve(&site.root, served)),
        (Server::Preview | Server::Dev(_), _) => {
            if started_in != built.app {
                let message = format!(
                    "Line {line} starts in {started_in}, and the site is built in {}; what is served isn't clear.",
                    built.app
                );
                return Err(refused_at(NOT_YET, at, message));
            }
            None
        }
    };
    if let Some(served) = served.filter(|served| served != folder) {
        let message = format!("Line {line} serves {served}, but the build writes to {folder}.");
        return Err(refused_at(NOT_YET, at, message));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if !folder.chars().all(plain) || !site.mount.chars().all(plain) {
        let message = format!(
            "The site is built in {folder} for {}; names with blanks, quotes or other special characters aren't written \
             into new lines yet.",
            site.mount
        );
        return Err(refused_at(NOT_YET, at, message));
    }
    let workdir = &built.subject.model.last_frame(built.stage).workdir;
    if folder == "/" || places::is_within(&built.app, folder) && folder != &built.app || built.app == *folder
    {
        let message = format!("The site would be built into {folder}, together with its sources.");
        return Err(refused_at(NOT_YET, at, message));
    }
    if !workdir.certain && !site.is_absolute {
        let message =
            "No WORKDIR with a plain absolute path says where the site is built. Set one such as /app first.";
        return Err(refused_at(NOT_YET, at, message));
    }
    let mut notes = site.notes;
    let hashed = site.hashed.filter(|name| {
        let copied = places::below(&built.project.folder, &format!("{}/{name}/", site.public));
        let fixed = built.view.files.iter().find(|file| file.path.starts_with(&copied));
        if let Some(file) = fixed {
            notes.push(Note {
                warning: false,
                message: format!(
                    "{} comes into {name}/ under its own name, so nginx has browsers ask for the files of that folder \
                     each time, where those with a hash in their names could be kept.",
                    file.path
                ),
                path: built.view.absolute(&file.path),
                span: None,
            });
        }
        fixed.is_none()
    });
    let not_found = places::below(&built.project.folder, &format!("{}/404.html", site.public));
    Ok(Output {
        folder: site.folder,
        mount: site.mount,
        hashed,
        single: start.options.single && !site.is_many_pages,
        has_not_found: built.view.file(&not_found).is_some(),
        notes,
    })
}

/// Refuses settings of the server that nginx isn't given.
fn has_settings(built: &Built<'_>, start: &Start) -> Result<(), Stop> {
    let parsed = built.project.vite_config.as_ref().and_then(|read| read.as_ref().ok());
    if let Some(parsed) = parsed {
        let Serving { headers, https, .. } = &parsed.content.server;
        let preview = &parsed.content.preview;
        let (headers, https) = match start.server {
            Server::Preview => (preview.headers.or(*headers), preview.https.or(*https)),
            Server::Dev(Tool::Vite) => (*headers, *https),
            _ => (None, None),
        };
        for (span, what) in [(headers, "headers for what it answers"), (https, "TLS")] {
            if let Some(span) = span {
                let message =
                    format!("vite.config has the server set {what}; nginx isn't told to do so yet.");
                return Err(refused_by(NOT_YET, path(parsed), Some(span), message));
            }
        }
    }
    if start.server != Server::Files(FileServer::Serve) {
        return Ok(());
    }
    let names = ["serve.json", "now.json", "public/serve.json", "public/now.json"];
    let mut paths = names.iter().map(|name| places::below(&built.project.folder, name));
    match paths.find(|path| built.view.file(path).is_some()) {
        Some(path) => Err(refused_by(
            NOT_YET,
            built.view.absolute(&path),
            None,
            format!("{path} holds settings of serve (rewrites, headers), which aren't carried over yet."),
        )),
        None => Ok(()),
    }
}

/// What a tool's settings say of the site.
struct Site {
    /// The folder of index.html, and what relative paths are relative to.
    root: String,
    folder: String,
    mount: String,
    /// The folder for files with a hash, below `folder`.
    hashed: Option<String>,
    /// The folder, in the project, of files that are copied as they are.
    public: String,
    is_many_pages: bool,
    is_absolute: bool,
    notes: Vec<Note>,
}

/// The flags of `vite build` that have a value and change nothing here.
const VALUED: [&str; 7] = ["--mode", "-m", "--assetsInlineLimit", "--target", "-l", "--logLevel", "--minify"];
const PLAIN: [&str; 5] = ["--emptyOutDir", "--sourcemap", "--manifest", "--force", "--clearScreen"];

#[derive(Default)]
struct Flags {
    out_dir: Option<String>,
    base: Option<String>,
    assets_dir: Option<String>,
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

fn vite(built: &Built<'_>, build: &Program, start: &Start) -> Result<Site, Stop> {
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
    let root = resolve(&built.app, &value(&config.root, "root", ".")?);
    let out_dir = match flags.out_dir {
        Some(out_dir) => out_dir,
        None => value(&config.out_dir, "build.outDir", "dist")?,
    };
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
    let assets = assets.trim_matches('/');
    let public = value(&config.public_dir, "publicDir", "public")?;
    let inside = root.strip_prefix(&*built.app).unwrap_or_default().trim_start_matches('/');
    Ok(Site {
        folder: resolve(&root, &out_dir),
        mount,
        hashed: (named.is_none() && !assets.is_empty()).then(|| assets.to_owned()),
        public: places::below(inside, public.trim_matches('/')),
        is_many_pages,
        is_absolute: out_dir.starts_with('/'),
        root,
        notes,
    })
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

fn path(parsed: &Parsed<ViteConfig>) -> Option<PathBuf> {
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
        (Setting::Expression { span }, Some(parsed)) => {
            let written = span.of(&parsed.file.text);
            match folder_of(written) {
                Some(folder) => Ok(folder),
                None => Err(refused_by(
                    NOT_YET,
                    path(parsed),
                    Some(*span),
                    format!("What vite.config sets {name} to is known only when it runs; write it out."),
                )),
            }
        }
        _ => Ok(default.to_owned()),
    }
}

/// `base` or `homepage` as the path that the site is served at.
fn mount_of(base: &str) -> String {
    let path = match base.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => base,
    };
    // `./` and the empty text are relative to the page itself.
    let path = if path.starts_with('/') { path.trim_matches('/') } else { "" };
    if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
}

fn react_scripts(built: &Built<'_>, build: &Program, start: &Start) -> Result<Site, Stop> {
    let own = build.env.iter().rev().find(|(name, _)| name == "BUILD_PATH").map(|(_, value)| value.clone());
    let set = built.subject.model.value(built.build, "BUILD_PATH").map(str::to_owned);
    let folder = own.or(set).unwrap_or_else(|| "build".into());
    let homepage = built.package.raw.get("homepage").and_then(|value| value.as_str());
    let mount = match start.server {
        Server::Dev(_) => mount_of(homepage.unwrap_or("/")),
        Server::Files(_) | Server::Preview => "/".to_owned(),
    };
    Ok(Site {
        root: built.app.clone(),
        is_absolute: folder.starts_with('/'),
        folder: resolve(&built.app, &folder),
        mount,
        hashed: Some("static".into()),
        public: "public".into(),
        is_many_pages: false,
        notes: Vec::new(),
    })
}
