//! Is it a site of files, and of what shape: the stage, the build, the folder, what serves it.

use super::frameworks;
use super::output::{self, Output};
use super::port;
use super::programs::{self, Role, Tool};
use super::proxy;
use super::start::{self, Begin, Server, Start};
use crate::context::{Program, Project};
use crate::convert::ask::Answers;
use crate::convert::built::{self, Built};
use crate::convert::commands::{self, Ran};
use crate::convert::instructions::Instructions;
use crate::convert::origin::{copies_plainly, fetches_source};
use crate::convert::places::{self, project_in};
use crate::convert::refuse::{NOT_YET, Stop, refused, refused_at, shown};
use crate::convert::sound::single_stage;
use crate::layers::Subject;
use crate::model::{Stage, resolve};
use crate::shell::Link;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, Keyword};
use std::ops::Deref;

/// A single stage that builds one site and serves it.
pub(super) struct Found<'a> {
    pub built: Built<'a>,
    pub tool: Tool,
    pub start: Start,
    pub output: Output,
    /// Where nginx listens.
    pub port: port::Port,
    pub answers: &'a Answers<'a>,
}

/// What every recipe knows of a build is asked of this one's as well.
impl<'a> Deref for Found<'a> {
    type Target = Built<'a>;

    fn deref(&self) -> &Built<'a> {
        &self.built
    }
}

/// A RUN that builds, with the project in its folder.
struct Build<'r, 'a> {
    ran: &'r Ran<'a>,
    project: Option<&'a Project>,
    tool: Tool,
    program: Program,
}

pub(super) fn detect<'a>(subject: &Subject<'a>, answers: &'a Answers<'a>) -> Result<Found<'a>, Stop> {
    let ran: Vec<Vec<Ran<'a>>> =
        subject.model.stages().iter().map(|stage| commands::of_stage(subject, stage)).collect();
    if !is_site(subject, &ran) {
        return Err(Stop::NotMine);
    }
    let stage = single_stage(subject)?;
    let ran = ran.into_iter().next().unwrap_or_default();
    let instructions = Instructions::of(subject, stage);
    let builds = builds(subject, stage, &ran)?;

    let at = instructions.deciding().and_then(|id| subject.instruction(id));
    let folder = at.and_then(|at| commands::started_in(&ran, at));
    let workdir = &*subject.model.last_frame(stage).workdir.path;
    let folder = folder.unwrap_or(workdir).to_owned();
    let started = subject.context.and_then(|view| project_in(subject, view, stage, &folder, None));
    let last = builds.last();
    let project = started.or(last.and_then(|build| build.project));
    if let (Some(view), Some(project)) = (subject.context, last.and_then(|build| build.project).or(project)) {
        frameworks::check(view, project)?;
    }
    let begin = start::read(subject, &instructions, project.and_then(Project::package));
    if last.is_none() {
        builds_unknown(subject, stage, &ran, &begin)?;
    }
    started_otherwise(subject, &instructions, &begin, last.is_some())?;
    fetches_source(subject, stage, &ran)?;
    copies_plainly(subject, stage)?;
    let Some(build) = builds.last() else { return Err(no_build(subject, stage, &ran, &begin)) };
    if let Some(other) = builds.iter().find(|other| other.ran.folder != build.ran.folder) {
        return Err(refused_at(
            "two-apps",
            other.ran.instruction,
            format!(
                "Two apps are built here (lines {} and {}); an image of one site is made of one.",
                other.ran.instruction.first_line, build.ran.instruction.first_line
            ),
        ));
    }
    let start = plainly_started(subject, stage, &instructions, begin)?;
    let folder_of_build = build.ran.folder.clone();
    let (view, project, package, app) =
        built::project(subject, build.project, build.ran, folder_of_build, "served")?;
    let (tool, program, id) = (build.tool, build.program.clone(), build.ran.id);
    let built = Built { subject: *subject, stage, view, project, package, build: id, app, ran, instructions };
    let output = output::read(&built, tool, &program, &start, &folder)?;
    let port = port::of(&built, &start)?;
    let found = Found { built, tool, start, output, port, answers };
    found.installs()?;
    found.not_mounted(&found.output.folder)?;
    not_moved(&found)?;
    proxy::check(&found)?;
    Ok(found)
}

