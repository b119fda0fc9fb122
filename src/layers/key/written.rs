//! Files whose content a command's text tells: what a shell's own `echo` and `printf` write.
//!
//! Such a file hangs on less than the command does: not on arguments that the words don't name, and not on
//! what was copied elsewhere. So it is the same where the command runs again for one of those only.

use super::content::in_images;
use super::digest::{Digest, Mix};
use super::graph::{Builder, Ground, Layer, Making};
use super::step::within;
use crate::model::resolve;
use crate::shell::{Connector, Node, Part, PartKind, RedirectKind, Script, Separator, SimpleCommand, Word};
use crate::syntax::{Instruction, InstructionId};

impl<'a> Builder<'a> {
    /// The files that a RUN in shell form writes whole and always alike, with all that they hang on.
    pub(super) fn written(
        &self,
        making: &Making<'a>,
        id: InstructionId,
        instruction: &Instruction,
    ) -> Vec<(String, Digest)> {
        let scope = &making.scope;
        // What a mount shows may lie over the file.
        let mounted = instruction.flag("mount").is_some();
        let shell = scope.shell.first().map_or("", |program| program);
        if mounted || !matches!(shell, "/bin/sh" | "/bin/bash" | "/bin/ash" | "/bin/dash") {
            return Vec::new();
        }
        let Some(script) = self.plan.model.script(id) else { return Vec::new() };
        let paths = constant_files(script, &scope.workdir);
        if paths.is_empty() {
            return Vec::new();
        }
        let mix = scope.shell.iter().fold(Mix::new("constant"), |mix, word| mix.text(word));
        let mix = mix.text(script.text()).text(&scope.user).digest(scope.of_shells());
        let Some(mix) = self.ground(making, &paths, mix) else { return Vec::new() };
        let ground = mix.end();
        let digest = |path: &String| Mix::new("constant file").digest(ground).text(path).end();
        paths.iter().map(|path| (path.clone(), digest(path))).collect()
    }

    /// Mixes in what may change what a shell is and does, and what lies where it writes: the image and every
    /// command before. None where something was copied to or above such a place.
    fn ground(&self, making: &Making<'a>, paths: &[String], mut mix: Mix) -> Option<Mix> {
        let (mut index, mut layers, mut base) = (making.index, &making.layers, making.base);
        loop {
            let from = self.plan.model.stages().get(index)?.from;
            mix = mix.number(u64::from(self.plan.touched == Some(from)));
            for layer in layers {
                match layer {
                    Layer::Command { key, .. } => mix = mix.digest(*key),
                    Layer::Folder { .. } => {}
                    Layer::Copy { to, .. } => {
                        let touches = |path: &String| within(path, to) || within(to, path);
                        if in_images(to) || paths.iter().any(touches) {
                            return None;
                        }
                    }
                }
            }
            match base {
                Ground::Nothing => return Some(mix),
                Ground::Image(image) => return Some(mix.digest(image)),
                Ground::Stage(stage) => {
                    let built = self.built.get(stage)?.as_ref()?;
                    (index, layers, base) = (stage, &built.layers, built.base);
                }
            }
        }
    }
}

/// The files, absolute, that the script writes with words in which nothing expands. None where it runs
/// anything but `echo` and `printf`, which might change them, or runs them otherwise than one after another.
fn constant_files(script: &Script, workdir: &str) -> Vec<String> {
    let Some(writes) = writes(script, workdir) else { return Vec::new() };
    let constant = |path: &String| writes.iter().all(|(known, constant)| known != path || *constant);
    let mut paths: Vec<String> = writes.iter().map(|(path, _)| path.clone()).filter(constant).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Each file that is written, and whether with the same content each time. None where that isn't all that the
/// script does.
fn writes(script: &Script, workdir: &str) -> Option<Vec<(String, bool)>> {
    if script.truncated || !script.errors.is_empty() || !script.heredocs.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    for item in script.items() {
        if item.separator.is_some_and(|(separator, _)| separator == Separator::Background)
            || item.chain.rest.iter().any(|(connector, ..)| *connector == Connector::Or)
        {
            return None;
        }
        let rest = item.chain.rest.iter().map(|(.., pipeline)| pipeline);
        for pipeline in std::iter::once(&item.chain.first).chain(rest) {
            let [(_, Node::Simple(command))] = &*pipeline.commands else { return None };
            if pipeline.negated {
                return None;
            }
            found.extend(write(command, workdir)?);
        }
    }
    Some(found)
}

/// What one command writes, if anything. The outer None: it isn't one that is understood.
fn write(command: &SimpleCommand, workdir: &str) -> Option<Option<(String, bool)>> {
    let (program, words) = command.words.split_first()?;
    let prints = program.is_plain("echo") || program.is_plain("printf");
    if !prints || !command.assignments().is_empty() || words.iter().any(|word| !only_names(&word.parts)) {
        return None;
    }
    match command.redirects() {
        [] => Some(None),
        [redirect]
            if redirect.kind == RedirectKind::Output && redirect.descriptor.is_none_or(|to| to == 1) =>
        {
            let target = constant(redirect.target.as_deref()?)?;
            // A folder can't be written to, and an empty name neither.
            if target.is_empty() || target.ends_with('/') {
                return None;
            }
            Some(Some((resolve(workdir, &target), words.iter().all(|word| constant(word).is_some()))))
        }
        _ => None,
    }
}

/// The value of a word in which nothing expands: no variable, no pattern, no `~`.
fn constant(word: &Word) -> Option<String> {
    let home = word.text().starts_with('~');
    if word.has_glob() || home { None } else { word.literal().map(|value| value.into_owned()) }
}

/// Whether nothing in a word runs a command or sets a variable.
fn only_names(parts: &[Part]) -> bool {
    parts.iter().all(|part| match &part.kind {
        PartKind::Literal | PartKind::Glob | PartKind::Escaped | PartKind::Single | PartKind::AnsiC => true,
        PartKind::Double(parts) => only_names(parts),
        PartKind::Variable(expansion) => expansion.operator.is_none() && !expansion.indirect,
        _ => false,
    })
}
