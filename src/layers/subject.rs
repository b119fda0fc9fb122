use super::key::Keys;
use super::leftovers::{self, Leftover};
use super::rerun::state;
use super::weight::{Weight, Weights};
use super::{Plan, Total};
use crate::context::View;
use crate::model::Model;
use crate::syntax::{Instruction, InstructionId, Tree};
use std::sync::Arc;

/// One Dockerfile with all that is known of it: what rules, actions and recipes read.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub model: &'a Model,
    pub plan: &'a Plan,
    /// The build context; None where it isn't known, or not yet.
    pub context: Option<&'a View>,
}

/// What a step weighs that isn't of this plan.
static NOTHING: Weight = Weight { size: None, parts: Vec::new() };

impl<'a> Subject<'a> {
    pub fn tree(&self) -> &'a Arc<Tree> {
        self.model.tree()
    }

    pub fn source(&self) -> &'a Arc<str> {
        self.model.tree().source()
    }

    /// The instruction that `id` names, which must be of this subject's tree.
    pub fn instruction(&self, id: InstructionId) -> Option<&'a Instruction> {
        self.model.tree().instruction(id)
    }

    /// What the step `id` adds to the image. Computed for the whole plan when it is first asked for.
    pub fn weight(&self, id: InstructionId) -> &'a Weight {
        self.plan.step(id).and_then(|step| self.weights().of(step)).unwrap_or(&NOTHING)
    }

    /// What the final image weighs.
    pub fn image(&self) -> Total {
        self.weights().image()
    }

    /// What the commands of the RUN `id` leave in its layer; nothing for any other instruction.
    pub fn leftovers(&self, id: InstructionId) -> &'a [Leftover] {
        let step = self.plan.step(id);
        step.map_or(&[], |step| step.leftovers.get_or_init(|| leftovers::read(self, id)))
    }

    /// The cache keys of the build as it stands. Computed when they are first asked for.
    pub(super) fn keys(&self) -> &'a Keys {
        self.plan.keys.get_or_init(|| Arc::new(Keys::of(&state(self, self.model))))
    }

    fn weights(&self) -> &'a Weights {
        self.plan.weights.get_or_init(|| Weights::new(self))
    }
}
