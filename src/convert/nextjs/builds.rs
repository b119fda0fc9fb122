//! The RUN that builds the app, or why there is none.

use super::workspace;
use crate::context::{PackageJson, Project};
use crate::convert::Question;
use crate::convert::ask::{Answers, choice};
use crate::convert::commands::{self, Ran};
use crate::convert::instructions::Instructions;
use crate::convert::places;
use crate::convert::refuse::{Stop, refused, refused_at};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::Keyword;
use crate::syntax::instruction::{Origin, copy};

/// One app that one command of a RUN builds.
pub(super) struct Build<'r, 'a> {
    pub ran: &'r Ran<'a>,
    pub project: Option<&'a Project>,
    /// The folder of the image that it is built in.
    pub folder: Option<String>,
}

/// The apps that one command builds: that of its own folder, or those that it names in a workspace.
pub(super) fn builds_of<'r, 'a>(
    subject: &Subject<'a>,
    stage: &Stage,
    ran: &'r Ran<'a>,
    project: Option<&'a Project>,
) -> Vec<Build<'r, 'a>> {
    let own = match (&ran.next, project.and_then(Project::package)) {
        (Some(next), _) => next.verb == "build",
        (None, Some(package)) => {
            package.command_builds_next(&commands::line(&ran.command))
                || ran.script().is_some_and(|script| package.builds_next(script))
        }
        (None, None) => ran.script().is_some_and(|name| name == "build"),
    };
    let view = subject.context;
    let apps = view.map(|view| workspace::built(view, project, &ran.command)).unwrap_or_default();
    let is_own = |app: &&Project| project.is_some_and(|project| project.folder == app.folder);
    if apps.iter().any(|app| !is_own(app)) {
        let in_image = |app: &Project| {
            let manifest = places::below(&app.folder, "package.json");
            let places = places::in_image(subject, view?, stage, &manifest, Some(ran.id));
            places.last().map(|place| places::parent(place).to_owned())
        };
        return apps
            .into_iter()
            .map(|app| Build { ran, project: Some(app), folder: in_image(app) })
            .filter(|build| build.folder.is_some())
            .collect();
    }
    if !own {
        return Vec::new();
    }
    let named = ran.next.as_ref().and_then(|next| next.folder.as_deref()).unwrap_or(".");
    let folder = ran.folder.as_deref().map(|folder| crate::model::resolve(folder, named));
    vec![Build { ran, project, folder }]
}

/// The one build that the image is about. One command that builds several apps leaves it to the user.
pub(super) fn one_build<'r, 'a>(
    mut builds: Vec<Build<'r, 'a>>,
    answers: &Answers<'_>,
) -> Result<Option<Build<'r, 'a>>, Stop> {
    let Some(last) = builds.last() else { return Ok(None) };
    let (last, folder) = (last.ran.id, last.folder.clone());
    if let Some(other) = builds.iter().find(|other| other.folder != folder && other.ran.id != last) {
        return Err(refused_at(
            "two-apps",
            other.ran.instruction,
            format!(
                "Two apps are built here (lines {} and {}); one image of the standalone output holds one.",
                other.ran.instruction.first_line,
                builds.last().map_or(0, |build| build.ran.instruction.first_line)
            ),
        ));
    }
    if builds.iter().all(|build| build.folder == folder) {
        return Ok(builds.pop());
    }
    let folder = |build: &Build<'_, '_>| build.project.map(|p| p.folder.clone()).unwrap_or_default();
    let choices: Vec<_> =
        builds.iter().map(|build| choice(folder(build), format!("for {}", folder(build)))).collect();
    let line = builds[0].ran.instruction.first_line;
    let question = Question {
        key: "app",
        message: format!(
            "Line {line} builds several apps, and the start doesn't name one. Which one shall the image run?"
        ),
        choices,
        default: None,
    };
    if answers
        .given(question.key)
        .is_none_or(|given| question.choices.iter().all(|choice| choice.value != given))
    {
        return Err(Stop::Question(vec![question]));
    }
    let app = answers.ask(question);
    Ok(builds.into_iter().find(|build| folder(build) == app))
}

/// Why there is no RUN that builds.
pub(super) fn no_build(
    subject: &Subject<'_>,
    stage: &Stage,
    ran: &[Ran<'_>],
    instructions: &Instructions,
) -> Stop {
    let builder = ran.iter().find(|ran| {
        let words = ran.command.words().iter().map(|word| word.value_or_text());
        let words: Vec<_> = words.collect();
        let script = ran.script().and_then(|name| root_package(subject)?.script(name)).unwrap_or_default();
        let named = |name: &str| {
            words.iter().any(|word| word == name) || script.split_whitespace().any(|w| w == name)
        };
        ran.instruction.keyword == Keyword::Run
            && (named("nx") || named("turbo") || named("lerna") || workspace::is_filtered(&ran.command))
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
