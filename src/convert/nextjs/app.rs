//! What the project says: may it be built as a standalone output, and what belongs to that output.

use super::browsers;
use super::config::{self, Standalone};
use super::detect::Found;
use super::prisma;
use super::secrets;
use super::yarn;
use crate::context::next_config::Output;
use crate::context::{Project, View};
use crate::convert::Note;
use crate::convert::commands::Ran;
use crate::convert::places;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::resolve;
use crate::shell::{self, next};
use crate::syntax::Keyword;
use std::path::PathBuf;

/// What the run stage takes from the project.
pub(super) struct App {
    pub standalone: Standalone,
    pub public: Public,
    /// Files of the app that its server reads but that the output doesn't trace.
    pub extra: Vec<String>,
    pub notes: Vec<Note>,
}

/// The folder public/ in the build stage, when the build is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Public {
    Missing,
    There,
    /// A dependency may have written it.
    Perhaps,
}

/// Dependencies that write public/ while they build.
const WRITES_PUBLIC: [&str; 6] =
    ["next-pwa", "@ducanh2912/next-pwa", "@imbios/next-pwa", "@serwist/next", "next-offline", "next-sitemap"];

/// Stands for any file in public/: what takes the folder takes this too.
pub(super) const IN_PUBLIC: &str = "public/robots.txt";

pub(super) fn read(found: &Found<'_>) -> Result<App, Stop> {
    found.installs()?;
    yarn::check(found)?;
    exports(found)?;
    browsers::check(found)?;
    secrets::check(found)?;
    let mut notes = Vec::new();
    prisma::check(found, &mut notes)?;
    sharp_path(found)?;
    let mut standalone = config::read(found)?;
    notes.append(&mut standalone.notes);
    let public = public(found);
    if public != Public::There && found.project.has_public {
        notes.push(Note {
            warning: true,
            message: "The folder public/ isn't copied into the image before the build, so its files aren't served; \
                      the run stage leaves it out too."
                .into(),
            path: absolute(found, "public"),
            span: None,
        });
    }
    let mut extra = Vec::new();
    if found.package.dependency("next-i18next").is_some() {
        let names = ["js", "mjs", "cjs", "ts"].map(|ending| format!("next-i18next.config.{ending}"));
        extra.extend(names.into_iter().filter(|name| {
            found.view.file(&places::below(&found.project.folder, name)).is_some()
                && found.is_built_with(name)
        }));
    }
    if found.package.dependency("payload").is_some() {
        notes.push(Note {
            warning: true,
            message: "The run stage has no command line of Payload: run its migrations from the build stage, and keep \
                      uploads on a volume."
                .into(),
            path: absolute(found, "package.json"),
            span: None,
        });
    }
    several_locks(found, &mut notes);
    environment_files(found, &mut notes);
    sharp(found, &mut notes);
    Ok(App { standalone, public, extra, notes })
}

pub(super) fn absolute(found: &Found<'_>, name: &str) -> Option<PathBuf> {
    found.view.absolute(&places::below(&found.project.folder, name))
}

/// Next.js writes a standalone output from 12 on.
pub(super) fn not_too_old(view: Option<&View>, project: &Project) -> Result<(), Stop> {
    match &project.next_version {
        Some(version) if version.major < 12 => Err(refused_by(
            "next-too-old",
            view.and_then(|view| view.absolute(&places::below(&project.folder, "package.json"))),
            None,
            format!("The project uses Next.js {}; the standalone output is there from 12 on.", version.text),
        )),
        _ => Ok(()),
    }
}

