//! The cache keys of a build's steps: what BuildKit compares to find a step in its cache.
//!
//! A key is made of an operation (what is done) and of that to which it is done: the step above it, known by
//! its own key, and what is copied or mounted, known by its content. Two builds are compared key by key:
//! a step of the later one runs where its key isn't among those that the earlier one left.
//!
//! What lies at a path of a stage isn't known before it is built. It is described by where it comes from:
//! files of the context, an image, or whatever the command with a certain key wrote. Where two descriptions
//! differ only in the last, the contents may be the same all the same.
//!
//! Sources: BuildKit `frontend/dockerfile/dockerfile2llb/convert.go` and `client/llb` (what is done),
//! `solver/llbsolver/ops/{exec,file,merge}.go` (what of it is in a key), `cache/contenthash` (what of a
//! file is), `solver/edge.go` (how keys are found); and builds with BuildKit 28.5 in which one thing was
//! changed at a time, where the comments say "measured".

mod compare;
mod content;
mod copying;
mod digest;
mod files;
mod graph;
mod lookup;
mod mounts;
mod scope;
mod step;
mod written;

pub use files::Files;
pub use step::is_linked;

use super::Again;
use crate::context::{Contents, Source, View};
use crate::model::Model;
use crate::syntax::InstructionId;
use graph::{Graph, Plan};

/// What a build is made from.
#[derive(Clone, Copy)]
pub struct State<'a> {
    /// The Dockerfile with the values of its arguments.
    pub model: &'a Model,
    /// The number of the stage that is built; None: the last one.
    pub target: Option<usize>,
    pub files: Files<'a>,
    /// Whether the images hold something else than they do in the other state.
    pub images_changed: bool,
    /// A step that is done in another way than in the other state.
    pub touched: Option<InstructionId>,
}

impl<'a> State<'a> {
    /// A state in which nothing is said to have changed.
    pub fn new(model: &'a Model, target: Option<usize>, files: Files<'a>) -> Self {
        Self { model, target, files, images_changed: false, touched: None }
    }

    fn plan(&self) -> Option<Plan<'a>> {
        let last = self.model.stages().len().checked_sub(1)?;
        let target = self.target.unwrap_or(last).min(last);
        let Self { model, files, images_changed, touched, .. } = *self;
        Some(Plan { model, target, files, images_changed, touched })
    }
}

/// The keys of the steps that a build runs where nothing is cached.
#[derive(Debug)]
pub struct Keys(Option<Graph>);

impl Keys {
    pub fn of(state: &State<'_>) -> Self {
        Self(state.plan().map(Graph::new))
    }

    /// For each step, in the order of the file, whether it runs again in the cache that a build of `before`
    /// left. A step is a RUN, COPY, ADD or WORKDIR of a stage that the target needs; other instructions
    /// run nothing.
    pub fn again(&self, before: &Keys) -> Vec<(InstructionId, Again)> {
        let Some(after) = &self.0 else { return Vec::new() };
        match &before.0 {
            Some(before) => compare::compare(before, after),
            None => after.steps().iter().map(|&(id, _)| (id, Again::Yes)).collect(),
        }
    }

    /// The steps whose own part of the key, what is done and what is copied or mounted, is another than in
    /// `before`, which is made of the same file.
    pub(super) fn own_changes(&self, before: &Keys) -> Vec<InstructionId> {
        match (&self.0, &before.0) {
            (Some(after), Some(before)) => after.own_changes(before),
            _ => Vec::new(),
        }
    }
}

/// Reads what a build takes of its context: the files that have to be read to know its keys. `source` is the
/// one that the view was made from.
pub fn read(source: &dyn Source, model: &Model, target: Option<usize>, view: &View) -> Contents {
    let files = Files::Named { view: Some(view), changed: &[] };
    let plan = State::new(model, target, files).plan();
    let selections = plan.map(|plan| Graph::with_selections(plan).1).unwrap_or_default();
    let named: Vec<String> = selections.iter().map(|selection| selection.path.clone()).collect();
    let wanted = |path: &str| selections.iter().any(|selection| selection.takes(path));
    Contents::read(source, view, &wanted, &named)
}

#[cfg(test)]
mod tests;
