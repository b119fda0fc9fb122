//! What Create React App's settings say of a site: package.json, and variables.

use super::environment::{Whose, certain, find};
use super::output::{Public, Site, mount_of};
use super::start::{Server, Start};
use crate::context::Program;
use crate::convert::Note;
use crate::convert::built::Built;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, warning};
use crate::model::resolve;
use crate::syntax::Keyword;

pub(super) fn site(built: &Built<'_>, build: &Program, start: &Start) -> Result<Site, Stop> {
    writes_env_file(built)?;
    let folder = certain(built, Whose::Build(build), "BUILD_PATH")?.unwrap_or_else(|| "build".into());
    let mut notes = Vec::new();
    let mount = match start.server {
        Server::Dev(_) => {
            serves_tls(built, start)?;
            mount(built, build, start, &mut notes)?
        }
        Server::Files(_) | Server::Preview => "/".to_owned(),
    };
    Ok(Site {
        root: built.app.clone(),
        is_absolute: folder.starts_with('/'),
        folder: resolve(&built.app, &folder),
        mount,
        mode: "production".into(),
        hashed: Some("static".into()),
        public: Public::at(built, &resolve(&built.app, "public")),
        is_many_pages: false,
        notes,
    })
}

/// Where the development server serves the site, which must be where the built pages ask for their scripts. Source:
/// getPublicUrlOrPath.js of react-dev-utils: PUBLIC_URL counts before `homepage`, and the build takes it as it stands.
fn mount(built: &Built<'_>, build: &Program, start: &Start, notes: &mut Vec<Note>) -> Result<String, Stop> {
    let (at_build, at_start) = (Whose::Build(build), Whose::Start(start));
    let homepage = built.package.raw.get("homepage").and_then(|value| value.as_str());
    let written = certain(built, at_build, "PUBLIC_URL")?;
    let served = certain(built, at_start, "PUBLIC_URL")?;
    let instruction = |id: Option<_>| id.and_then(|id| built.subject.instruction(id)).ok_or(Stop::NotMine);
    let started_at = instruction(built.instructions.deciding())?;
    let built_at = instruction(Some(built.build))?;
    let is_path = |url: &str| url.starts_with('.') || url.starts_with('/') && !url.starts_with("//");
    if let Some(url) = written.as_deref().filter(|url| !is_path(url)) {
        let message = format!(
            "Line {} builds pages that ask for their scripts at `{url}` (PUBLIC_URL), and not on the server that has the \
             pages, as the development server of line {} did. Give it as a path.",
            built_at.first_line, started_at.first_line
        );
        return Err(match find(built, at_build, "PUBLIC_URL")? {
            Some(variable) => variable.refused(built, at_build, message),
            None => refused_at(NOT_YET, built_at, message),
        });
    }
    let base = |set: &Option<String>| set.as_deref().or(homepage).unwrap_or("/").to_owned();
    let (written, served) = (base(&written), base(&served));
    let (mount, other) = (mount_of(&served), mount_of(&written));
    if mount != other {
        let message = format!(
            "Line {} serves the site at {mount}, but line {} builds it for {other}: PUBLIC_URL differs. Give both the same.",
            started_at.first_line, built_at.first_line
        );
        return Err(refused_at(NOT_YET, started_at, message));
    }
    if written.starts_with('.') {
        let message = format!(
            "The built pages ask for their scripts relative to their own path (`{written}`), which the development server \
             of line {} didn't: opened at a deeper path such as /a/b, the app doesn't find them.",
            started_at.first_line
        );
        notes.push(warning(started_at, message));
    }
    Ok(mount)
}

/// HTTPS=true has the development server answer over TLS (react-scripts' start.js).
fn serves_tls(built: &Built<'_>, start: &Start) -> Result<(), Stop> {
    let whose = Whose::Start(start);
    let Some(variable) = find(built, whose, "HTTPS")? else { return Ok(()) };
    if variable.value.as_deref().is_some_and(|value| value != "true") {
        return Ok(());
    }
    let message = "HTTPS has the development server serve over TLS itself; nginx isn't told to do so yet.";
    Err(variable.refused(built, whose, message))
}

/// Refuses RUNs that change `.env` files, where these set what is read here.
fn writes_env_file(built: &Built<'_>) -> Result<(), Stop> {
    let runs = built.subject.model.steps(built.stage).filter(|(_, i)| i.keyword == Keyword::Run);
    for (_, instruction) in runs {
        let text = instruction.span.of(built.source());
        if !text.split([' ', '\t', '\n', '/', '=', '"', '\'', '>']).any(|word| word.starts_with(".env")) {
            continue;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut words = text.split(|c: char| !is_part(c));
        let written = words.find(|word| ["BUILD_PATH", "HTTPS", "PORT", "PUBLIC_URL"].contains(word));
        let set = built.project.env_settings.first();
        let (name, file) = match (written, set) {
            (Some(name), _) => (name, ".env"),
            (None, Some(set)) => (set.name, &*set.file),
            (None, None) => continue,
        };
        let message = format!(
            "Line {} has to do with {file}, which may set {name}; what the file holds when the site is built and served \
             isn't followed.",
            instruction.first_line
        );
        return Err(refused_at(NOT_YET, instruction, message));
    }
    Ok(())
}
