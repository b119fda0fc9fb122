//! Is it a Next.js project, and of what shape: the stage, the build, the app's folder, the start.

use super::app;
use super::base::{self, Base};
use super::builds::{Build, builds_of, no_build, one_build};
use super::entry::{self, Entry};
use super::layout;
use super::scope::{is_nextjs, starts_another};
use super::script::{Image, Spot};
use super::start::{self, Begin, Scripts, Start};
use super::workspace;
use crate::context::{Project, StartKind};
use crate::convert::ask::Answers;
use crate::convert::built::{self, Built};
use crate::convert::commands::{self, Ran};
use crate::convert::instructions::Instructions;
use crate::convert::origin::{copies_plainly, fetches_source};
use crate::convert::places::project_in;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by, shown};
use crate::convert::sound::single_stage;
use crate::layers::Subject;
use crate::model::Stage;
use crate::shell::Link;
use crate::shell::packages::Verb;
use crate::syntax::{Instruction, Keyword};
use std::ops::Deref;

/// A single stage that builds one Next.js app and starts it plainly.
pub(super) struct Found<'a> {
    pub built: Built<'a>,
    /// The folder that the standalone output is relative to: the app's own, or that of its workspace.
    pub root: String,
    pub base: Base,
    pub start: Start,
    /// The file names the app by its name in the workspace, so that it starts in its own folder.
    pub starts_in_app: bool,
    /// The shell scripts that stand in front of the app and stay there.
    pub entry: Entry,
    pub answers: &'a Answers<'a>,
}

/// What every recipe knows of a build is asked of this one's as well.
impl<'a> Deref for Found<'a> {
    type Target = Built<'a>;

    fn deref(&self) -> &Built<'a> {
        &self.built
    }
}

impl Found<'_> {
    /// The app's folder within the root of its workspace, with a `/` behind it; empty where it is the root.
    pub fn below_root(&self) -> String {
        match workspace::within(&self.app, &self.root) {
            "" => String::new(),
            folder => format!("{folder}/"),
        }
    }
}

