//! Variables as a program finds them when the site is built, and when it is served.

use super::programs::Tool;
use super::start::{Server, Start};
use crate::context::{EnvSetting, Program};
use crate::convert::built::Built;
use crate::convert::places;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::model::{Origin, resolve};
use crate::syntax::expand::references;
use crate::syntax::{InstructionId, Keyword};
use crate::text::Span;
use std::path::PathBuf;

/// How deep the values of variables that name others are looked through.
const DEPTH: u32 = 8;

/// A variable that is set.
pub(super) struct Variable {
    /// None where it isn't known before it runs.
    pub value: Option<String>,
    pub by: By,
}

/// What sets a variable.
pub(super) enum By {
    /// The command, for itself.
    Command,
    /// An ENV.
    Env(InstructionId),
    /// The build's argument that an ARG takes, itself or through an ENV.
    Argument(InstructionId),
    /// A line of an `.env` file.
    File { path: Option<PathBuf>, span: Span },
}

/// The program that finds it.
#[derive(Clone, Copy)]
pub(super) enum Whose<'p> {
    Build(&'p Program),
    Start(&'p Start),
}

impl Whose<'_> {
    fn until(self, built: &Built<'_>) -> Option<InstructionId> {
        matches!(self, Whose::Build(_)).then_some(built.build)
    }

    /// The instruction that runs it.
    fn instruction(self, built: &Built<'_>) -> Option<InstructionId> {
        self.until(built).or(built.instructions.deciding())
    }
}

/// The variable of a name, with what comes first: the command's own, files that the command loads, the image's, and
/// the `.env` files of Create React App, which overrides nothing that is set (react-scripts' config/env.js).
pub(super) fn find(built: &Built<'_>, whose: Whose<'_>, name: &str) -> Result<Option<Variable>, Stop> {
    let (own, loads, tool) = match whose {
        Whose::Build(program) => (&program.env, &program.loads, Some(Tool::ReactScripts)),
        Whose::Start(start) => {
            let tool = if let Server::Dev(tool) = start.server { Some(tool) } else { None };
            (&start.env, &start.loads, tool)
        }
    };
    if let Some((_, value)) = own.iter().rev().find(|(own, _)| own == name) {
        let value = (!value.contains(['$', '`'])).then(|| value.clone());
        return Ok(Some(Variable { value, by: By::Command }));
    }
    for file in loads {
        let file = file.trim_start_matches("./");
        let is_there = built.project.env_files.iter().any(|known| known == file);
        if let Some(set) = setting(built, file, name) {
            // The loaders differ in whether they override what is set.
            return Ok(Some(Variable { value: None, by: place(built, set) }));
        }
        if !is_there && file != ".env" {
            let Some(at) = whose.instruction(built).and_then(|id| built.subject.instruction(id)) else {
                return Err(Stop::NotMine);
            };
            let message = format!(
                "What line {} runs is given the variables of {file}, which isn't read; whether {name} is among them \
                 isn't known.",
                at.first_line
            );
            return Err(refused_at(NOT_YET, at, message));
        }
    }
    let of_image = match whose {
        Whose::Build(_) => at_build(built, name),
        Whose::Start(_) => at_start(built, name),
    };
    if of_image.is_some() || tool != Some(Tool::ReactScripts) {
        return Ok(of_image);
    }
    let mode = if matches!(whose, Whose::Build(_)) { "production" } else { "development" };
    let files = [format!(".env.{mode}.local"), format!(".env.{mode}"), ".env.local".into(), ".env".into()];
    let set = files.iter().filter(|file| lies(built, file, whose.until(built)));
    let set = set.filter_map(|file| setting(built, file, name)).next();
    Ok(set.map(|set| Variable { value: set.value.clone(), by: place(built, set) }))
}

/// Whether a file of the project lies in the app's folder.
pub(super) fn lies(built: &Built<'_>, file: &str, until: Option<InstructionId>) -> bool {
    let path = places::below(&built.project.folder, file);
    places::in_image(&built.subject, built.view, built.stage, &path, until)
        .contains(&resolve(&built.app, file))
}

