//! What must be true of the tree of any script, held for inputs that a shell's parser has reason to fear: it
//! ends, its spans lie in the text, and its depth is bounded. `benches/shell` times the same inputs.

#[path = "../benches/shell/inputs.rs"]
mod inputs;

use plimsoll::shell::{
    self, Compound, CompoundKind, Dialect, List, MAX_DEPTH, Node, Part, PartKind, Redirect, Script, Word,
};
use plimsoll::text::{Span, Splice};

/// In an unoptimised build the whole size would take minutes.
const BYTES: usize = if cfg!(debug_assertions) { 30_000 } else { 1_000_000 };

/// Nodes, words and parts on the way down: a construct is at most so many of them.
const PER_LEVEL: u32 = 4;

#[test]
fn hostile_inputs_end_with_a_tree_of_bounded_depth() {
    for (name, head, unit) in inputs::INPUTS {
        let text = inputs::text(head, unit, BYTES);
        let splice = Splice::of(Span::new(0, text.len() as u32));
        for dialect in [Dialect::Posix, Dialect::Cmd, Dialect::PowerShell] {
            let script = shell::parse(&splice, &text, dialect);
            let mut walk = Walk { text: &text, name, deepest: 0 };
            walk.script(&script, 0);
            assert!(walk.deepest <= PER_LEVEL * (MAX_DEPTH + 1), "{name}, {dialect:?}: {}", walk.deepest);
            assert!(script.errors.len() <= 100, "{name}, {dialect:?}: {} errors", script.errors.len());
            for command in script.commands() {
                walk.span(command.span);
                command.words().iter().for_each(|word| walk.span(word.span));
            }
        }
    }
}

/// A walk over everything in a tree.
struct Walk<'t> {
    text: &'t str,
    name: &'t str,
    deepest: u32,
}

impl Walk<'_> {
    fn span(&self, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        assert!(start <= end && self.text.get(start..end).is_some(), "{}: {span:?}", self.name);
    }

    fn script(&mut self, script: &Script, depth: u32) {
        script.comments.iter().for_each(|span| self.span(*span));
        script.errors.iter().for_each(|error| self.span(error.span));
        self.list(&script.body, depth);
        for here in &script.heredocs {
            self.span(here.body);
            self.parts(&here.parts, depth + 1);
            here.script.iter().for_each(|script| self.script(script, depth + 1));
        }
    }

    fn list(&mut self, list: &List, depth: u32) {
        self.deepest = self.deepest.max(depth);
        for item in &list.items {
            let rest = item.chain.rest.iter().map(|(_, _, pipeline)| pipeline);
            for (_, node) in std::iter::once(&item.chain.first).chain(rest).flat_map(|p| &p.commands) {
                self.node(node, depth + 1);
            }
        }
    }

    fn node(&mut self, node: &Node, depth: u32) {
        self.span(node.span());
        match node {
            Node::Simple(simple) => {
                for assignment in simple.assignments() {
                    self.word(&assignment.value, depth);
                    assignment.array.iter().flatten().for_each(|word| self.word(word, depth));
                }
                simple.words.iter().for_each(|word| self.word(word, depth));
                self.redirects(simple.redirects(), depth);
                simple.inner.iter().for_each(|inner| self.script(&inner.1, depth + 1));
            }
            Node::Compound(compound) => self.compound(compound, depth),
        }
    }

    fn compound(&mut self, compound: &Compound, depth: u32) {
        self.redirects(&compound.redirects, depth);
        match &compound.kind {
            CompoundKind::Subshell(list) | CompoundKind::Group(list) => self.list(list, depth + 1),
            CompoundKind::If { branches, otherwise } => {
                for branch in branches {
                    self.list(&branch.condition, depth + 1);
                    self.list(&branch.body, depth + 1);
                }
                otherwise.iter().for_each(|list| self.list(list, depth + 1));
            }
            CompoundKind::For { variable, words, body, .. } => {
                variable.iter().chain(words.iter().flatten()).for_each(|word| self.word(word, depth));
                self.list(body, depth + 1);
            }
            CompoundKind::ArithmeticFor { body, .. } => self.list(body, depth + 1),
            CompoundKind::While { condition, body, .. } => {
                self.list(condition, depth + 1);
                self.list(body, depth + 1);
            }
            CompoundKind::Case { subject, items } => {
                subject.iter().for_each(|word| self.word(word, depth));
                for item in items {
                    item.patterns.iter().for_each(|word| self.word(word, depth));
                    self.list(&item.body, depth + 1);
                }
            }
            CompoundKind::Function { name, body } => {
                self.word(name, depth);
                body.iter().for_each(|node| self.node(node, depth + 1));
            }
            CompoundKind::Test(words) => words.iter().for_each(|word| self.word(word, depth)),
            CompoundKind::Arithmetic(parts) => self.parts(parts, depth),
        }
    }

    fn redirects(&mut self, redirects: &[Redirect], depth: u32) {
        for redirect in redirects {
            self.span(redirect.span);
            redirect.target.iter().for_each(|word| self.word(word, depth));
        }
    }

    fn word(&mut self, word: &Word, depth: u32) {
        self.span(word.span);
        self.parts(&word.parts, depth + 1);
    }

    fn parts(&mut self, parts: &[Part], depth: u32) {
        self.deepest = self.deepest.max(depth);
        for part in parts {
            self.span(part.span);
            match &part.kind {
                PartKind::Double(parts) | PartKind::Arithmetic(parts) => self.parts(parts, depth + 1),
                PartKind::Variable(variable) => self.parts(&variable.operand, depth + 1),
                PartKind::Command(list) | PartKind::Process(list) => self.list(list, depth + 1),
                PartKind::Backquoted(script) => self.script(script, depth + 1),
                _ => {}
            }
        }
    }
}