/// A static site has no server to keep.
fn exports(found: &Found<'_>) -> Result<(), Stop> {
    if let Some(parsed) = found.project.config()
        && let Output::Export { span } = parsed.content.output
    {
        return Err(refused_by(
            "static-export",
            Some(parsed.file.path.clone()),
            Some(span),
            "next.config sets `output: \"export\"`: the build is a static site and has no server.",
        ));
    }
    let is_export = |line: &str| {
        let script = shell::parse_str(line);
        script.commands().iter().any(|command| {
            next::of(command)
                .is_some_and(|next| next.verb == "export" || next.folder.as_deref() == Some("export"))
        })
    };
    let exporting = found.ran.iter().filter(|ran| ran.id <= found.build).find(|ran| {
        let direct = ran.next.as_ref().is_some_and(|next| next.folder.as_deref() == Some("export"));
        direct || ran.script().is_some_and(|name| found.scripts_of(name).any(is_export))
    });
    match exporting {
        Some(Ran { instruction, .. }) => Err(refused_at(
            "static-export",
            instruction,
            format!(
                "Line {} exports a static site with `next export`; there is no server to keep.",
                instruction.first_line
            ),
        )),
        None => Ok(()),
    }
}

/// Whether public/ of the project lies in the build stage.
pub(super) fn public(found: &Found<'_>) -> Public {
    let folder = places::below(&found.project.folder, "public");
    let listed = found.view.folders.iter().any(|known| **known == *folder);
    let kept = listed || found.view.truncated && !found.view.ignores(&folder);
    if found.project.has_public && kept && found.is_built_with(IN_PUBLIC) {
        Public::There
    } else if WRITES_PUBLIC.iter().any(|name| found.package.dependency(name).is_some()) {
        Public::Perhaps
    } else {
        Public::Missing
    }
}

/// Lockfiles of several package managers: one of them isn't kept up.
fn several_locks(found: &Found<'_>, notes: &mut Vec<Note>) {
    let locks = &found.project.lockfiles.found;
    let Some(first) = locks.first() else { return };
    if let Some(other) = locks.iter().find(|lock| lock.kind.manager() != first.kind.manager()) {
        notes.push(Note {
            warning: true,
            message: format!(
                "{} and {} are both there. What is installed hangs on the command in the Dockerfile, which stays; delete \
                 the one that isn't kept up.",
                first.kind.file_name(),
                other.kind.file_name()
            ),
            path: Some(other.path.clone()),
            span: None,
        });
    }
}

fn environment_files(found: &Found<'_>, notes: &mut Vec<Note>) {
    for name in &found.project.env_files {
        if name.ends_with(".local")
            && name != ".env.development.local"
            && name != ".env.test.local"
            && found.is_built_with(name)
        {
            notes.push(Note {
                warning: true,
                message: format!(
                    "{name} is copied into the build, but the standalone output doesn't take it along: what only \
                     the server reads from it is missing at run time. Give those to the container as environment \
                     variables."
                ),
                path: absolute(found, name),
                span: None,
            });
        }
    }
}

fn sharp(found: &Found<'_>, notes: &mut Vec<Note>) {
    let old = found.project.next_version.as_ref().is_some_and(|version| version.major < 15);
    if old && found.package.dependency("sharp").is_none() {
        let version = found.project.next_version.as_ref().map(|v| v.text.as_str()).unwrap_or_default();
        notes.push(Note {
            warning: true,
            message: format!(
                "Next.js {version} optimises images in a standalone output only with `sharp`, which package.json \
                 doesn't name. Add it where the app uses next/image."
            ),
            path: absolute(found, "package.json"),
            span: None,
        });
    }
}

/// NEXT_SHARP_PATH must lead to a file that the run stage has: sharp among the app's own packages.
fn sharp_path(found: &Found<'_>) -> Result<(), Stop> {
    let modules = resolve(&found.app, "node_modules");
    for (id, instruction) in found.subject.model.steps(found.stage) {
        if instruction.keyword != Keyword::Env {
            continue;
        }
        let Some((_, value)) = instruction.pairs().find(|(name, _)| &*name.text == "NEXT_SHARP_PATH") else {
            continue;
        };
        let path = found.subject.model.expanded(id, &value.text).unwrap_or_default();
        let own = path.starts_with('/') && places::is_within(&path, &modules);
        if !own || found.package.dependency("sharp").is_none() {
            return Err(refused_at(
                NOT_YET,
                instruction,
                format!(
                    "NEXT_SHARP_PATH on line {} names {}, which the standalone output doesn't take along; name sharp in \
                     package.json instead.",
                    instruction.first_line, value.text
                ),
            ));
        }
    }
    Ok(())
}