fn setting<'a>(built: &Built<'a>, file: &str, name: &str) -> Option<&'a EnvSetting> {
    built.project.env_settings.iter().rfind(|set| set.file == file && set.name == name)
}

fn place(built: &Built<'_>, set: &EnvSetting) -> By {
    let path = built.view.absolute(&places::below(&built.project.folder, &set.file));
    By::File { path, span: set.span }
}

/// A variable of the image, as the container finds it.
pub(super) fn at_start(built: &Built<'_>, name: &str) -> Option<Variable> {
    let steps = built.subject.model.steps(built.stage).filter(|(_, i)| i.keyword == Keyword::Env);
    let pairs = steps.flat_map(|(id, i)| i.pairs().map(move |(name, value)| (id, name, value)));
    let (id, _, value) = pairs.filter(|(_, set, _)| &*set.text == name).last()?;
    let by = argument(built, id, &value.text, 0).map_or(By::Env(id), By::Argument);
    let value = built.subject.model.expanded(id, &value.text);
    Some(Variable { value: value.map(|value| value.trim_matches(['"', '\'']).to_owned()), by })
}

/// A variable as the RUN that builds finds it, ARG included.
fn at_build(built: &Built<'_>, name: &str) -> Option<Variable> {
    let all = built.subject.model.variables(built.build);
    let named = || all.iter().rev().filter(|variable| &*variable.name == name);
    let found = named().find(|variable| variable.set).or_else(|| named().next())?;
    let id = found.declared?;
    let by = match found.origin {
        Origin::Arg => By::Argument(id),
        Origin::Env => {
            let text = pair(built, id, name)?;
            argument(built, id, text, 0).map_or(By::Env(id), By::Argument)
        }
    };
    Some(Variable { value: found.value.as_deref().filter(|_| found.set).map(str::to_owned), by })
}

/// The ARG that a value goes back to.
fn argument(built: &Built<'_>, at: InstructionId, text: &str, depth: u32) -> Option<InstructionId> {
    if depth > DEPTH {
        return None;
    }
    references(text, built.subject.tree().escape()).iter().find_map(|reference| {
        let known = built.subject.model.variables(at).iter();
        let variable = known.rev().find(|variable| &*variable.name == reference.name)?;
        let id = variable.declared?;
        match variable.origin {
            Origin::Arg => Some(id),
            Origin::Env => argument(built, id, pair(built, id, reference.name)?, depth + 1),
        }
    })
}

/// The value that an ENV gives a variable, as written.
fn pair<'a>(built: &Built<'a>, id: InstructionId, name: &str) -> Option<&'a str> {
    let set = built.subject.instruction(id)?.pairs().filter(|(set, _)| &*set.text == name).last();
    set.map(|(_, value)| &*value.text)
}

impl Variable {
    /// A refusal that names what sets it.
    pub fn refused(&self, built: &Built<'_>, whose: Whose<'_>, message: impl Into<String>) -> Stop {
        let id = match &self.by {
            By::File { path, span } => return refused_by(NOT_YET, path.clone(), Some(*span), message),
            By::Command => whose.instruction(built),
            By::Env(id) | By::Argument(id) => Some(*id),
        };
        match id.and_then(|id| built.subject.instruction(id)) {
            Some(at) => refused_at(NOT_YET, at, message),
            None => Stop::NotMine,
        }
    }
}

/// A variable's value where that is certain, and set to more than nothing; else a refusal.
pub(super) fn certain(built: &Built<'_>, whose: Whose<'_>, name: &str) -> Result<Option<String>, Stop> {
    let Some(variable) = find(built, whose, name)? else { return Ok(None) };
    match (&variable.value, &variable.by) {
        (_, By::Argument(_)) => Err(variable.refused(
            built,
            whose,
            format!("An argument of the build says what {name} is, and the new lines need it written out: set it by ENV."),
        )),
        (None, _) => {
            Err(variable.refused(built, whose, format!("{name} is set here, and which value it has in the end isn't followed.")))
        }
        (Some(value), _) => Ok(Some(value.clone()).filter(|value| !value.is_empty())),
    }
}
