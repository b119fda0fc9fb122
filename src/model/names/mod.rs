//! The names of a file and every place where each stands: stages, variables, heredocs.
//!
//! It is made once for a version of a file, in time linear in its length, and what navigates or renames reads
//! it. What a name means where it stands follows the scopes of BuildKit, as the model's stages and variables
//! do; inside RUN and its like the shell's variables are the file's where the shell gets them from there.

mod collect;
pub(super) mod mentions;

use crate::syntax::InstructionId;
use crate::text::Span;

/// One thing that has a name, an index into [`Names::list`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub(super) u32);

impl NameId {
    /// Where it stands in [`Names::list`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A thing that has a name in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What it is.
    pub kind: NameKind,
    /// The name as it is declared; of a stage without name its number.
    pub text: Box<str>,
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A stage, by its number.
    Stage(usize),
    /// A variable that ARG or ENV declares. All declarations that follow each other in one scope are one
    /// variable: those of a stage and of the stages built on it, and an ARG above the first FROM with the ARGs
    /// of stages that take its value.
    Variable {
        /// An ARG declares it.
        arg: bool,
        /// An ENV declares it, so that the image carries it.
        env: bool,
    },
    /// A variable that only the shell of one instruction has.
    Shell,
    /// The word that ends a heredoc.
    Heredoc,
}

/// How a name stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is declared: `AS name`, ARG, ENV, `<<EOF`.
    Declaration,
    /// A shell sets it.
    Assignment,
    /// It is used.
    Use,
    /// A stage is used by its number.
    Number,
    /// A stage is used through a variable, which stands here.
    Through,
}

/// A place where a name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name alone, without `$`, braces and quotes.
    pub span: Span,
    /// What it means here; None for a variable that the file doesn't declare.
    pub name: Option<NameId>,
    /// How it stands here.
    pub role: Role,
    /// The instruction in which it stands.
    pub by: InstructionId,
    /// Where its value is declared, as far as it holds here; for a stage where that begins.
    pub target: Option<Span>,
}

/// All names of one file.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<Name>,
    /// In the order of the text.
    occurrences: Vec<Occurrence>,
}

impl Names {
    /// The thing that `id` means.
    pub fn get(&self, id: NameId) -> Option<&Name> {
        self.list.get(id.0 as usize)
    }

    /// Everything that has a name, in no particular order.
    pub fn list(&self) -> &[Name] {
        &self.list
    }

    /// Every place, in the order of the text.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// The places of one thing, in the order of the text.
    pub fn of(&self, id: NameId) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |occurrence| occurrence.name == Some(id))
    }

    /// The name at a caret, whether before, in or behind it; the shortest one where several stand there.
    pub fn at(&self, offset: u32) -> Option<&Occurrence> {
        /// So many may begin before the caret without ending there and still lie around one that does.
        const BACK: usize = 8;
        let after = self.occurrences.partition_point(|occurrence| occurrence.span.start <= offset);
        let near = self.occurrences[..after].iter().rev().take(BACK);
        near.filter(|occurrence| occurrence.span.touches(offset))
            .min_by_key(|occurrence| occurrence.span.len())
    }
}

#[cfg(test)]
mod tests;
