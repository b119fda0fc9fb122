//! Is it a Next.js project, and of what shape: the stage, the build, the app's folder, the start.

use super::app;
use super::commands::{self, Ran};
use super::origin::{copies_plainly, fetches_source};
use super::places;
use super::refuse::{NOT_YET, Stop, refused, refused_at, refused_by, shown};
use super::start::{self, Begin, Instructions, Start};
use crate::context::{PackageJson, Project, StartKind, View, copy_takes};
use crate::layers::Subject;
use crate::model::Stage;
use crate::shell::{Link, packages::Tool};
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Form, InstructionId, Keyword, parse};
use std::sync::Arc;

/// A single stage that builds one Next.js app and starts it plainly.
pub(super) struct Found<'a> {
    pub subject: Subject<'a>,
    pub stage: &'a Stage,
    pub view: &'a View,
    pub project: &'a Project,
    pub package: &'a PackageJson,
    /// The RUN that builds.
    pub build: InstructionId,
    /// The folder of the image that it builds in.
    pub app: String,
    pub ran: Vec<Ran<'a>>,
    pub instructions: Instructions,
    pub start: Start,
}

impl<'a> Found<'a> {
    pub fn source(&self) -> &'a str {
        self.subject.source()
    }

    /// Whether a file or folder of the project, by its path there, lies in the app's folder when it is built.
    pub fn is_built_with(&self, name: &str) -> bool {
        let path = places::below(&self.project.folder, name);
        let place = crate::model::resolve(&self.app, name);
        places::in_image(&self.subject, self.view, self.stage, &path, Some(self.build)).contains(&place)
    }
}

pub(super) fn detect<'a>(subject: &Subject<'a>) -> Result<Found<'a>, Stop> {
    let ran: Vec<Vec<Ran<'a>>> =
        subject.model.stages().iter().map(|stage| commands::of_stage(subject, stage)).collect();
    if !is_nextjs(subject, &ran) {
        return Err(Stop::NotNextjs);
    }
    let stage = sound_single_stage(subject)?;
    let ran = ran.into_iter().next().unwrap_or_default();
    let view = subject.context;
    let instructions = Instructions::of(subject, stage);
    let project_in =
        |folder: &str, until| view.and_then(|view| project_in(subject, view, stage, folder, until));

    let built: Vec<(&Ran<'a>, Option<&'a Project>)> = ran
        .iter()
        .filter(|ran| ran.instruction.keyword == Keyword::Run)
        .map(|ran| (ran, ran.folder.as_deref().and_then(|folder| project_in(folder, Some(ran.id)))))
        .collect();
    let is_build =
        |ran: &Ran<'_>, project: Option<&Project>| match (&ran.next, project.and_then(Project::package)) {
            (Some(next), _) => next.verb == "build",
            (None, Some(package)) => package.command_builds_next(&commands::line(&ran.command)),
            (None, None) => ran.script().is_some_and(|name| name == "build"),
        };
    let builds: Vec<&(&Ran<'a>, Option<&'a Project>)> =
        built.iter().filter(|(ran, project)| is_build(ran, *project)).collect();
    let built_project = builds.last().and_then(|(_, project)| *project);

    let workdir = &*subject.model.last_frame(stage).workdir.path;
    let started_project = project_in(workdir, None).or(built_project);
    let begin = start::read(subject, &instructions, started_project.and_then(Project::package));
    started_otherwise(subject, &instructions, &begin)?;
    runs_a_server(&built)?;
    fetches_source(subject, stage, &ran)?;
    copies_plainly(subject, stage)?;

    if let Some(project) = built_project.or(started_project) {
        app::not_too_old(view, project)?;
    }

    let Some((build, project)) = builds.last() else {
        return Err(no_build(subject, stage, &ran, &instructions));
    };
    if let Some((other, _)) = builds.iter().find(|(other, _)| other.folder != build.folder) {
        return Err(refused_at(
            "two-apps",
            other.instruction,
            format!(
                "Two apps are built here (lines {} and {}); one image of the standalone output holds one.",
                other.instruction.first_line, build.instruction.first_line
            ),
        ));
    }
    let start = plainly_started(subject, stage, &instructions, begin)?;
    let (Some(view), Some(project)) = (view, *project) else {
        return Err(refused_at(
            NOT_YET,
            build.instruction,
            format!(
                "No package.json is found in the build context for what line {} builds, so how it is built and \
                 started isn't known.",
                build.instruction.first_line
            ),
        ));
    };
    let package = match &project.package_json {
        Some(Ok(parsed)) => &parsed.content,
        Some(Err(problem)) => {
            return Err(refused_by(NOT_YET, Some(problem.path.clone()), None, problem.to_string()));
        }
        None => return Err(Stop::NotNextjs),
    };
    let named = build.next.as_ref().and_then(|next| next.folder.as_deref()).unwrap_or(".");
    let Some(app) = build.folder.as_deref().map(|folder| crate::model::resolve(folder, named)) else {
        return Err(refused_at(
            NOT_YET,
            build.instruction,
            format!("The folder that line {} builds in can't be followed.", build.instruction.first_line),
        ));
    };
    let build = build.id;
    Ok(Found { subject: *subject, stage, view, project, package, build, app, ran, instructions, start })
}

