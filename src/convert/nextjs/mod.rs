//! A single-stage Next.js image to a build stage and a run stage with the standalone output.
//!
//! [`detect`] finds the build, the app and its start; [`plan`] decides what becomes of every instruction
//! and what the run stage holds. What isn't sure ends in a refusal with the
//! line or file that decides.

mod about;
mod app;
mod base;
mod browsers;
mod builds;
mod config;
mod copies;
mod detect;
mod dockerignore;
mod entry;
mod entry_steps;
mod env_files;
mod health;
mod layout;
mod named_files;
mod needs;
mod node_options;
mod owners;
mod packages;
mod plan;
mod pm2;
mod prisma;
mod programs;
mod scope;
mod script;
mod secrets;
mod stage;
mod start;
mod steps;
mod through;
mod user;
mod variables;
mod workspace;
mod yarn;

use super::Recipe;

pub(super) const RECIPE: Recipe = Recipe {
    name: "nextjs",
    title: "Convert to a multi-stage build with Next.js standalone output",
    keys: &[
        "after-build",
        "app",
        "base",
        "cache-handler",
        "dotenv",
        "entrypoint",
        "env-local",
        "migrate",
        "pm2",
        "run-base",
        "standalone",
        "user",
    ],
    subject: "Next.js",
    not_for: "not-nextjs",
    plan: |subject, answers| detect::detect(subject, answers).and_then(|found| plan::plan(&found)),
};
