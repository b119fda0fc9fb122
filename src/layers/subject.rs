use super::Plan;
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
}