/// Whether Next.js is named in the file itself, or what it copies and runs is a project that uses it.
fn is_nextjs(subject: &Subject<'_>, ran: &[Vec<Ran<'_>>]) -> bool {
    if ran.iter().flatten().any(|ran| ran.next.is_some()) {
        return true;
    }
    let mut copies = subject.tree().instructions().filter(|i| i.keyword == Keyword::Copy);
    if copies.any(|copy| copy.args.iter().any(|word| word.text.split('/').any(|part| part == ".next"))) {
        return true;
    }
    let Some(view) = subject.context.filter(|view| view.projects.iter().any(|p| p.package_json.is_some()))
    else {
        // Without a package.json only what the file says of itself can tell.
        let text = subject.source().to_ascii_lowercase();
        let hints = ["next.js", "nextjs", "next_public_", "next_telemetry_disabled"];
        return ran.iter().flatten().any(Ran::is_javascript) && hints.iter().any(|hint| text.contains(hint));
    };
    let stages = subject.model.stages().iter().zip(ran);
    let mut stages = stages.filter(|(_, ran)| ran.iter().any(Ran::is_javascript));
    stages.any(|(stage, _)| {
        view.projects.iter().filter(|project| project.uses_next()).any(|project| {
            let manifest = places::below(&project.folder, "package.json");
            !places::in_image(subject, view, stage, &manifest, None).is_empty()
                || !view.ignores(&manifest) && copies_somewhere(subject, stage, &manifest)
        })
    })
}

/// Whether a COPY or ADD takes a file of the context to a place that isn't known.
fn copies_somewhere(subject: &Subject<'_>, stage: &Stage, path: &str) -> bool {
    let steps = subject.model.steps(stage);
    let mut copies = steps.filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add));
    copies.any(|(id, instruction)| {
        copy(instruction).is_some_and(|copied| {
            copied.origin == Origin::Context
                && copied.sources.iter().any(|source| copy_takes(&source.text, path))
                && places::destination(subject, id, &copied.destination.text).is_none()
        })
    })
}

