//! From a single stage to several: detect, plan, emit; one folder a recipe.

mod estimate;
mod nextjs;

pub use estimate::{Estimate, estimate};

use crate::layers::Subject;
use crate::text::{Span, WorkspaceEdit};
use std::path::PathBuf;

/// What comes of asking for a conversion.
#[derive(Clone, Debug)]
pub enum Outcome {
    Converted(Conversion),
    Refused(Reason),
    /// Something only the user knows must be answered first.
    Question(Vec<Question>),
}

/// A conversion that can be made.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The action's title in an editor.
    pub title: String,
    /// All files that change.
    pub edit: WorkspaceEdit,
    pub notes: Vec<Note>,
    /// Answers that make another conversion of it, which nobody need give.
    pub options: Vec<(&'static str, Choice)>,
}

/// Why a file isn't converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// One of the codes of the command line's contract, such as `custom-server`.
    pub code: &'static str,
    /// One sentence that names what decides.
    pub message: String,
    /// The file that decides; None for the Dockerfile.
    pub path: Option<PathBuf>,
    /// The place in that file that decides, where there is one.
    pub span: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub key: &'static str,
    pub message: String,
    pub choices: Vec<Choice>,
    /// The value of the choice that fits most often; None where none does.
    pub default: Option<&'static str>,
}

/// One answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As the command line takes it.
    pub value: String,
    /// What it makes of the conversion, to stand behind the action's title: "running as `node`".
    pub title: String,
}

/// Something that the user should know of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub warning: bool,
    pub message: String,
    /// The file that it is about; None for the Dockerfile.
    pub path: Option<PathBuf>,
    pub span: Option<Span>,
}

/// The conversion that fits `subject`; None where no recipe is for such a file, and nothing is offered.
/// `answers` are key and value of questions answered before.
pub fn convert(subject: &Subject<'_>, answers: &[(String, String)]) -> Option<Outcome> {
    nextjs::convert(subject, answers)
}

/// The names of the recipes, as `--recipe` takes them.
pub const RECIPES: [&str; 1] = [nextjs::NAME];

/// Why nothing is offered for a file that no recipe is for: what the command line says where [`convert`]
/// answers None.
pub fn no_recipe(subject: &Subject<'_>) -> Reason {
    let message = if subject.context.is_some_and(|view| view.project().package().is_some()) {
        "Nothing in this Dockerfile builds or runs Next.js."
    } else {
        "Nothing in this Dockerfile builds or runs Next.js, and no package.json beside it says otherwise."
    };
    Reason { code: "not-nextjs", message: message.into(), path: None, span: None }
}
