//! `plimsoll explain`: what each step adds to the image, and what makes it run again.

mod before;
mod build_log;
mod picture;
mod text;
mod what_if;

use super::failure::{self, Failure, Outcome};
use super::input::{self, Builds, ContextChoice};
use super::paths::Here;
use super::print;
use super::settings::{Chosen, Given};
use crate::context::builds::BuildUse;
use crate::context::{Disk, RootBasis, View};
use crate::features::{Explanation, Snapshot, build_arguments};
use crate::layers::{Again, Plan, Scenario, Step, Subject, Total, scenarios};
use crate::model::{Model, Stage};
use crate::syntax::suggest::nearest;
use crate::syntax::{Instruction, InstructionId};
use build_log::BuildLog;
use clap::ValueEnum;
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use what_if::Consequences;

#[derive(clap::Args)]
pub struct Args {
    /// The Dockerfile
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The folder that you build from (default: what a Compose or Bake file says, else the Dockerfile's own)
    #[arg(long, value_name = "DIR")]
    context: Option<PathBuf>,

    /// The service of a Compose file, or the target of a Bake file, that builds the Dockerfile: it says what
    /// --context, --target and --build-arg don't (default: the first; none: no such file is read)
    #[arg(long, value_name = "NAME")]
    build: Option<String>,

    /// The stage that you build: its name or its number (default: what the build says, else the last one)
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,

    /// The value that an ARG is built with
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::pair)]
    build_arg: Vec<(String, String)>,

    /// Say what runs again when this file of the context changes (may be given several times)
    #[arg(long, value_name = "PATH")]
    changed: Vec<PathBuf>,

    /// Say what runs again when this build argument gets another value
    #[arg(long, value_name = "NAME")]
    changed_arg: Vec<String>,

    /// Say what runs again when the base images change
    #[arg(long)]
    changed_base: bool,

    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Say what runs again after a build of the Dockerfile as it was: this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["changed", "changed_arg", "changed_base", "since"])]
    before: Option<PathBuf>,

    /// The folder that the earlier build was made from (default: that Dockerfile's own)
    #[arg(long, value_name = "DIR", requires = "before")]
    before_context: Option<PathBuf>,

    /// The value that an ARG had in the earlier build
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::pair, requires = "before")]
    before_build_arg: Vec<(String, String)>,

    /// Say what runs again after a build of what git has at this revision: HEAD for all that isn't committed
    #[arg(long, value_name = "REV", conflicts_with_all = ["changed", "changed_arg", "changed_base"])]
    since: Option<String>,

    /// Say how long each step took and which ones came from the cache, by the log of a build: what
    /// `docker build --progress=plain` (or rawjson) printed
    #[arg(long, value_name = "FILE")]
    build_log: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// A picture: the layers to scale, and which changes run them again
    Svg,
    /// The picture as a page, with its numbers as a table
    Html,
}

/// Everything that is said of one Dockerfile.
struct Explained<'a> {
    /// How the Dockerfile and its context are shown.
    path: String,
    context_path: String,
    subject: Subject<'a>,
    view: &'a View,
    target: &'a Stage,
    /// Which stages building it needs, by number.
    needed: Vec<bool>,
    image: Total,
    /// What the named changes run again, where some were named.
    consequences: Option<Consequences>,
    scenarios: Vec<Scenario>,
    /// What a build's log says, where one was given.
    build: Option<BuildLog>,
}

