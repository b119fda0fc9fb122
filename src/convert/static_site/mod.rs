//! A single-stage image of an app that Vite or Create React App builds, to a build stage and an image of nginx that
//! holds the built files alone.
//!
//! [`detect`] finds the build and what serves it, [`output`] where its files are and how they were served, [`plan`]
//! decides what becomes of every instruction. nginx takes the place of the server, so a start that does more than
//! serve files ends in a refusal with the line or file that decides.

mod detect;
mod environment;
mod frameworks;
mod health;
mod nginx;
mod output;
mod plan;
mod port;
mod programs;
mod proxy;
mod react_scripts;
mod server;
mod start;
mod steps;
mod variables;
mod vite;

use super::Recipe;

pub(super) const RECIPE: Recipe = Recipe {
    name: "static-site",
    title: "Convert to a multi-stage build with nginx serving the built files",
    keys: &[proxy::KEY, plan::USER],
    subject: "an app of Vite or Create React App",
    not_for: "not-static-site",
    plan: |subject, answers| detect::detect(subject, answers).and_then(|found| plan::plan(&found)),
};