/// Whether a command of the file comes to one of the tools' own programs, or to a framework's that builds with them.
fn is_site(subject: &Subject<'_>, ran: &[Vec<Ran<'_>>]) -> bool {
    let stages = subject.model.stages().iter().zip(ran);
    let mut all = stages.flat_map(|(stage, ran)| ran.iter().map(move |ran| (stage, ran)));
    let own = all.any(|(stage, ran)| {
        let project = project_of(subject, stage, ran, false);
        let package = project.and_then(Project::package);
        programs::of(&ran.command, package).iter().any(|program| {
            matches!(programs::role(program), Role::Build(..) | Role::Preview(_) | Role::Dev(..))
                || frameworks::runs(program, package)
        })
    });
    if own {
        return true;
    }
    // Without a package.json only what the file says of itself can tell.
    let known = subject.context.is_some_and(|view| view.projects.iter().any(|p| p.package_json.is_some()));
    let hint = || Tool::ALL.iter().any(|tool| subject.source().contains(tool.prefix()));
    !known && ran.iter().flatten().any(Ran::is_javascript) && hint()
}

/// The project in the folder that a command runs in: before it, or at the end of the stage.
fn project_of<'a>(subject: &Subject<'a>, stage: &Stage, ran: &Ran<'_>, before: bool) -> Option<&'a Project> {
    let folder = ran.folder.as_deref()?;
    project_in(subject, subject.context?, stage, folder, before.then_some(ran.id))
}

/// The RUNs that build; a RUN that serves never ends.
fn builds<'r, 'a>(
    subject: &Subject<'a>,
    stage: &Stage,
    ran: &'r [Ran<'a>],
) -> Result<Vec<Build<'r, 'a>>, Stop> {
    let mut found: Vec<Build<'r, 'a>> = Vec::new();
    for ran in ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run) {
        let project = project_of(subject, stage, ran, true);
        for program in programs::of(&ran.command, project.and_then(Project::package)) {
            let tool = match programs::role(&program) {
                Role::Build(tool, _) => tool,
                Role::Other => continue,
                _ if ran.command.follows == Some(Link::Background) => continue,
                _ => {
                    let line = ran.instruction.first_line;
                    return Err(refused_at(
                        "run-starts-a-server",
                        ran.instruction,
                        format!("RUN on line {line} starts a server, so the build never ends."),
                    ));
                }
            };
            if let Some(other) =
                found.last().filter(|other| other.ran.id == ran.id && other.program != program)
            {
                return Err(refused_at(
                    NOT_YET,
                    other.ran.instruction,
                    format!(
                        "Line {} builds more than once (`{}` and `{}`); which of the results is served isn't followed.",
                        other.ran.instruction.first_line,
                        other.program.words.join(" "),
                        program.words.join(" ")
                    ),
                ));
            }
            found.push(Build { ran, project, tool, program });
        }
    }
    Ok(found)
}

/// The starts that refuse before anything else is looked at.
fn started_otherwise(
    subject: &Subject<'_>,
    instructions: &Instructions,
    begin: &Begin,
    builds: bool,
) -> Result<(), Stop> {
    let Some(at) = instructions.deciding().and_then(|id| subject.instruction(id)) else { return Ok(()) };
    let (line, text) = (at.first_line, shown(at, subject.source()));
    Err(match begin {
        Begin::Serves(Start { server: Server::Dev(_), .. }) if !builds => refused_at(
            "dev-server-command",
            at,
            format!(
                "`{text}` on line {line} starts the development server, and no RUN builds: there is nothing to serve \
                 without it."
            ),
        ),
        Begin::Several(other) => refused_at(
            "several-processes",
            at,
            format!("`{text}` on line {line} starts {other} beside other processes, in one container."),
        ),
        Begin::Builds => refused_at(
            "build-runs-at-container-start",
            at,
            format!(
                "`{text}` on line {line} builds the site when the container starts. Build it in a RUN first; the \
                 variables that it writes into the files must then be there at build time."
            ),
        ),
        _ => return Ok(()),
    })
}

