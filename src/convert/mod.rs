//! From a single stage to several: detect, plan, emit; one folder a recipe.
//!
//! A recipe finds its build ([`built`]) and decides what becomes of every instruction ([`plan`]); what all of them
//! ask, read and write alike stands here.

mod ask;
mod built;
mod commands;
mod declared;
mod dockerignore;
mod emit;
mod estimate;
mod instructions;
mod localhost;
mod nextjs;
mod official;
mod origin;
mod overlays;
mod places;
mod plan;
mod ports;
mod refuse;
mod sound;
mod static_site;

pub use estimate::{Estimate, estimate};

use crate::layers::Subject;
use crate::text::{Span, WorkspaceEdit};
use ask::Answers;
use plan::Plan;
use refuse::Stop;
use std::path::PathBuf;

/// One way to make several stages of one.
#[derive(Debug)]
pub struct Recipe {
    /// As `--recipe` takes it.
    pub name: &'static str,
    /// The action's title in an editor: what it makes.
    pub title: &'static str,
    /// The keys of the questions that it may ask, as `--answer` takes them.
    pub keys: &'static [&'static str],
    /// What it is for, to stand behind "builds or runs": "Next.js".
    subject: &'static str,
    /// The reason's code where a file isn't for it.
    not_for: &'static str,
    plan: for<'a> fn(&Subject<'a>, &'a Answers<'a>) -> Result<Plan<'a>, Stop>,
}

/// The recipes in the order in which they are tried.
pub const RECIPES: &[Recipe] = &[nextjs::RECIPE, static_site::RECIPE];

impl Recipe {
    /// The recipe of a name.
    pub fn named(name: &str) -> Option<&'static Recipe> {
        RECIPES.iter().find(|recipe| recipe.name == name)
    }

    /// What this recipe makes of a Dockerfile; None where that isn't for it.
    pub fn convert(&'static self, subject: &Subject<'_>, answers: &[(String, String)]) -> Option<Proposal> {
        let answers = Answers::new(answers);
        let outcome = match (self.plan)(subject, &answers) {
            Ok(plan) => {
                let open = answers.open();
                if open.is_empty() {
                    Outcome::Converted(emit::conversion(plan))
                } else {
                    Outcome::Question(open)
                }
            }
            Err(Stop::NotMine) => return None,
            Err(Stop::Refused(reason)) => Outcome::Refused(reason),
            Err(Stop::Question(questions)) => Outcome::Question(questions),
        };
        Some(Proposal { recipe: self, outcome })
    }
}

/// What a recipe has to say of a Dockerfile that is for it.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub recipe: &'static Recipe,
    pub outcome: Outcome,
}

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
pub fn convert(subject: &Subject<'_>, answers: &[(String, String)]) -> Option<Proposal> {
    RECIPES.iter().find_map(|recipe| recipe.convert(subject, answers))
}

/// Why nothing is offered for a file that `recipe`, or without one any, isn't for: what the command line says where
/// [`convert`] answers None.
pub fn no_recipe(subject: &Subject<'_>, recipe: Option<&Recipe>) -> Reason {
    let subjects: Vec<&str> = match recipe {
        Some(recipe) => vec![recipe.subject],
        None => RECIPES.iter().map(|recipe| recipe.subject).collect(),
    };
    let code = recipe.or(RECIPES.first()).map_or("not-nextjs", |recipe| recipe.not_for);
    let known = subject.context.is_some_and(|view| view.project().package().is_some());
    let rest = if known { "" } else { ", and no package.json beside it says otherwise" };
    let message = format!("Nothing in this Dockerfile builds or runs {}{rest}.", subjects.join(" or "));
    Reason { code, message, path: None, span: None }
}
