//! What every step adds to the image: one file a kind of thing.
//!
//! Sizes are sums of file contents, uncompressed, as an engine with the classic store tells them; folders,
//! links and the changes of a file's metadata in its own layer add nothing. A file that a later step
//! changes counts again, and one that a later step deletes still counts.

mod base;
mod build;
mod caches;
mod commands;
mod contents;
mod copied;
mod modules;
mod next;
mod run;
mod system;
mod what;

pub use what::{Part, What};

use super::{Layer, Plan, Size, Subject};
use crate::context::View;
use crate::model::{Base, Model, Stage};
use crate::syntax::{Instruction, InstructionId, Keyword};
use base::Ground;
use contents::Contents;

/// Weighs the steps of a file in their order; what stands in a stage is known to those that copy from it.
pub(super) struct Weigher<'a> {
    model: &'a Model,
    view: Option<&'a View>,
    /// By stage, what is in it so far.
    stages: Vec<State>,
}

/// What is known of a stage where its last weighed step ends.
#[derive(Clone, Default)]
struct State {
    ground: Ground,
    contents: Contents,
}

impl<'a> Weigher<'a> {
    pub fn new(model: &'a Model, view: Option<&'a View>) -> Self {
        Self { model, view, stages: Vec::new() }
    }

    /// Begins a stage; stages come in their order.
    pub fn open(&mut self, stage: &Stage) {
        let state = match &stage.base {
            Base::Stage(base) => self.stages.get(*base).cloned().unwrap_or_default(),
            Base::Scratch => State::default(),
            Base::Image { reference, .. } => {
                State { ground: base::ground(self.model, stage, reference.as_deref()), ..State::default() }
            }
        };
        self.stages.push(state);
    }

    /// What the step `id` adds. A step that makes no layer adds nothing; of stages that aren't built
    /// nothing is asked.
    pub fn step(
        &mut self,
        stage: &Stage,
        id: InstructionId,
        instruction: &Instruction,
        layer: Layer,
    ) -> Vec<Part> {
        if layer != Layer::Filesystem {
            return Vec::new();
        }
        match instruction.keyword {
            Keyword::From => base::parts(stage, &self.stages[stage.index].ground),
            Keyword::Workdir => vec![Part { what: What::Folder, size: Some(Size::measured(0)) }],
            Keyword::Copy | Keyword::Add => copied::parts(self, stage, id, instruction),
            Keyword::Run => run::parts(self, stage, id),
            _ => Vec::new(),
        }
    }

    /// The file for those that ask for a subject; its plan is empty, since it is being made.
    fn subject<'s>(&'s self, plan: &'s Plan) -> Subject<'s> {
        Subject { model: self.model, plan, context: self.view }
    }
}

/// All parts together; None where one of them isn't known. They are different things, reckoned from
/// different facts, but for those that are a copy of others.
pub(super) fn sum(parts: &[Part]) -> Option<Size> {
    let none = Size::measured(0);
    let (mut own, mut copies) = (none, none);
    for part in parts {
        let size = part.size?;
        match part.what.is_copy() {
            true => copies = copies.plus(size),
            false => own = own.beside(size),
        }
    }
    Some(own.plus(copies))
}

#[cfg(test)]
mod tests;