pub(super) fn detect<'a>(subject: &Subject<'a>, answers: &'a Answers<'a>) -> Result<Found<'a>, Stop> {
    let ran: Vec<Vec<Ran<'a>>> =
        subject.model.stages().iter().map(|stage| commands::of_stage(subject, stage)).collect();
    if !is_nextjs(subject, &ran) {
        return Err(Stop::NotMine);
    }
    let stage = single_stage(subject)?;
    let ran = ran.into_iter().next().unwrap_or_default();
    let view = subject.context;
    let instructions = Instructions::of(subject, stage);
    let project_in =
        |folder: &str, until| view.and_then(|view| project_in(subject, view, stage, folder, until));

    let here: Vec<(&Ran<'a>, Option<&'a Project>)> = ran
        .iter()
        .filter(|ran| ran.instruction.keyword == Keyword::Run)
        .map(|ran| (ran, ran.folder.as_deref().and_then(|folder| project_in(folder, Some(ran.id)))))
        .collect();
    let mut builds: Vec<Build<'_, 'a>> =
        here.iter().flat_map(|(ran, project)| builds_of(subject, stage, ran, *project)).collect();

    let at = instructions.deciding().and_then(|id| subject.instruction(id));
    let begun = ran.iter().rev().find(|ran| at.is_some_and(|at| ran.instruction.span == at.span));
    let folder = at.and_then(|at| commands::started_in(&ran, at));
    let workdir = &*subject.model.last_frame(stage).workdir.path;
    let named = begun.and_then(|ran| ran.next.as_ref()?.folder.clone());
    let folder = folder.unwrap_or(workdir);
    let named = named.and_then(|named| project_in(&crate::model::resolve(folder, &named), None));
    let mut started_project = named.or_else(|| project_in(folder, None));
    if let (Some(view), Some(ran)) = (view, begun)
        && starts_another(subject, view, stage, started_project, folder, ran)
    {
        return Err(Stop::NotMine);
    }
    // A start through the workspace is that of the apps it names.
    let through = view.zip(begun);
    let mut through = through
        .map(|(view, ran)| workspace::started(view, started_project, &ran.command))
        .unwrap_or_default();
    if through.len() > 1 {
        let build = one_build(std::mem::take(&mut builds), answers)?;
        through.retain(|(app, _)| {
            build.as_ref().and_then(|build| build.project).is_some_and(|project| project.folder == app.folder)
        });
        builds.extend(build);
    }
    let through = through.into_iter().next();
    if let Some((app, _)) = &through {
        started_project = Some(app);
    }
    if let Some(started) = started_project.filter(|_| builds.len() > 1) {
        let is_started = |build: &Build<'_, '_>| build.project.is_some_and(|p| p.folder == started.folder);
        let only = builds.iter().find(|build| is_started(build)).map(|build| build.ran.id);
        // Two instructions that build are two apps, whichever of them is started.
        if only.is_some_and(|id| builds.iter().all(|build| build.ran.id == id)) {
            builds.retain(is_started);
        }
    }
    let built_project = builds.last().and_then(|build| build.project);
    let package = started_project.or(built_project).and_then(Project::package);
    // `npm --prefix web start` is a start in that folder.
    let elsewhere = begun.and_then(|ran| ran.action.as_ref()).filter(|action| action.directory.is_some());
    let elsewhere = elsewhere.and_then(|action| match &action.verb {
        Verb::RunScript(script) => Some(workspace::in_its_folder(script, &workspace::arguments(action))),
        _ => None,
    });
    let line = through.as_ref().map(|(_, line)| line.as_str()).or(elsewhere.as_deref());
    let image = Some(Image { subject, stage });
    let scripts = Scripts { package, line, image, folder: workdir };
    let (spot, begin) = start::read(subject, &instructions, scripts).apart();
    started_otherwise(subject, &instructions, spot.as_ref(), &begin)?;
    runs_a_server(&here)?;
    fetches_source(subject, stage, &ran)?;
    copies_plainly(subject, stage)?;

    if let Some(project) = built_project.or(started_project) {
        app::not_too_old(view, project)?;
    }
    let Some(build) = one_build(builds, answers)? else {
        return Err(no_build(subject, stage, &ran, &instructions));
    };
    let start = plainly_started(subject, stage, &instructions, spot, begin)?;
    let Build { ran: build, project, folder } = build;
    let (view, project, package, app) = built::project(subject, project, build, folder, "started")?;
    let starts_in_app = through.is_some_and(|(started, _)| started.folder == project.folder);
    let base = base::of(subject, stage, &ran, answers)?;
    if start.by_bun
        && base.runtime != "bun"
        && let Some(at) = at
    {
        return Err(refused_at(
            NOT_YET,
            at,
            format!(
                "`{}` on line {} has Bun run the server, and the base image isn't Bun's own, so the run stage would have to \
                 install it again.",
                shown(at, subject.source()),
                at.first_line
            ),
        ));
    }
    if let Some(at) = at.filter(|_| base.runtime != "node" && !start.settings.node_flags.is_empty()) {
        let (text, line) = (shown(at, subject.source()), at.first_line);
        let message =
            format!("`{text}` on line {line} gives flags to Node.js, where Bun would run the server.");
        return Err(refused_at(NOT_YET, at, message));
    }
    let (build, instruction) = (build.id, build.instruction);
    let root = app.clone();
    let built = Built { subject: *subject, stage, view, project, package, build, app, ran, instructions };
    let mut found = Found { built, root, base, start, starts_in_app, entry: Entry::default(), answers };
    found.root = layout::root(&found, instruction)?;
    entry::decide(&mut found)?;
    Ok(found)
}

