//! A single-stage Next.js image to a build stage and a run stage with the standalone output.
//!
//! [`detect`] finds the build, the app and its start; [`plan`] decides what becomes of every instruction
//! and what the run stage holds; [`emit`] makes edits of that. What isn't sure ends in a refusal with the
//! line or file that decides.

mod about;
mod app;
mod ask;
mod base;
mod builds;
mod commands;
mod config;
mod copies;
mod detect;
mod dockerignore;
mod emit;
mod health;
mod layout;
mod origin;
mod packages;
mod places;
mod plan;
mod pm2;
mod prisma;
mod refuse;
mod scope;
mod stage;
mod start;
mod steps;
mod user;
mod variables;
mod workspace;
mod yarn;

use super::Outcome;
use crate::layers::Subject;
use ask::Answers;
use refuse::Stop;

/// The recipe's name on the command line.
pub(super) const NAME: &str = "nextjs";

/// What this recipe makes of a Dockerfile; None where that has nothing to do with Next.js.
pub(super) fn convert(subject: &Subject<'_>, answers: &[(String, String)]) -> Option<Outcome> {
    let answers = Answers::new(answers);
    let converted = detect::detect(subject, &answers).and_then(|found| plan::plan(&found));
    match converted {
        Ok(plan) => {
            let open = answers.open();
            let outcome = if open.is_empty() {
                Outcome::Converted(emit::conversion(plan))
            } else {
                Outcome::Question(open)
            };
            Some(outcome)
        }
        Err(Stop::NotNextjs) => None,
        Err(Stop::Refused(reason)) => Some(Outcome::Refused(reason)),
        Err(Stop::Question(questions)) => Some(Outcome::Question(questions)),
    }
}