/// Refuses where the build's scripts, or a RUN behind it, move what is built.
fn not_moved(found: &Found<'_>) -> Result<(), Stop> {
    let runs = found.ran.iter().filter(|ran| ran.id >= found.build);
    for ran in runs.filter(|ran| ran.instruction.keyword == Keyword::Run) {
        let folder = ran.folder.as_deref().unwrap_or(&found.app);
        for program in programs::of(&ran.command, Some(found.package)) {
            let is_output = |word: &String| {
                let moved = resolve(folder, word.strip_suffix("/*").unwrap_or(word));
                places::is_within(&found.output.folder, &moved)
            };
            let taken = match program.words.as_slice() {
                [name, from @ .., _] if name == "mv" => from.iter().any(is_output),
                _ => false,
            };
            if taken {
                let message = format!(
                    "Line {} builds into {} and moves that (`{}`), which isn't followed.",
                    ran.instruction.first_line,
                    found.output.folder,
                    program.words.join(" ")
                );
                return Err(refused_at(NOT_YET, ran.instruction, message));
            }
        }
    }
    Ok(())
}

/// Refuses where the script `build` runs, but comes to no program that is known.
fn builds_unknown(subject: &Subject<'_>, stage: &Stage, ran: &[Ran<'_>], begin: &Begin) -> Result<(), Stop> {
    if !matches!(begin, Begin::Serves(_)) {
        return Ok(());
    }
    for ran in ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run) {
        let Some(script) = ran.script().filter(|name| name.split(':').next() == Some("build")) else {
            continue;
        };
        let package = project_of(subject, stage, ran, true).and_then(Project::package);
        let Some(text) = package.and_then(|package| package.script(script)) else { continue };
        let message = format!(
            "Line {} runs the script `{script}`, which is `{text}`; what that builds isn't known here.",
            ran.instruction.first_line
        );
        return Err(refused_at(NOT_YET, ran.instruction, message));
    }
    Ok(())
}

/// The start, where it serves the site and nothing else.
fn plainly_started(
    subject: &Subject<'_>,
    stage: &Stage,
    instructions: &Instructions,
    begin: Begin,
) -> Result<Start, Stop> {
    let at = instructions.deciding().unwrap_or(stage.from);
    let Some(at) = subject.instruction(at) else { return Err(Stop::NotMine) };
    let (line, text) = (at.first_line, shown(at, subject.source()));
    Err(match begin {
        Begin::Serves(start) => return Ok(start),
        Begin::Nothing => refused_at(
            "no-start-command",
            at,
            "The file has no CMD or ENTRYPOINT, so how the site is served isn't known.",
        ),
        Begin::Custom(entry) => refused_at(
            "custom-server",
            at,
            format!(
                "`{text}` on line {line} runs {entry}, a server of the project's own, which may do more than serve \
                 files."
            ),
        ),
        Begin::Other(why) => refused_at(NOT_YET, at, format!("`{text}` on line {line} {why}.")),
        Begin::Builds | Begin::Several(_) => {
            refused_at(NOT_YET, at, format!("`{text}` on line {line} isn't a plain server of files."))
        }
    })
}

/// Why there is no RUN that builds.
fn no_build(subject: &Subject<'_>, stage: &Stage, ran: &[Ran<'_>], begin: &Begin) -> Stop {
    let runs = ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run);
    if let Some(ran) = runs.into_iter().find(|ran| programs::is_of_a_workspace(&ran.command)) {
        return refused_at(
            "monorepo-layout-unclear",
            ran.instruction,
            format!(
                "Line {} builds packages of a workspace, which isn't followed yet; build in the app's own folder.",
                ran.instruction.first_line
            ),
        );
    }
    let served = match begin {
        Begin::Serves(start) => start.options.folder.as_deref(),
        _ => None,
    };
    let served = served.unwrap_or("dist").trim_start_matches("./").trim_end_matches('/');
    let takes = |instruction: &&Instruction| {
        copy(instruction).is_some_and(|copied| {
            copied.origin == Origin::Context
                && copied.sources.iter().any(|s| s.text.split('/').any(|part| part == served))
        })
    };
    let mut steps = subject.model.steps(stage).map(|(_, instruction)| instruction);
    if let Some(instruction) = steps.find(takes) {
        return refused_at(
            "prebuilt-on-host",
            instruction,
            format!(
                "Line {} copies {served} as it was built on the machine outside; there is no build in here to split \
                 off.",
                instruction.first_line
            ),
        );
    }
    let span = subject.instruction(stage.from).map(|from| from.span).unwrap_or_default();
    refused("no-build-step", span, "No RUN of this file builds the site, so there is no build to split off.")
}
