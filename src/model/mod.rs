//! What one file means: stages and their graph, scopes of ARG and ENV, the effective USER, WORKDIR and SHELL.
//!
//! Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert.go`.

#![warn(missing_docs)]

mod build;
mod fingerprint;
mod names;
mod os;
mod path;
mod scope;
mod script;
mod stage;

pub use fingerprint::Fingerprint;
pub use names::{Name, NameId, NameKind, Names, Occurrence, Role};
pub use path::resolve;
pub use scope::{Origin, Variable};
pub use stage::{Base, Frame, Stage, StageUse, UseKind, Workdir};

use crate::shell::{Dialect, Script};
use crate::syntax::{Instruction, InstructionId, Tree};
use names::mentions::{self, Mention};
use std::sync::{Arc, OnceLock};

/// The meaning of one tree. It names instructions by their [`InstructionId`] in that tree.
#[derive(Debug)]
pub struct Model {
    tree: Arc<Tree>,
    stages: Vec<Stage>,
    globals: Vec<Variable>,
    /// The stage that is built where none is named: the last one.
    target: Option<usize>,
    /// By item of the tree, the script of a RUN, CMD, ENTRYPOINT or HEALTHCHECK, read on first use.
    scripts: Vec<OnceLock<Option<Script>>>,
    /// By item of the tree, the variables that its script names, collected on first use.
    mentions: Vec<OnceLock<Vec<Mention>>>,
    /// Collected on first use.
    names: OnceLock<Names>,
    /// Reckoned on first use.
    fingerprints: OnceLock<Vec<Fingerprint>>,
    /// What `--build-arg` gives, by name.
    arguments: Vec<(String, Option<String>)>,
}

impl Model {
    /// The meaning of a file that is built without `--build-arg`.
    pub fn new(tree: Arc<Tree>) -> Self {
        Self::with_arguments(tree, Vec::new())
    }

    /// The meaning of a file that is built with these values of `--build-arg`, by name.
    pub fn with_arguments(tree: Arc<Tree>, arguments: Vec<(String, String)>) -> Self {
        Self::with_given(tree, arguments.into_iter().map(|(name, value)| (name, Some(value))).collect())
    }

    /// The same where some values aren't known: those of the Dockerfile don't stand for them.
    pub fn with_given(tree: Arc<Tree>, arguments: Vec<(String, Option<String>)>) -> Self {
        Self::build(tree, arguments, None)
    }

    /// The same file and arguments, with other values for the variables that `altered` picks and for what
    /// is derived from them. What the others are is told by a character that no file holds in it.
    pub fn altered(&self, altered: &dyn Fn(&Variable) -> bool) -> Self {
        Self::build(Arc::clone(&self.tree), self.arguments.clone(), Some(altered))
    }

    fn build(
        tree: Arc<Tree>,
        arguments: Vec<(String, Option<String>)>,
        altered: Option<&dyn Fn(&Variable) -> bool>,
    ) -> Self {
        let given = scope::Given { arguments: &arguments, altered };
        let (mut stages, globals) = build::stages(&tree, given);
        let target = stages.len().checked_sub(1);
        let scripts = tree.items().iter().map(|_| OnceLock::new()).collect();
        let mentions = tree.items().iter().map(|_| OnceLock::new()).collect();
        let needed = stage::needed(&stages, target);
        for (stage, needed) in stages.iter_mut().zip(needed) {
            stage.used = needed;
        }
        let (names, fingerprints) = (OnceLock::new(), OnceLock::new());
        Self { tree, stages, globals, target, scripts, mentions, names, fingerprints, arguments }
    }

    /// Takes over what `before`, the meaning of another text of the file, knows of the names in scripts that stand in both.
    pub fn knowing(self, before: &Model) -> Self {
        for (id, instruction) in self.tree.numbered() {
            let known = || {
                let known = before.mentions.get(id.index())?.get()?;
                let earlier = before.tree.instruction(id)?;
                let (from, to) = (earlier.full_span, instruction.full_span);
                let same = from.of(before.tree.source()) == to.of(self.tree.source())
                    && before.tree.escape() == self.tree.escape()
                    && before.dialect(id) == self.dialect(id);
                same.then(|| mentions::moved(known, from.start, to.start))
            };
            if let (Some(known), Some(cell)) = (known(), self.mentions.get(id.index())) {
                cell.get_or_init(|| known);
            }
        }
        self
    }

    /// What `--build-arg` gives, by name; None for a value that isn't known.
    pub fn arguments(&self) -> &[(String, Option<String>)] {
        &self.arguments
    }

    /// Whether an ARG declares `name`, above the first FROM or in a stage.
    pub fn declares(&self, name: &str) -> bool {
        let is_it = |variable: &Variable| variable.origin == Origin::Arg && *variable.name == *name;
        self.globals.iter().any(is_it) || self.stages.iter().any(|stage| stage.variables.iter().any(is_it))
    }

    /// The tree that this is the meaning of.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// The stages in the order of the file.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The ARGs above the first FROM.
    pub fn globals(&self) -> &[Variable] {
        &self.globals
    }

