//! Where the built files are, and how they were served.

use super::programs::{FileServer, Tool};
use super::react_scripts;
use super::start::{Server, Start};
use super::vite::{self, path};
use crate::context::Program;
use crate::context::vite_config::Serving;
use crate::convert::Note;
use crate::convert::built::Built;
use crate::convert::places;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::resolve;

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
    /// The mode that it is built in, which says what `.env` files are read.
    pub mode: String,
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
        Tool::Vite => vite::site(built, build, start)?,
        Tool::ReactScripts => react_scripts::site(built, build, start)?,
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
    // What has no such name can't stand in the settings, and where none is certain, none is kept.
    let named = site.hashed.filter(|name| !name.is_empty() && name.chars().all(plain));
    let hashed = named.filter(|name| {
        let copied = match &site.public {
            Public::Folder(folder) => places::below(folder, &format!("{name}/")),
            Public::Nowhere => return true,
            Public::Elsewhere => return false,
        };
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
    let has_not_found = match &site.public {
        Public::Folder(folder) => built.view.file(&places::below(folder, "404.html")).is_some(),
        Public::Nowhere | Public::Elsewhere => false,
    };
    Ok(Output {
        folder: site.folder,
        mount: site.mount,
        hashed,
        single: start.options.single && !site.is_many_pages,
        has_not_found,
        mode: site.mode,
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
pub(super) struct Site {
    /// The folder of index.html, and what relative paths are relative to.
    pub root: String,
    pub folder: String,
    pub mount: String,
    /// The mode that it is built in, which says what `.env` files are read.
    pub mode: String,
    /// The folder for files with a hash, below `folder`; empty for that folder itself.
    pub hashed: Option<String>,
    pub public: Public,
    pub is_many_pages: bool,
    pub is_absolute: bool,
    pub notes: Vec<Note>,
}

/// Where files come from that are copied as they are.
pub(super) enum Public {
    /// A folder of the build context, by its path there.
    Folder(String),
    /// There are none.
    Nowhere,
    /// A folder of the image that isn't the project's.
    Elsewhere,
}

impl Public {
    /// The folder at a path of the image.
    pub fn at(built: &Built<'_>, path: &str) -> Self {
        if !places::is_within(path, &built.app) {
            return Public::Elsewhere;
        }
        let inside = path.strip_prefix(&*built.app).unwrap_or_default().trim_matches('/');
        Public::Folder(match inside {
            "" => built.project.folder.clone(),
            inside => places::below(&built.project.folder, inside),
        })
    }
}

/// `base`, `homepage` or PUBLIC_URL as the path that a server of the tool serves the site at, with a `/` at both ends.
/// Sources: `resolveBaseUrl` in vite's config.ts, getPublicUrlOrPath.js of react-dev-utils; both take the path of
/// `new URL(base, …)`, and `/` for what begins with a dot.
pub(super) fn mount_of(base: &str) -> String {
    let path = match base.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            rest.find('/').map_or("", |at| &rest[at..])
        }
        _ if base.starts_with('.') => "",
        _ => base,
    };
    match resolve("/", path).as_str() {
        "/" => "/".to_owned(),
        path => format!("{path}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::mount_of;

    #[test]
    fn a_base_is_served_at_its_path() {
        for (base, expected) in [
            ("/", "/"),
            ("", "/"),
            ("./", "/"),
            (".", "/"),
            ("/app", "/app/"),
            ("app", "/app/"),
            ("app/two/", "/app/two/"),
            ("/a/../b//c/", "/b/c/"),
            ("https://example.org", "/"),
            ("https://example.org/app", "/app/"),
            ("//example.org/app/", "/app/"),
        ] {
            assert_eq!(mount_of(base), expected, "{base}");
        }
    }
}
