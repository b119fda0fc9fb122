//! The single-stage Dockerfile as a multi-stage one, with the other files that this needs. What only the user can
//! answer makes several actions, each with its answer in its title.

use super::{Action, ActionKind, CodeAction, Request};
use crate::convert::{self, Choice, Outcome, Proposal, Recipe};
use crate::text::WorkspaceEdit;

pub(super) const ACTION: Action = Action { kind: ActionKind::RefactorRewrite, list, resolve };

/// What the ids begin with; the answers follow, each on a line.
const ID: &str = "convert";

/// More actions than these are no menu that anyone reads.
const MOST: usize = 8;

/// Key and value of each answer, and what they add to the title.
#[derive(Clone, Default)]
struct Path {
    answers: Vec<(String, String)>,
    titles: Vec<String>,
}

impl Path {
    fn with(&self, key: &str, choice: &Choice) -> Self {
        let mut path = self.clone();
        path.answers.push((key.to_owned(), choice.value.clone()));
        path.titles.push(choice.title.clone());
        path
    }

    fn offer(&self, recipe: &Recipe, disabled: Option<String>, reaches_other_files: bool) -> CodeAction {
        let answers = self.answers.iter().map(|(key, value)| format!("\n{key}={value}"));
        let title = match self.titles.as_slice() {
            [] => recipe.title.to_owned(),
            titles => format!("{}, {}", recipe.title, titles.join(", ")),
        };
        CodeAction {
            id: std::iter::once(ID.to_owned()).chain(answers).collect(),
            title,
            kind: ActionKind::RefactorRewrite,
            fixes: Vec::new(),
            preferred: false,
            disabled,
            opens_rule: None,
            reaches_other_files,
        }
    }
}

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let mut offers = Vec::new();
    offer(request, &Path::default(), &mut offers);
    offers
}

/// Adds what comes of the answers of `path`, and of those to the questions that are open with them.
fn offer(request: &Request<'_>, path: &Path, offers: &mut Vec<CodeAction>) {
    if offers.len() >= MOST {
        return;
    }
    let Some(Proposal { recipe, outcome }) = convert::convert(&request.subject, &path.answers) else {
        return;
    };
    match outcome {
        Outcome::Converted(conversion) => {
            offers.push(path.offer(recipe, None, conversion.edit.reaches_other_files()));
            for (key, choice) in &conversion.options {
                let path = path.with(key, choice);
                let other = convert::convert(&request.subject, &path.answers).map(|other| other.outcome);
                if let Some(Outcome::Converted(other)) = other {
                    offers.push(path.offer(recipe, None, other.edit.reaches_other_files()));
                }
            }
        }
        // One of several answers that leads nowhere isn't shown beside those that do.
        Outcome::Refused(_) if !path.answers.is_empty() => {}
        Outcome::Refused(reason) => offers.push(path.offer(recipe, Some(reason.message), true)),
        Outcome::Question(questions) => {
            let Some(question) = questions.first() else { return };
            if question.default.is_none() && path.answers.is_empty() {
                // There is no answer that fits most: the plain action says what is asked.
                offers.push(path.offer(recipe, Some(question.message.clone()), true));
            }
            let is_default = |choice: &&Choice| question.default == Some(&*choice.value);
            let first = question.choices.iter().filter(is_default);
            let rest = question.choices.iter().filter(|choice| !is_default(choice));
            for choice in first.chain(rest) {
                offer(request, &path.with(question.key, choice), offers);
            }
        }
    }
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    let rest = id.strip_prefix(ID)?;
    let answers: Vec<(String, String)> = rest
        .split('\n')
        .filter_map(|answer| answer.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    if !(rest.is_empty() || rest.starts_with('\n')) {
        return None;
    }
    Some(match convert::convert(&request.subject, &answers).map(|proposal| proposal.outcome) {
        Some(Outcome::Converted(conversion)) => Ok(conversion.edit),
        Some(Outcome::Refused(reason)) => Err(reason.message),
        _ => Err("The file can't be converted as it stands now.".to_owned()),
    })
}