/// Runs `plimsoll explain`.
pub fn explain(args: &Args) -> Outcome {
    let here = Here::find()?;
    let choice = ContextChoice::new(&here, args.context.as_deref(), None)?;
    let input = input::read(&here, &args.file).map_err(Failure::Error)?;
    // Who names the context says what is built.
    let builds = (args.context.is_none() || args.build.is_some())
        .then(|| Builds { wanted: args.build.clone(), within: Some(here.folder().to_path_buf()) });
    let chosen = Chosen::new(&here, Given::default())?;
    let settings = chosen.of(input.path.as_deref());
    chosen.warn();
    let choice = ContextChoice { builds, ..choice }.or_set(&settings);
    let Some(view) = choice.gather(&Disk, input.path.as_deref()).map(Arc::new) else {
        return super::fail("the build context can't be looked at");
    };
    for problem in &view.problems {
        failure::note(&problem.to_string());
    }
    let snapshot = Snapshot::new(Arc::clone(&input.source), Some(Arc::clone(&view)), settings);
    let errors = snapshot.syntax_errors().len();
    if errors > 0 {
        let errors = crate::text::count(errors, "error");
        failure::note(&format!(
            "{} has {errors}, which `plimsoll check` names; the rest is explained",
            input.shown
        ));
    }
    if let (Some(missing), Some(_)) = (&view.builds.missing, &args.build) {
        return super::fail(format!(
            "--build: no build called {missing} uses {}{}",
            input.shown,
            known(&view)
        ));
    }
    let build = view.builds.used();
    let set = [&snapshot.settings().build_arguments[..], &args.build_arg].concat();
    let arguments = build_arguments(|| Arc::clone(snapshot.tree()), build, &set);
    let model = &Model::with_given(Arc::clone(snapshot.tree()), arguments);
    note_undeclared(model, "--build-arg", &args.build_arg);
    let of_build = || model.stage_called(build?.target.as_ref()?.as_deref()?);
    let target = match (args.target.as_deref(), of_build()) {
        (None, Some(stage)) => stage,
        (named, _) => find_target(model, named, &input.shown)?,
    };
    for note in view.builds.notes.iter().chain(&view.builds.unclear) {
        failure::note(note);
    }
    if let Some(build) = build {
        note_build(build, model, &view, args, &input.shown);
    }
    let plan = Plan::new(model, Some(target.index));
    let subject = Subject { model, plan: &plan, context: Some(&view) };
    let context_path = view.root.as_deref().map(|root| here.show(root)).unwrap_or_default();
    let explained = Explained {
        path: input.shown.clone(),
        context_path,
        subject,
        view: &view,
        target,
        needed: model.needed(target.index),
        image: subject.image(),
        consequences: match (&args.before, &args.since) {
            (Some(file), _) => Some(before::find(args, &here, &subject, &view, file)?),
            (None, Some(revision)) => Some(before::since(args, &subject, &view, &input, revision)?),
            (None, None) => what_if::find(args, &here, &subject, &view)?,
        },
        scenarios: scenarios(&subject, &view),
        build: match &args.build_log {
            Some(log) => Some(build_log::read(&here, log, model, &input.shown)?),
            None => None,
        },
    };
    match args.format {
        Format::Text => print::styled(&text::render(&explained))?,
        Format::Json => print::json(&explained.json())?,
        Format::Svg | Format::Html => print::plain(&picture::render(&explained, args.format))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Says as which build the Dockerfile is explained, and where it is not quite that one.
fn note_build(build: &BuildUse, model: &Model, view: &View, args: &Args, shown: &str) {
    let title = build.title();
    let more = match view.builds.others().count() {
        0 => String::new(),
        others => format!("; {others} more use it, and --build chooses"),
    };
    failure::note(&format!("{shown} is explained as {title} builds it{more}"));
    let last = "the last stage is explained, and --target names another";
    match build.target.as_ref().filter(|_| args.target.is_none()) {
        Some(None) => failure::note(&format!("the target of {title} is not known here: {last}")),
        Some(Some(target)) if model.stage_called(target).is_none() => {
            failure::note(&format!(
                "{title} asks for the stage {target}, which {shown} hasn't, so that build fails: {last}"
            ));
        }
        _ => {}
    }
    let instead =
        build.contexts.iter().map(|(name, _)| name).filter(|name| model.stage_called(name).is_some());
    for name in instead {
        failure::note(&format!(
            "{title} takes a context of its own for the stage {name}: here the stage itself is explained"
        ));
    }
    if build.more_arguments {
        failure::note(&format!("{title} gives arguments that are not known here"));
    }
    if view.root_basis != RootBasis::Given {
        failure::note(&format!(
            "the context of {title}, {}, is not there: another is looked at, and --context names one",
            build.context_shown
        ));
    }
}

/// `; there are web, api`
fn known(view: &View) -> String {
    let names: Vec<&str> = view.builds.uses.iter().map(|one| one.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("; there are {}", names.join(", ")) }
}

/// Says which arguments no ARG declares: BuildKit only warns of them, and so they change nothing.
fn note_undeclared(model: &Model, option: &str, arguments: &[(String, String)]) {
    for (name, _) in arguments {
        let taken = is_proxy(name) || name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH";
        if !taken && !model.declares(name) {
            failure::note(&format!("{option}: no ARG declares {name}, so its value changes nothing"));
        }
    }
}

/// The arguments that every RUN finds in its environment without an ARG, and no cache key holds.
fn is_proxy(name: &str) -> bool {
    let names = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];
    names.iter().any(|proxy| proxy.eq_ignore_ascii_case(name))
}

fn find_target<'a>(model: &'a Model, name: Option<&str>, path: &str) -> Result<&'a Stage, Failure> {
    let stages = model.stages();
    let Some(last) = stages.last() else {
        return super::fail(format!("{path} has no FROM, so there is no build to explain"));
    };
    let Some(name) = name else { return Ok(last) };
    if let Some(stage) = model.stage_called(name) {
        return Ok(stage);
    }
    let lower = name.to_lowercase();
    let names: Vec<&str> = stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
    let hint = match (nearest(&lower, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, true) => format!("its stages have no names, only numbers from 0 to {}", stages.len() - 1),
        (None, false) => format!("there are {}", names.join(", ")),
    };
    super::fail(format!("--target: {path} has no stage {name}; {hint}"))
}

impl<'a> Explained<'a> {
    fn instruction(&self, step: &Step) -> Option<&'a Instruction> {
        self.subject.instruction(step.id)
    }

    fn json(&self) -> Value {
        let again = self.consequences.as_ref().map(|found| |id| found.of(id));
        let build = self.build.as_ref().map(|log| |id| log.json(id));
        Explanation {
            path: &self.path,
            context_path: &self.context_path,
            subject: self.subject,
            scenarios: &self.scenarios,
            again: again.as_ref().map(|again| again as &dyn Fn(InstructionId) -> Again),
            build: build.as_ref().map(|build| build as &dyn Fn(InstructionId) -> Value),
        }
        .json()
    }

    /// Whether building the target needs the stage.
    fn uses(&self, stage: &Stage) -> bool {
        self.needed.get(stage.index).copied().unwrap_or(false)
    }
}
