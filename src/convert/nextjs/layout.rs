//! Where the app's folder stands in the image, and which folder its standalone output is relative to.

use super::base::Kind;
use super::detect::Found;
use crate::context::Parsed;
use crate::context::next_config::{NextConfig, Setting};
use crate::convert::commands::started_in;
use crate::convert::places::{self, folder_of};
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::resolve;
use crate::shell::{self, next};
use crate::syntax::{Instruction, Keyword};
use crate::text::Span;

const UNCLEAR: &str = "monorepo-layout-unclear";

const LOCKS: [&str; 7] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "pnpm-workspace.yaml",
];

/// Refuses folders that can't be told, and returns the root of the traced files: the app's own folder, or
/// that of the workspace that it is a part of.
pub(super) fn root(found: &Found<'_>, build: &Instruction) -> Result<String, Stop> {
    plain_folder(found, build)?;
    built_elsewhere(found, build)?;
    found.not_mounted(&resolve(&found.app, ".next"))?;
    start_folder(found)?;
    if let Some(root) = tracing_root(found)? {
        return Ok(root);
    }
    let locks = locks(found);
    let Some((root, path)) = locks.iter().find(|(folder, _)| *folder != found.app) else {
        return alone(found);
    };
    let by = |message: String| refused_by(UNCLEAR, found.view.absolute(path), None, message);
    if let Some((other, second)) = locks.iter().find(|(folder, _)| folder != root) {
        return Err(by(format!(
            "{path} and {second} come to lie in {root} and {other} in the image; which of them Next.js takes for the \
             root of the workspace hangs on its version. Set outputFileTracingRoot in next.config."
        )));
    }
    if root == "/" {
        return Err(by(format!(
            "{path} comes to lie in `/`, so Next.js would look for the app's files in the whole image. Set a WORKDIR \
             such as /app first."
        )));
    }
    let version = found.project.next_version.as_ref();
    if let Some(version) = version.filter(|version| version.major < 14) {
        return Err(by(format!(
            "{path} stands above the app, and Next.js {} doesn't look for the root of a workspace as later ones do. Set \
             outputFileTracingRoot in next.config.",
            version.text
        )));
    }
    // The text lockfile is known since 15.1.3 (vercel/next.js#74056), the settings alone only to the newest.
    let known = |path: &str| match path.rsplit('/').next() {
        Some("pnpm-workspace.yaml") => false,
        Some("bun.lock") => version.is_none_or(|version| {
            version.major > 15 || version.major == 15 && version.minor.is_none_or(|m| m > 1)
        }),
        _ => true,
    };
    // The newest take a lockfile only beside a package.json.
    let manifest = resolve(root, "package.json");
    let beside = found.view.projects.iter().any(|project| {
        let path = places::below(&project.folder, "package.json");
        places::in_image(&found.subject, found.view, found.stage, &path, Some(found.build))
            .contains(&manifest)
    });
    if !beside || !locks.iter().any(|(_, path)| known(path)) {
        return Err(by(format!(
            "{path} stands above the app, but not every Next.js takes {root} for the root of the workspace by what lies \
             there in the image. Set outputFileTracingRoot in next.config."
        )));
    }
    Ok(root.clone())
}

/// The lockfiles that lie in the app's folder or above it when it is built: the folder of the image, and the
/// path in the build context.
fn locks(found: &Found<'_>) -> Vec<(String, String)> {
    let mut locks = Vec::new();
    for project in &found.view.projects {
        for name in LOCKS {
            let path = places::below(&project.folder, name);
            if found.view.file(&path).is_none() {
                continue;
            }
            let all = places::in_image(&found.subject, found.view, found.stage, &path, Some(found.build));
            let above = all.iter().map(|place| places::parent(place));
            let above = above.filter(|folder| places::is_within(&found.app, folder));
            locks.extend(above.map(|folder| (folder.to_owned(), path.clone())));
        }
    }
    locks
}

/// An app without a lockfile above it; its packages must be its own.
fn alone(found: &Found<'_>) -> Result<String, Stop> {
    let workspace = found.view.projects.iter().find(|project| {
        let has = project.package().is_some_and(|package| !package.workspaces.is_empty());
        let manifest = places::below(&project.folder, "package.json");
        let places = places::in_image(&found.subject, found.view, found.stage, &manifest, Some(found.build));
        has && places.iter().any(|place| {
            let folder = places::parent(place);
            folder != found.app && places::is_within(&found.app, folder)
        })
    });
    match workspace {
        None => Ok(found.app.clone()),
        Some(project) => {
            let path = places::below(&project.folder, "package.json");
            Err(refused_by(
                UNCLEAR,
                found.view.absolute(&path),
                None,
                format!(
                    "{path} makes {} a part of a workspace, but no lockfile of it is in the image, by which Next.js \
                     finds the workspace's root.",
                    found.app
                ),
            ))
        }
    }
}

