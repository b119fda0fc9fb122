//! What the project says: may it be built as a standalone output, and what belongs to that output.

use super::commands::Ran;
use super::detect::{Found, uses};
use super::places;
use super::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::context::next_config::{self, Output};
use crate::context::{Parsed, Project, VersionBasis, View, next_config::NextConfig};
use crate::convert::Note;
use crate::model::resolve;
use crate::shell::packages::Tool;
use crate::shell::{self, next};
use crate::syntax::{Instruction, flags};
use crate::text::{FileChange, FileEdit, FileId, Span};
use std::path::PathBuf;

/// The standalone output and how it is turned on.
pub(super) struct App {
    /// The folder of the build, relative to the app: `.next`.
    pub dist: String,
    pub public: Public,
    /// Files of the app that its server reads but that the output doesn't trace.
    pub extra: Vec<String>,
    /// The change of next.config; None where it is on already.
    pub config: Option<FileEdit>,
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
    let build = found.subject.instruction(found.build).ok_or(Stop::NotNextjs)?;
    version(found)?;
    if found.project.lockfiles.is_plug_n_play() && uses(&found.ran, Tool::Yarn) {
        return Err(refused_by(
            "yarn-pnp",
            absolute(found, ".yarnrc.yml"),
            None,
            "Yarn installs by Plug'n'Play here, without node_modules, and Next.js' standalone output needs those. \
             Set `nodeLinker: node-modules` in .yarnrc.yml first.",
        ));
    }
    exports(found)?;
    layout(found, build)?;
    for (name, what) in [
        ("prisma", "Prisma's client and engines"),
        ("@prisma/client", "Prisma's client and engines"),
        ("payload", "Payload's files"),
    ] {
        if found.package.dependency(name).is_some() {
            return Err(refused_by(
                NOT_YET,
                absolute(found, "package.json"),
                None,
                format!(
                    "package.json names {name}; what the run stage needs of {what} isn't worked out yet."
                ),
            ));
        }
    }
    let (dist, config, mut notes) = config(found)?;
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
    environment_files(found, &mut notes);
    sharp(found, &mut notes);
    Ok(App { dist, public, extra, config, notes })
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

fn version(found: &Found<'_>) -> Result<(), Stop> {
    let Some(version) = &found.project.next_version else { return Ok(()) };
    let by = |code, message: String| Err(refused_by(code, absolute(found, "package.json"), None, message));
    match (version.major, version.minor) {
        (12, Some(0 | 1)) => by(
            NOT_YET,
            format!(
                "The project uses Next.js {}, whose standalone output is still experimental; update to 12.2 or later.",
                version.text
            ),
        ),
        (12, None) if version.basis == VersionBasis::Range => by(
            NOT_YET,
            format!(
                "Which Next.js 12 `{}` installs isn't known without a lockfile, and 12.0 and 12.1 are set up \
                 differently.",
                version.text
            ),
        ),
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
        direct || ran.script().is_some_and(|name| scripts_of(found, name).any(is_export))
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

/// The lines of a script, its `pre` and `post` scripts, and those that it names directly.
fn scripts_of<'a>(found: &'a Found<'_>, name: &str) -> impl Iterator<Item = &'a str> {
    let names = [format!("pre{name}"), name.to_owned(), format!("post{name}")];
    let own: Vec<&str> = names.iter().filter_map(|name| found.package.script(name)).collect();
    let called = found.package.scripts.iter().filter(|(called, _)| {
        own.iter().any(|line| line.split([' ', ';', '&', '|']).any(|word| word == called))
    });
    let called: Vec<&str> = called.map(|(_, line)| line.as_str()).collect();
    own.into_iter().chain(called)
}

/// The output has `server.js` at its top only where nothing above the app's folder is taken for the root
/// of a workspace.
///
/// Next.js takes the topmost folder with a lockfile for the root (`findRootDirAndLockFiles` in
/// next/dist/lib/find-root.js), and keeps paths relative to it.
fn layout(found: &Found<'_>, build: &Instruction) -> Result<(), Stop> {
    let line = build.first_line;
    if found.app == "/" {
        return Err(refused_at(
            NOT_YET,
            build,
            format!(
                "Line {line} builds in `/`, so Next.js would look for the app's files in the whole image. Set a \
                 WORKDIR such as /app first."
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
    if let Some(config) = found.project.config()
        && config.content.tracing_root != next_config::Setting::Absent
    {
        return Err(refused_by(
            NOT_YET,
            Some(config.file.path.clone()),
            None,
            "next.config sets outputFileTracingRoot, so where server.js comes to lie hangs on it.",
        ));
    }
    let variable = found.subject.model.steps(found.stage).find(|(_, i)| {
        i.keyword == crate::syntax::Keyword::Workdir && i.args.iter().any(|word| word.text.contains('$'))
    });
    if let Some((_, instruction)) = variable {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!("WORKDIR on line {} holds a variable; write the folder out.", instruction.first_line),
        ));
    }
    let locks =
        ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
    for project in &found.view.projects {
        for name in locks.iter().chain(&["pnpm-workspace.yaml"]) {
            let path = places::below(&project.folder, name);
            if found.view.file(&path).is_none() {
                continue;
            }
            let all = places::in_image(&found.subject, found.view, found.stage, &path, Some(found.build));
            let above = all.iter().find(|place| {
                let folder = places::parent(place);
                folder != found.app && places::is_within(&found.app, folder)
            });
            if let Some(place) = above {
                return Err(refused_by(
                    NOT_YET,
                    found.view.absolute(&path),
                    None,
                    format!(
                        "{place} stands above the app's folder {} in the image, so Next.js takes it for a workspace \
                         and puts server.js into a sub-folder; apps of a workspace aren't converted yet.",
                        found.app
                    ),
                ));
            }
        }
    }
    let filtered = found.ran.iter().filter(|ran| ran.id == found.build).find_map(|ran| {
        let action = ran.action.as_ref()?;
        action
            .flag(&["-w", "--workspace", "--filter", "-F", "-r", "--recursive", "--workspaces"])
            .map(|_| ran)
    });
    if let Some(ran) = filtered {
        return Err(refused_at(
            "monorepo-layout-unclear",
            ran.instruction,
            format!("Line {line} builds by a filter; which folder holds the app isn't clear from it."),
        ));
    }
    let named = scripts_of_build(found).find_map(|line| {
        let script = shell::parse_str(line);
        let folders = script.commands().into_iter().filter_map(|command| next::of(&command));
        folders
            .filter(|next| next.verb == "build")
            .find_map(|next| next.folder)
            .filter(|folder| folder != ".")
    });
    if let Some(folder) = named {
        let message = format!(
            "The script that line {line} runs builds in the folder {folder}, which isn't followed yet."
        );
        return Err(refused_at(NOT_YET, build, message));
    }
    mounted(found, build)?;
    start_folder(found)
}

/// The scripts that the RUN of the build runs.
fn scripts_of_build<'a>(found: &'a Found<'_>) -> impl Iterator<Item = &'a str> {
    let names = found.ran.iter().filter(|ran| ran.id == found.build).filter_map(Ran::script);
    names.flat_map(|name| scripts_of(found, name))
}

/// What the build writes must be in the stage afterwards, and not in a mount.
fn mounted(found: &Found<'_>, build: &Instruction) -> Result<(), Stop> {
    let output = resolve(&found.app, ".next");
    let workdir = found.subject.model.frame(found.build).map_or("/", |frame| &*frame.workdir.path);
    for flag in build.flags.iter().filter(|flag| &*flag.name == "mount") {
        let Some(value) = &flag.value else { continue };
        let mount = flags::mount::parse(&value.text);
        let target = ["target", "dst", "destination"].iter().find_map(|name| mount.value(name));
        let Some(target) = target.map(|target| resolve(workdir, target)) else { continue };
        if places::is_within(&output, &target) {
            return Err(refused_at(
                NOT_YET,
                build,
                format!(
                    "Line {} builds into a mount at {target}, of which nothing is left for a stage to copy.",
                    build.first_line
                ),
            ));
        }
    }
    Ok(())
}

/// The start must be in the folder of the build.
fn start_folder(found: &Found<'_>) -> Result<(), Stop> {
    let at =
        found.instructions.deciding().and_then(|id| found.subject.instruction(id)).ok_or(Stop::NotNextjs)?;
    let workdir = &*found.subject.model.last_frame(found.stage).workdir.path;
    let start = &found.start;
    let named = start.settings.folder.as_deref().unwrap_or(".");
    let place = start.folder.as_deref().map(|folder| resolve(&resolve(workdir, folder), named));
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

/// The build's folder, the change of next.config, and notes on it.
fn config(found: &Found<'_>) -> Result<(String, Option<FileEdit>, Vec<Note>), Stop> {
    let mut notes = Vec::new();
    let parsed = match &found.project.next_config {
        None => return Ok((".next".into(), Some(new_config(found)?), notes)),
        Some(Err(problem)) => {
            return Err(refused_by(NOT_YET, Some(problem.path.clone()), None, problem.to_string()));
        }
        Some(Ok(parsed)) => parsed,
    };
    let path = parsed.file.path.clone();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !found.is_built_with(&name) {
        return Err(refused_by(
            NOT_YET,
            Some(path),
            None,
            format!(
                "The Dockerfile doesn't copy {name} to {} before the build, so what it sets has no effect.",
                found.app
            ),
        ));
    }
    let dist = dist_dir(parsed)?;
    let text = &parsed.file.text;
    if let Some(at) = text.find("cacheHandler") {
        return Err(refused_by(
            NOT_YET,
            Some(path),
            Some(Span::from(at..at + "cacheHandler".len())),
            format!("{name} sets a cache handler, whose file the standalone output may not trace."),
        ));
    }
    if let Some(at) = text.find("RuntimeConfig") {
        let start = text[..at].rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1);
        notes.push(Note {
            warning: true,
            message: format!(
                "{name} has runtime configuration. The standalone server doesn't read next.config: what \
                 publicRuntimeConfig and serverRuntimeConfig take from the environment is fixed when it is built."
            ),
            path: Some(path.clone()),
            span: Some(Span::from(start..at + "RuntimeConfig".len())),
        });
    }
    let edits = match (&parsed.content.output, &parsed.content.standalone_edit) {
        (Output::Standalone { .. }, _) => return Ok((dist, None, notes)),
        (_, Ok(edits)) => edits.clone(),
        (output, Err(why)) => {
            let span = match output {
                Output::OtherLiteral { span, .. } | Output::Expression { span } => Some(*span),
                _ => None,
            };
            let message = format!(
                "{name} can't be edited safely: {why} Add `output: \"standalone\"` to its configuration yourself."
            );
            return Err(refused_by(NOT_YET, Some(path), span, message));
        }
    };
    let change = FileChange::Modify { base: text.clone(), version: parsed.file.version, edits };
    let label = Some("Next.js writes a server with only the files it needs".into());
    Ok((dist, Some(FileEdit { file: FileId::Path(path), change, label }), notes))
}

fn new_config(found: &Found<'_>) -> Result<FileEdit, Stop> {
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
    let path = absolute(found, name).ok_or(Stop::NotNextjs)?;
    let label = Some("Next.js writes a server with only the files it needs".into());
    Ok(FileEdit { file: FileId::Path(path), change: FileChange::Create { text: text.into() }, label })
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
        next_config::Setting::Absent => Ok(".next".into()),
        next_config::Setting::Expression { span } => Err(unclear(*span)),
        next_config::Setting::Literal { value, span } => {
            let dist = value.trim_start_matches("./").trim_end_matches('/');
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            let odd = dist.is_empty()
                || dist.starts_with('/')
                || dist.split('/').any(|part| matches!(part, ".." | "." | ""));
            if odd || !dist.chars().all(plain) { Err(unclear(*span)) } else { Ok(dist.to_owned()) }
        }
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
