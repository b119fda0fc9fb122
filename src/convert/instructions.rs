//! CMD and ENTRYPOINT: which of them count.

use super::commands::quote;
use super::plan::{Fate, Fates, comments_of};
use super::refuse::{note, shown};
use super::{Note, built::Built};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::{Form, Instruction, InstructionId, Keyword};

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

    /// What the container starts, as words that a shell reads; in shell form a single one of many words.
    pub fn words(&self, subject: &Subject<'_>) -> Vec<String> {
        let source = &**subject.source();
        let parts = [self.entrypoint, self.cmd].into_iter().flatten();
        let parts: Vec<&Instruction> = parts.filter_map(|id| subject.instruction(id)).collect();
        let mut words = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if part.form == Form::Exec {
                words.extend(part.args.iter().map(|word| quote(&word.text)));
            } else if index == 0 && parts.len() == 1 || part.keyword == Keyword::Entrypoint {
                words.push(part.rest_splice(source).text(source).to_owned());
            } else {
                // Docker hands the shell form of CMD to an ENTRYPOINT as these words.
                words.extend(["/bin/sh".into(), "-c".into(), quote(part.rest_splice(source).text(source))]);
            }
        }
        words
    }

    /// The instruction that a message about the start points at: the one that names the app's own start.
    pub fn deciding(&self) -> Option<InstructionId> {
        self.cmd.or(self.entrypoint)
    }
}

/// The ENTRYPOINT that the official images have; it starts what it is given.
pub(super) const IMAGES_OWN: &str = "docker-entrypoint.sh";

/// Takes out the instructions that never had an effect.
pub(super) fn drop_dead(built: &Built<'_>, fates: &mut Fates, notes: &mut Vec<Note>) {
    for id in &built.instructions.dead {
        let Some(instruction) = built.subject.instruction(*id) else { continue };
        fates.insert(*id, Fate::Gone);
        let text = shown(instruction, built.source());
        let (line, comments) = (instruction.first_line, comments_of(built, instruction));
        let why = "a later instruction takes its place, so it never had an effect";
        notes.push(note(instruction, format!("`{text}` (line {line}) is left out: {why}.{comments}")));
    }
}