/// The root that next.config names; None where it names none.
fn tracing_root(found: &Found<'_>) -> Result<Option<String>, Stop> {
    let Some(config) = found.project.config() else { return Ok(None) };
    let span = match &config.content.tracing_root {
        Setting::Absent => return turbopack_root(config),
        Setting::Literal { span, .. } | Setting::Expression { span } => *span,
    };
    let text = span.of(&config.file.text);
    let root = folder_of(text).map(|folder| resolve(&found.app, &folder));
    match root.filter(|root| root != "/" && places::is_within(&found.app, root)) {
        Some(root) => Ok(Some(root)),
        None => Err(refused_by(
            NOT_YET,
            Some(config.file.path.clone()),
            Some(span),
            format!(
                "next.config sets outputFileTracingRoot to `{}`, so where server.js comes to lie can't be told.",
                text.chars().take(60).collect::<String>()
            ),
        )),
    }
}

/// `turbopack.root`, which newer versions take for the root of the traced files too.
fn turbopack_root(config: &Parsed<NextConfig>) -> Result<Option<String>, Stop> {
    let text = &config.file.text;
    let block = text.find("turbopack").map(|at| (at, &text[at..]));
    let inside = block.and_then(|(at, rest)| {
        let open = rest.find('{')?;
        let close = rest.find('}')?;
        let body = rest.get(open + 1..close)?;
        body.split([',', '\n', '{']).any(|part| part.trim().starts_with("root:")).then_some(at)
    });
    match inside {
        None => Ok(None),
        Some(at) => Err(refused_by(
            NOT_YET,
            Some(config.file.path.clone()),
            Some(Span::from(at..at + "turbopack".len())),
            "next.config sets turbopack.root, from which newer versions of Next.js take where server.js comes to lie. Set \
             outputFileTracingRoot too.",
        )),
    }
}

/// A folder that new lines can name.
fn plain_folder(found: &Found<'_>, build: &Instruction) -> Result<(), Stop> {
    let line = build.first_line;
    let workdir = &found.subject.model.last_frame(found.stage).workdir;
    if found.app == "/" && !workdir.certain && found.base.kind != Kind::Node {
        return Err(refused_at(
            NOT_YET,
            build,
            format!(
                "No WORKDIR says where line {line} builds, and the base image's own isn't known. Set one such as /app \
                 first."
            ),
        ));
    }
    if found.app == "/" {
        let mut workdirs = found
            .subject
            .model
            .steps(found.stage)
            .filter(|(id, i)| i.keyword == Keyword::Workdir && *id < found.build);
        let own = workdirs.next_back().map(|(_, own)| own);
        let instead = own.map_or_else(
            || "Set a WORKDIR such as /app first".to_owned(),
            |own| format!("Name a folder such as /app in the WORKDIR on line {}", own.first_line),
        );
        return Err(refused_at(
            NOT_YET,
            own.unwrap_or(build),
            format!(
                "Line {line} builds in `/`, so Next.js would look for the app's files in the whole image. {instead}."
            ),
        ));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if !found.app.chars().all(plain) {
        return Err(refused_at(
            NOT_YET,
            build,
            format!(
                "Line {line} builds in `{}`; a folder with blanks, quotes or other special characters isn't written \
                 into new lines yet.",
                found.app
            ),
        ));
    }
    let variable =
        found.subject.model.steps(found.stage).find(|(_, i)| {
            i.keyword == Keyword::Workdir && i.args.iter().any(|word| word.text.contains('$'))
        });
    match variable {
        Some((_, instruction)) => Err(refused_at(
            NOT_YET,
            instruction,
            format!("WORKDIR on line {} holds a variable; write the folder out.", instruction.first_line),
        )),
        None => Ok(()),
    }
}

/// A script that builds in another folder than its own.
fn built_elsewhere(found: &Found<'_>, build: &Instruction) -> Result<(), Stop> {
    let named = found.build_scripts().find_map(|line| {
        let script = shell::parse_str(line);
        script.commands().into_iter().find_map(|command| {
            let next = next::of(&command).filter(|next| next.verb == "build")?;
            let folder = next.folder.unwrap_or_else(|| ".".into());
            let place = resolve(&resolve("/", command.directory().unwrap_or("?")), &folder);
            (place != "/").then_some(place[1..].to_owned())
        })
    });
    match named {
        Some(folder) => Err(refused_at(
            NOT_YET,
            build,
            format!(
                "The script that line {} runs builds in the folder {folder}, which isn't followed yet.",
                build.first_line
            ),
        )),
        None => Ok(()),
    }
}

/// The start must be in the folder of the build.
fn start_folder(found: &Found<'_>) -> Result<(), Stop> {
    if found.starts_in_app {
        return Ok(());
    }
    let deciding = found.instructions.deciding();
    let at = deciding.and_then(|id| found.subject.instruction(id)).ok_or(Stop::NotMine)?;
    let named = found.start.settings.folder.as_deref().unwrap_or(".");
    let folder = found.start.folder.as_deref().or_else(|| started_in(&found.ran, at));
    let place = folder.map(|folder| resolve(folder, named));
    if place.as_deref() == Some(&*found.app) {
        return Ok(());
    }
    Err(refused_at(
        NOT_YET,
        at,
        format!(
            "Line {} starts the app in another folder than {}, where it is built.",
            at.first_line, found.app
        ),
    ))
}
