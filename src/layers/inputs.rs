//! What comes into a step from outside, as people name it: files, and stages.

use super::Subject;
use super::is_linked;
use crate::model::{Stage, UseKind};
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// What comes into a stage up to one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The line (1-based) of the COPY that takes the whole build context.
    pub everything: Option<u32>,
    /// Sources of COPY and ADD without their quotes, variables as they are written; in order, each once.
    pub files: Vec<String>,
    /// The numbers of the stages that something is copied from or mounted of, in order, each once.
    pub stages: Vec<usize>,
}

/// The inputs of the step `id` and, unless it is linked, of those above it, base stages included.
pub fn inputs(subject: &Subject<'_>, id: InstructionId) -> Inputs {
    let mut inputs = Inputs::default();
    let Some(stage) = subject.model.stage_of(id) else { return inputs };
    let linked = subject.instruction(id).is_some_and(is_linked);
    let above = if linked { 1 } else { usize::MAX };
    let chain: Vec<_> = subject.model.with_bases(stage).take(above).collect();
    for stage in chain.into_iter().rev() {
        for (at, instruction) in subject.model.steps(stage) {
            if at <= id && (!linked || at == id) {
                inputs.take(subject, stage, at, instruction);
            }
        }
    }
    inputs
}

/// Whether a COPY or ADD takes the whole build context.
pub fn takes_everything(instruction: &Instruction) -> bool {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return false;
    }
    copy(instruction).is_some_and(|copy| {
        copy.origin == Origin::Context
            && copy.sources.iter().any(|source| matches!(&*source.text, "." | "./" | "/" | "*" | "./*"))
    })
}

impl Inputs {
    fn take(&mut self, subject: &Subject<'_>, stage: &Stage, id: InstructionId, instruction: &Instruction) {
        for usage in stage.uses.iter().filter(|usage| usage.by == id && usage.kind != UseKind::Base) {
            if !self.stages.contains(&usage.stage) {
                self.stages.push(usage.stage);
            }
        }
        if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
            return;
        }
        if takes_everything(instruction) {
            self.everything.get_or_insert(instruction.first_line);
        }
        let Some(copy) = copy(instruction).filter(|copy| copy.origin == Origin::Context) else { return };
        for source in copy.sources {
            let written = source.text.to_string();
            let plain = if written.contains('$') { None } else { subject.model.expanded(id, &written) };
            let source = plain.unwrap_or(written);
            if !self.files.contains(&source) {
                self.files.push(source);
            }
        }
    }
}
