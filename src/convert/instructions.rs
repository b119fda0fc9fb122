//! CMD and ENTRYPOINT: which of them count.

use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::{Form, InstructionId, Keyword};

/// The instructions that say what is started. Those that a later one of their kind overrides are `dead`.
#[derive(Clone, Debug, Default)]
pub(super) struct Instructions {
    pub entrypoint: Option<InstructionId>,
    pub cmd: Option<InstructionId>,
    pub dead: Vec<InstructionId>,
}

impl Instructions {
    pub fn of(subject: &Subject<'_>, stage: &Stage) -> Self {
        let mut found = Self::default();
        for (id, instruction) in subject.model.steps(stage) {
            let place = match instruction.keyword {
                Keyword::Cmd => &mut found.cmd,
                Keyword::Entrypoint => &mut found.entrypoint,
                _ => continue,
            };
            found.dead.extend(place.replace(id));
        }
        // Under an ENTRYPOINT in shell form CMD has no effect.
        let entrypoint = found.entrypoint.and_then(|id| subject.instruction(id));
        if entrypoint.is_some_and(|entrypoint| entrypoint.form != Form::Exec) {
            found.dead.extend(found.cmd.take());
        }
        found
    }

    /// The instruction that a message about the start points at: the one that names the app's own start.
    pub fn deciding(&self) -> Option<InstructionId> {
        self.cmd.or(self.entrypoint)
    }
}