/// The starts that refuse before anything else is looked at.
fn started_otherwise(
    subject: &Subject<'_>,
    instructions: &Instructions,
    spot: Option<&Spot>,
    begin: &Begin,
) -> Result<(), Stop> {
    let Some(at) = instructions.deciding().and_then(|id| subject.instruction(id)) else { return Ok(()) };
    let what = what(subject, at, spot);
    Err(match begin {
        Begin::Dev => decided(
            "dev-server-command",
            at,
            spot,
            format!("{what} starts the development server; there is no build to make smaller."),
        ),
        Begin::Several(other) => decided(
            "several-processes",
            at,
            spot,
            format!("{what} starts {other} beside the app, in one container."),
        ),
        Begin::Builds => decided(
            "build-runs-at-container-start",
            at,
            spot,
            format!(
                "{what} builds the app when the container starts. Build it in a RUN first; what \
                 the build needs from a database or from NEXT_PUBLIC_ variables must then be there at build time."
            ),
        ),
        _ => return Ok(()),
    })
}

fn runs_a_server(ran: &[(&Ran<'_>, Option<&Project>)]) -> Result<(), Stop> {
    for (ran, project) in ran {
        if ran.command.follows == Some(Link::Background) {
            continue;
        }
        let starts = match (&ran.next, ran.script(), project.and_then(Project::package)) {
            (Some(next), ..) => next.verb == "start" || next.verb == "dev" && next.folder.is_none(),
            (None, Some(script), Some(package)) => {
                matches!(package.start_kind(script), StartKind::NextStart(_) | StartKind::NextDev)
            }
            (None, Some(script), None) => matches!(script, "start" | "dev"),
            _ => false,
        };
        if starts {
            return Err(refused_at(
                "run-starts-a-server",
                ran.instruction,
                format!(
                    "RUN on line {} starts a server, so the build never ends.",
                    ran.instruction.first_line
                ),
            ));
        }
    }
    Ok(())
}

/// The start, where it is a plain one.
fn plainly_started(
    subject: &Subject<'_>,
    stage: &Stage,
    instructions: &Instructions,
    spot: Option<Spot>,
    begin: Begin,
) -> Result<Start, Stop> {
    let at = match begin {
        // What isn't understood is what stands in front.
        Begin::NotYet(_) => instructions.entrypoint.or(instructions.cmd),
        _ => instructions.deciding(),
    };
    let Some(at) = subject.instruction(at.unwrap_or(stage.from)) else { return Err(Stop::NotMine) };
    let spot = spot.as_ref();
    let what = what(subject, at, spot);
    Err(match begin {
        Begin::Next(start) => return Ok(*start),
        Begin::Nothing => refused_at(
            "no-start-command",
            at,
            "The file has no CMD or ENTRYPOINT, so how the app is started isn't known.",
        ),
        Begin::Custom(entry) => decided(
            "custom-server",
            at,
            spot,
            format!(
                "{what} runs {entry}, a server of the project's own; Next.js' standalone output \
                 can't be used with one."
            ),
        ),
        Begin::Static(server) => decided(
            "static-export",
            at,
            spot,
            format!("{what} serves plain files with {server}; there is no Next.js server to keep."),
        ),
        Begin::NotYet(why) => decided(NOT_YET, at, spot, format!("{what} {why}.")),
        Begin::Other(why) => decided(
            "start-script-is-not-next-start",
            at,
            spot,
            format!(
                "{what} isn't a plain `next start`: it {why}. The standalone server would leave \
                 that out."
            ),
        ),
        Begin::Dev | Begin::Builds | Begin::Several(_) | Begin::At(..) => {
            decided(NOT_YET, at, spot, format!("{what} isn't a plain `next start`."))
        }
    })
}

/// What decides on the start, as a message names it: an instruction, or a command of a script.
fn what(subject: &Subject<'_>, at: &Instruction, spot: Option<&Spot>) -> String {
    match spot {
        Some(spot) => spot.what.clone(),
        None => format!("`{}` on line {}", shown(at, subject.source()), at.first_line),
    }
}

/// A refusal that a place in a script decides, else the instruction.
fn decided(code: &'static str, at: &Instruction, spot: Option<&Spot>, message: String) -> Stop {
    match spot {
        Some(spot) => refused_by(code, spot.path.clone(), Some(spot.span), message),
        None => refused_at(code, at, message),
    }
}