/// The only stage of a file that BuildKit takes, as it is one for Linux.
fn sound_single_stage<'a>(subject: &Subject<'a>) -> Result<&'a Stage, Stop> {
    let stages = subject.model.stages();
    if let [_, second, ..] = stages
        && let Some(second) = subject.instruction(second.from)
    {
        return Err(refused_at(
            "already-multi-stage",
            second,
            format!(
                "This file has {} stages already; the second begins on line {}.",
                stages.len(),
                second.first_line
            ),
        ));
    }
    let (_, errors) = parse(Arc::clone(subject.source()));
    if let Some(error) = errors.first() {
        let line = subject.tree().lines().line(error.span.start) + 1;
        return Err(refused(
            "syntax-error",
            error.span,
            format!("Line {line} doesn't build: {}", error.message),
        ));
    }
    let Some(stage) = stages.first() else { return Err(Stop::NotNextjs) };
    for (_, instruction) in subject.model.steps(stage) {
        match instruction.keyword {
            Keyword::Onbuild => {
                return Err(refused_at(
                    "onbuild",
                    instruction,
                    format!(
                        "ONBUILD on line {} runs in images built on this one, which a second stage would change.",
                        instruction.first_line
                    ),
                ));
            }
            Keyword::Cmd | Keyword::Entrypoint
                if instruction.form != Form::Exec
                    && instruction.rest_span().of(subject.source()).trim_start().starts_with('[') =>
            {
                return Err(refused_at(
                    "malformed-exec-form",
                    instruction,
                    format!(
                        "{} on line {} begins like the exec form but isn't a JSON array of strings in double \
                         quotes, so a shell would be given the bracket.",
                        instruction.keyword, instruction.first_line
                    ),
                ));
            }
            _ => {}
        }
    }
    if let Some(instruction) = subject.instruction(stage.from)
        && stage.windows
    {
        return Err(refused_at(
            "windows-base",
            instruction,
            format!("Line {} builds on Windows; the recipe knows Linux images only.", instruction.first_line),
        ));
    }
    Ok(stage)
}

/// The project whose package.json lies in `folder` of the image; the last one copied there.
fn project_in<'a>(
    subject: &Subject<'_>,
    view: &'a View,
    stage: &Stage,
    folder: &str,
    until: Option<InstructionId>,
) -> Option<&'a Project> {
    let place = crate::model::resolve(folder, "package.json");
    let holds = |project: &&Project| {
        let manifest = places::below(&project.folder, "package.json");
        places::in_image(subject, view, stage, &manifest, until).contains(&place)
    };
    let projects = view.projects.iter().map(|project| &**project);
    projects.filter(|project| project.package_json.is_some()).rfind(holds)
}