    /// The last stage, which is built where no other is asked for.
    pub fn target(&self) -> Option<&Stage> {
        self.stages.get(self.target?)
    }

    /// The stage that `--target` means: by its name, in whatever case, else by its number.
    pub fn stage_called(&self, name: &str) -> Option<&Stage> {
        let lower = name.to_lowercase();
        let named = self.stages.iter().rev().find(|stage| stage.name.as_deref() == Some(&*lower));
        named.or_else(|| self.stages.get(name.parse::<usize>().ok()?))
    }

    /// A stage and those that it is built on, from itself down to the one whose base is no stage.
    pub fn with_bases<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a Stage> {
        // A base is always an earlier stage, so this ends.
        std::iter::successors(Some(stage), |stage| match stage.base {
            Base::Stage(base) => self.stages.get(base),
            _ => None,
        })
    }

    /// What a stage stands on in the end, through the stages that it is built on.
    pub fn root<'a>(&'a self, stage: &'a Stage) -> &'a Base {
        self.with_bases(stage).last().map_or(&stage.base, |root| &root.base)
    }

    /// Which stages a build of the stage `target` needs, by number.
    pub fn needed(&self, target: usize) -> Vec<bool> {
        stage::needed(&self.stages, Some(target))
    }

    /// The stage in which an instruction stands, its FROM included.
    pub fn stage_of(&self, id: InstructionId) -> Option<&Stage> {
        let after = self.stages.partition_point(|stage| stage.from <= id);
        self.stages[..after].last()
    }

    /// What holds where `id` stands, before it takes effect itself; None above the first FROM.
    pub fn frame(&self, id: InstructionId) -> Option<&Frame> {
        let stage = self.stage_of(id)?;
        let at = stage.instructions.binary_search(&id).ok()?;
        stage.frames.get(at)
    }

    /// What holds at the end of a stage.
    pub fn last_frame<'a>(&self, stage: &'a Stage) -> &'a Frame {
        &stage.last
    }

    /// The variables that `id` sees, those declared later in the list hiding earlier ones.
    pub fn variables(&self, id: InstructionId) -> &[Variable] {
        match (self.stage_of(id), self.frame(id)) {
            (Some(stage), Some(frame)) if stage.from != id => &stage.variables[..frame.variables],
            _ => {
                let known = self.globals.partition_point(|variable| variable.declared < Some(id));
                &self.globals[..known]
            }
        }
    }

    /// All variables of a stage, those of the stage that it is built on first.
    pub fn all_variables<'a>(&self, stage: &'a Stage) -> &'a [Variable] {
        &stage.variables
    }

    /// The variables that a stage has from the one that it is built on; `from` is its FROM.
    pub fn inherited_variables(&self, from: InstructionId) -> &[Variable] {
        match (self.stage_of(from), self.frame(from)) {
            (Some(stage), Some(frame)) => &stage.variables[..frame.variables],
            _ => &[],
        }
    }

    /// The value of `name` where `id` stands: None where it isn't declared there, or has no value.
    pub fn value(&self, id: InstructionId, name: &str) -> Option<&str> {
        scope::lookup(self.variables(id), name).and_then(|variable| variable.value.as_deref())
    }

    /// `text` with its variables as they are where `id` stands, and without quotes; None where one of them
    /// isn't known.
    pub fn expanded(&self, id: InstructionId, text: &str) -> Option<String> {
        scope::expand(text, self.tree.escape(), self.variables(id))
    }

    /// The commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.
    pub fn script(&self, id: InstructionId) -> Option<&Script> {
        let cell = self.scripts.get(id.index())?;
        cell.get_or_init(|| script::of(&self.tree, self.tree.instruction(id)?, self.dialect(id))).as_ref()
    }

    /// The variables that the script of `id` names; none where it has no script.
    fn mentions(&self, id: InstructionId) -> &[Mention] {
        let of = || self.script(id).map_or_else(Vec::new, mentions::of);
        self.mentions.get(id.index()).map_or(&[], |cell| cell.get_or_init(of))
    }

    /// The names of stages, variables and heredocs, with every place where each stands.
    pub fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of_model(self))
    }

    /// The language of the shell form where `id` stands: that of the SHELL above it, else the default of the
    /// system that the stage is built on.
    pub fn dialect(&self, id: InstructionId) -> Dialect {
        let shell = self.frame(id).and_then(|frame| frame.shell);
        match shell.and_then(|shell| self.tree.instruction(shell)) {
            Some(shell) => {
                let words: Vec<&str> = shell.args.iter().map(|word| &*word.text).collect();
                Dialect::of_shell(&words)
            }
            None => self.stage_of(id).map_or(Dialect::Posix, |stage| stage.default_shell),
        }
    }

    /// The instructions of a stage behind its FROM.
    pub fn steps<'a>(
        &'a self,
        stage: &'a Stage,
    ) -> impl DoubleEndedIterator<Item = (InstructionId, &'a Instruction)> {
        stage.instructions[1..].iter().filter_map(|&id| Some((id, self.tree.instruction(id)?)))
    }
}

#[cfg(test)]
mod tests;