/// The starts that refuse before anything else is looked at.
fn started_otherwise(subject: &Subject<'_>, instructions: &Instructions, begin: &Begin) -> Result<(), Stop> {
    let Some(at) = instructions.deciding().and_then(|id| subject.instruction(id)) else { return Ok(()) };
    let (line, text) = (at.first_line, shown(at, subject.source()));
    Err(match begin {
        Begin::Dev => refused_at(
            "dev-server-command",
            at,
            format!(
                "`{text}` on line {line} starts the development server; there is no build to make smaller."
            ),
        ),
        Begin::Several(other) => refused_at(
            "several-processes",
            at,
            format!("`{text}` on line {line} starts {other} beside the app, in one container."),
        ),
        Begin::Builds => refused_at(
            "build-runs-at-container-start",
            at,
            format!(
                "`{text}` on line {line} builds the app when the container starts. Build it in a RUN first; what \
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

/// Why there is no RUN that builds.
fn no_build(subject: &Subject<'_>, stage: &Stage, ran: &[Ran<'_>], instructions: &Instructions) -> Stop {
    let builder = ran.iter().find(|ran| {
        let words = ran.command.words().iter().map(|word| word.value_or_text());
        let words: Vec<_> = words.collect();
        let script = ran.script().and_then(|name| root_package(subject)?.script(name)).unwrap_or_default();
        let named = |name: &str| {
            words.iter().any(|word| word == name) || script.split_whitespace().any(|w| w == name)
        };
        ran.instruction.keyword == Keyword::Run && (named("nx") || named("turbo") || named("lerna"))
    });
    if let Some(ran) = builder {
        let line = ran.instruction.first_line;
        let is_nx = ran.command.words().iter().any(|word| word.value_or_text() == "nx")
            || subject.context.is_some_and(|view| view.file("nx.json").is_some());
        return if is_nx {
            refused_at(
                "nx-output-path-unknown",
                ran.instruction,
                format!(
                    "Line {line} builds with Nx, which writes to a folder that the Dockerfile doesn't name."
                ),
            )
        } else {
            refused_at(
                "monorepo-layout-unclear",
                ran.instruction,
                format!(
                    "Line {line} builds a workspace of several packages; which of them runs isn't clear."
                ),
            )
        };
    }
    let prebuilt = subject.model.steps(stage).map(|(_, instruction)| instruction).find(|instruction| {
        matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
            && copy(instruction).is_some_and(|copied| {
                copied.origin == Origin::Context
                    && copied.sources.iter().any(|s| s.text.split('/').any(|part| part == ".next"))
            })
    });
    if let Some(instruction) = prebuilt {
        return refused_at(
            "prebuilt-on-host",
            instruction,
            format!(
                "Line {} copies .next as it was built on the machine outside; there is no build in here to split off.",
                instruction.first_line
            ),
        );
    }
    let uses = subject.context.is_some_and(|view| view.project().has_next_build && !view.ignores(".next"));
    let at = instructions.deciding().unwrap_or(stage.from);
    let span = subject.instruction(at).map(|instruction| instruction.span).unwrap_or_default();
    if uses {
        return refused(
            "prebuilt-on-host",
            span,
            "No RUN builds the app: the .next folder of the build context is copied in, as it was built outside.",
        );
    }
    refused(
        "no-build-step",
        span,
        "No RUN of this file runs `next build`, so there is no build to split off.",
    )
}

fn root_package<'a>(subject: &Subject<'a>) -> Option<&'a PackageJson> {
    subject.context?.project().package()
}

/// The start, where it is a plain one.
fn plainly_started(
    subject: &Subject<'_>,
    stage: &Stage,
    instructions: &Instructions,
    begin: Begin,
) -> Result<Start, Stop> {
    let at = match begin {
        // What isn't understood is what stands in front.
        Begin::NotYet(_) => instructions.entrypoint.or(instructions.cmd),
        _ => instructions.deciding(),
    };
    let Some(at) = subject.instruction(at.unwrap_or(stage.from)) else { return Err(Stop::NotNextjs) };
    let (line, text) = (at.first_line, shown(at, subject.source()));
    Err(match begin {
        Begin::Next(start) => return Ok(*start),
        Begin::Nothing => refused_at(
            "no-start-command",
            at,
            "The file has no CMD or ENTRYPOINT, so how the app is started isn't known.",
        ),
        Begin::Custom(entry) => refused_at(
            "custom-server",
            at,
            format!(
                "`{text}` on line {line} runs {entry}, a server of the project's own; Next.js' standalone output \
                 can't be used with one."
            ),
        ),
        Begin::Static(server) => refused_at(
            "static-export",
            at,
            format!(
                "`{text}` on line {line} serves plain files with {server}; there is no Next.js server to keep."
            ),
        ),
        Begin::NotYet(why) => refused_at(NOT_YET, at, format!("`{text}` on line {line} {why}.")),
        Begin::Other(why) => refused_at(
            "start-script-is-not-next-start",
            at,
            format!(
                "`{text}` on line {line} isn't a plain `next start`: it {why}. The standalone server would leave \
                 that out."
            ),
        ),
        Begin::Dev | Begin::Builds | Begin::Several(_) => {
            refused_at(NOT_YET, at, format!("`{text}` on line {line} isn't a plain `next start`."))
        }
    })
}

/// Whether the commands use yarn.
pub(super) fn uses(ran: &[Ran<'_>], tool: Tool) -> bool {
    ran.iter().any(|ran| ran.action.as_ref().is_some_and(|action| action.tool == tool))
}
