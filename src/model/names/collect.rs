//! One walk over the file, stage by stage along the tree of bases.

use super::{Name, NameId, NameKind, Names, Occurrence, Role};
use crate::model::{Base, Model, Origin, Stage};
use crate::syntax::expand::{Lex, Reference};
use crate::syntax::instruction::declarations;
use crate::syntax::{Heredoc, Instruction, InstructionId, Keyword, Word, image};
use crate::text::Span;
use std::collections::HashMap;

impl Names {
    /// The names of the file that `model` is the meaning of.
    pub(in crate::model) fn of_model(model: &Model) -> Self {
        let mut walk = Walk::new(model);
        walk.stages();
        walk.heredocs();
        walk.globals();
        walk.all_stages();
        walk.finish()
    }
}

/// What a variable is where it is visible.
#[derive(Clone, Copy)]
struct Binding {
    name: u32,
    /// The declaration that gives it its value here.
    target: Span,
    /// The last ENV that declares it, which the image keeps.
    env: Option<Span>,
    set: bool,
}

struct Walk<'m> {
    model: &'m Model,
    source: &'m str,
    escape: char,
    list: Vec<Name>,
    /// Which names are one and the same: a forest, each pointing to its parent or to itself.
    same: Vec<u32>,
    occurrences: Vec<Occurrence>,
    /// The ARGs above the first FROM.
    globals: HashMap<&'m str, Binding>,
    /// What is visible in the stage at hand, by name; the last one counts.
    visible: HashMap<&'m str, Vec<Binding>>,
    /// The names to take back when the stage at hand is left.
    declared: Vec<&'m str>,
    /// What CMD, ENTRYPOINT and HEALTHCHECK read when the image runs, in the stage at hand.
    later: Vec<(&'m str, Span, InstructionId)>,
}

impl<'m> Walk<'m> {
    fn new(model: &'m Model) -> Self {
        Self {
            model,
            source: model.tree().source(),
            escape: model.tree().escape(),
            list: Vec::new(),
            same: Vec::new(),
            occurrences: Vec::new(),
            globals: HashMap::new(),
            visible: HashMap::new(),
            declared: Vec::new(),
            later: Vec::new(),
        }
    }

    fn finish(mut self) -> Names {
        for at in 0..self.occurrences.len() {
            if let Some(NameId(name)) = self.occurrences[at].name {
                self.occurrences[at].name = Some(NameId(self.root(name)));
            }
        }
        // What joined another name says its kind there.
        for at in 0..self.list.len() as u32 {
            let root = self.root(at);
            if let NameKind::Variable { arg, env } = self.list[at as usize].kind
                && let NameKind::Variable { arg: to_arg, env: to_env } = &mut self.list[root as usize].kind
            {
                *to_arg |= arg;
                *to_env |= env;
            }
        }
        self.occurrences.sort_by_key(|occurrence| (occurrence.span.start, occurrence.span.end));
        // `"$X"` behind `sh -c` is one place, whichever shell expands it.
        self.occurrences.dedup_by_key(|occurrence| (occurrence.span, occurrence.name));
        Names { list: self.list, occurrences: self.occurrences }
    }

    fn new_name(&mut self, kind: NameKind, text: &str) -> u32 {
        let id = self.list.len() as u32;
        self.list.push(Name { kind, text: text.into() });
        self.same.push(id);
        id
    }

    fn root(&mut self, mut name: u32) -> u32 {
        while self.same[name as usize] != name {
            let parent = self.same[name as usize];
            self.same[name as usize] = self.same[parent as usize];
            name = parent;
        }
        name
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The one that was there first stays.
        self.same[a.max(b) as usize] = a.min(b);
    }

    fn add(&mut self, span: Span, name: Option<u32>, role: Role, by: InstructionId, target: Option<Span>) {
        self.occurrences.push(Occurrence { span, name: name.map(NameId), role, by, target });
    }

    fn stages(&mut self) {
        for stage in self.model.stages() {
            let label = stage.name_span.map_or_else(|| stage.label(), |span| span.of(self.source).into());
            let name = self.new_name(NameKind::Stage(stage.index), &label);
            debug_assert_eq!(name as usize, stage.index);
            if let Some(span) = stage.name_span {
                self.add(span, Some(name), Role::Declaration, stage.from, Some(span));
            }
        }
        for stage in self.model.stages() {
            for usage in &stage.uses {
                let Some(used) = self.model.stages().get(usage.stage) else { continue };
                let written = usage.span.of(self.source);
                let role = match &used.name {
                    Some(name) if written.to_lowercase() == **name => Role::Use,
                    _ if image::is_stage_index(written) => Role::Number,
                    _ => Role::Through,
                };
                let from = self.model.tree().instruction(used.from);
                let target = used.name_span.or(from.map(|from| from.keyword_span));
                self.add(usage.span, Some(used.index as u32), role, usage.by, target);
            }
        }
    }

    fn heredocs(&mut self) {
        for (id, instruction) in self.model.tree().numbered() {
            for heredoc in &instruction.heredocs {
                let Some(span) = opener_name(heredoc, self.source) else { continue };
                let name = self.new_name(NameKind::Heredoc, &heredoc.name);
                self.add(span, Some(name), Role::Declaration, id, Some(span));
                if let Some(end) = heredoc.end {
                    self.add(end, Some(name), Role::Use, id, Some(span));
                }
            }
        }
    }

    /// What stands above the first FROM, and the FROMs, which see nothing else.
    fn globals(&mut self) {
        let first = self.model.stages().first().map(|stage| stage.from);
        for (id, instruction) in self.model.tree().numbered() {
            let above = first.is_none_or(|first| id < first);
            if instruction.keyword == Keyword::From || (above && instruction.keyword != Keyword::Arg) {
                let values = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
                for word in values.chain(&instruction.args) {
                    self.reads_of_global(instruction, word, id);
                }
            } else if above {
                for (word, declared) in instruction.args.iter().zip(declarations(instruction)) {
                    self.reads_of_global(instruction, word, id);
                    let Some(text) = plain(declared.name_span, declared.name, self.source) else { continue };
                    let known = self.globals.get(text).copied();
                    let kind = NameKind::Variable { arg: true, env: false };
                    let name = known.map_or_else(|| self.new_name(kind, text), |known| known.name);
                    let span = declared.name_span;
                    self.add(span, Some(name), Role::Declaration, id, Some(span));
                    let set = declared.value.is_some();
                    let target = known.filter(|known| !set && known.set).map_or(span, |known| known.target);
                    self.globals.insert(text, Binding { name, target, env: None, set });
                }
            }
        }
    }

    fn reads_of_global(&mut self, instruction: &'m Instruction, word: &'m Word, by: InstructionId) {
        for (name, span) in references(instruction, word, self.source, self.escape) {
            let known = self.globals.get(name).copied();
            self.add(span, known.map(|it| it.name), Role::Use, by, known.map(|it| it.target));
        }
    }

    /// Every stage, each after the one that it is built on, and with what that one has in sight.
    fn all_stages(&mut self) {
        enum Go {
            In(usize),
            Out(usize),
        }
        let stages = self.model.stages();
        let mut built_on: Vec<Vec<usize>> = vec![Vec::new(); stages.len()];
        let mut go = Vec::new();
        for stage in stages.iter().rev() {
            match stage.base {
                Base::Stage(base) if base < stage.index => built_on[base].push(stage.index),
                _ => go.push(Go::In(stage.index)),
            }
        }
        while let Some(next) = go.pop() {
            match next {
                Go::Out(mark) => {
                    for name in self.declared.drain(mark..) {
                        if let Some(bindings) = self.visible.get_mut(name) {
                            bindings.pop();
                        }
                    }
                }
                Go::In(index) => {
                    go.push(Go::Out(self.declared.len()));
                    self.stage(&stages[index]);
                    go.extend(built_on[index].iter().map(|index| Go::In(*index)));
                }
            }
        }
    }

    fn stage(&mut self, stage: &'m Stage) {
        for (id, instruction) in self.model.steps(stage) {
            match instruction.keyword {
                Keyword::Arg => {
                    for (word, declared) in instruction.args.iter().zip(declarations(instruction)) {
                        self.reads(instruction, word, id);
                        if let Some(text) = plain(declared.name_span, declared.name, self.source) {
                            let set = declared.value.is_some();
                            self.declare(text, declared.name_span, Origin::Arg, set, id);
                        }
                    }
                }
                Keyword::Env => {
                    instruction.args.iter().for_each(|word| self.reads(instruction, word, id));
                    for (name, _) in instruction.pairs() {
                        if let Some(text) = plain(name.span, &name.text, self.source) {
                            self.declare(text, name.span, Origin::Env, true, id);
                        }
                    }
                }
                _ => self.instruction(instruction, id),
            }
        }
        for (name, span, by) in std::mem::take(&mut self.later) {
            let known = self.known(name).and_then(|known| Some((known.name, known.env?)));
            self.add(span, known.map(|it| it.0), Role::Use, by, known.map(|it| it.1));
        }
    }

    fn known(&self, name: &str) -> Option<Binding> {
        self.visible.get(name)?.last().copied()
    }

    fn declare(&mut self, text: &'m str, span: Span, origin: Origin, set: bool, by: InstructionId) {
        let known = self.known(text);
        let global = self.globals.get(text).copied().filter(|_| origin == Origin::Arg && !set);
        let kind = NameKind::Variable { arg: origin == Origin::Arg, env: origin == Origin::Env };
        let name = match (known, global) {
            (Some(known), Some(global)) => {
                self.join(known.name, global.name);
                known.name
            }
            (Some(one), None) | (None, Some(one)) => one.name,
            (None, None) => self.new_name(kind, text),
        };
        let root = self.root(name) as usize;
        if let NameKind::Variable { arg, env } = &mut self.list[root].kind {
            *arg |= origin == Origin::Arg;
            *env |= origin == Origin::Env;
        }
        // An ARG without a value of its own has that of above the first FROM, else the one from before.
        let given = global.filter(|global| global.set);
        let before = known.filter(|known| !set && given.is_none() && known.set);
        self.add(span, Some(name), Role::Declaration, by, Some(global.map_or(span, |global| global.target)));
        let env = if origin == Origin::Env { Some(span) } else { known.and_then(|known| known.env) };
        let binding = Binding {
            name,
            target: before.map_or(span, |before| before.target),
            env,
            set: set || given.is_some() || before.is_some(),
        };
        self.visible.entry(text).or_default().push(binding);
        self.declared.push(text);
    }

    fn reads(&mut self, instruction: &'m Instruction, word: &'m Word, by: InstructionId) {
        for (name, span) in references(instruction, word, self.source, self.escape) {
            self.read(name, span, by);
        }
    }

    fn read(&mut self, name: &str, span: Span, by: InstructionId) {
        let known = self.known(name);
        self.add(span, known.map(|it| it.name), Role::Use, by, known.map(|it| it.target));
    }

    /// An instruction of a stage that declares nothing.
    fn instruction(&mut self, instruction: &'m Instruction, id: InstructionId) {
        let values = instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
        values.for_each(|word| self.reads(instruction, word, id));
        match instruction.keyword {
            Keyword::Run => self.script(id, false),
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => self.script(id, true),
            Keyword::Onbuild => {
                // A trigger runs in another build, where the ENVs of this image are.
                let mut inner = instruction.trigger.as_deref();
                while let Some(trigger) = inner {
                    if has_words(trigger.keyword) {
                        for word in &trigger.args {
                            self.later.extend(
                                references(trigger, word, self.source, self.escape)
                                    .into_iter()
                                    .map(|(name, span)| (name, span, id)),
                            );
                        }
                    }
                    inner = trigger.trigger.as_deref();
                }
                self.script(id, true);
            }
            keyword if has_words(keyword) => {
                instruction.args.iter().for_each(|word| self.reads(instruction, word, id));
            }
            _ => {}
        }
        if matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
            let lex = Lex { skip_quotes: true, ..Lex::new(self.escape) };
            for heredoc in instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
                for reference in lex.references(heredoc.body.of(self.source)) {
                    if let Some((name, at)) = named(&reference) {
                        let start = heredoc.body.start;
                        self.read(name, Span::new(start + at.start, start + at.end), id);
                    }
                }
            }
        }
    }

    /// The variables of a script. `later` is one that runs with the image, which only has the ENVs.
    fn script(&mut self, id: InstructionId, later: bool) {
        let model = self.model;
        let mentions = model.mentions(id);
        // The shell's own variables, with the place where each is set first.
        let mut own: HashMap<&str, (Option<u32>, Span)> = HashMap::new();
        for mention in mentions.iter().filter(|mention| mention.assigned) {
            own.entry(&mention.name).or_insert((None, mention.span));
        }
        for mention in mentions {
            let (name, span) = (&*mention.name, mention.span);
            let role = if mention.assigned { Role::Assignment } else { Role::Use };
            let known = match later {
                false => self.known(name).map(|known| (known.name, known.target)),
                true => None,
            };
            if let Some((name, target)) = known {
                self.add(span, Some(name), role, id, Some(target));
            } else if let Some((shell, first)) = own.get(name).copied() {
                let shell = match shell {
                    Some(shell) => shell,
                    None => {
                        let new = self.new_name(NameKind::Shell, name);
                        own.insert(name, (Some(new), first));
                        new
                    }
                };
                let target = if role == Role::Assignment { span } else { first };
                self.add(span, Some(shell), role, id, Some(target));
            } else if later {
                let text = span.of(self.source);
                if text == name {
                    self.later.push((text, span, id));
                }
            } else {
                self.add(span, None, role, id, None);
            }
        }
    }
}

/// Whether BuildKit expands variables in the arguments of these instructions.
///
/// Source: BuildKit `frontend/dockerfile/instructions/commands.go`, the `Expand` methods.
fn has_words(keyword: Keyword) -> bool {
    use Keyword::*;
    matches!(keyword, Add | Arg | Copy | Env | Expose | From | Label | Stopsignal | User | Volume | Workdir)
}

/// A name that stands in the text as it is; None where a variable, a quote or a continuation is in it.
fn plain<'m>(span: Span, name: &str, source: &'m str) -> Option<&'m str> {
    let text = span.of(source);
    (text == name && !text.is_empty() && !text.contains(['$', '"', '\''])).then_some(text)
}

fn named<'a>(reference: &Reference<'a>) -> Option<(&'a str, Span)> {
    (!reference.name.is_empty() && !reference.is_special()).then_some((reference.name, reference.name_span))
}

/// The variables that a word of an instruction names, with the places of their names.
fn references<'m>(
    instruction: &'m Instruction,
    word: &Word,
    source: &'m str,
    escape: char,
) -> Vec<(&'m str, Span)> {
    if !word.text.contains('$') {
        return Vec::new();
    }
    let lex = Lex::new(escape);
    let written = word.span.of(source);
    let quoted = written.get(1..written.len().saturating_sub(1)).unwrap_or("");
    let (text, start) = if written == word.text || !written.contains('\n') && !instruction.is_exec() {
        // As it is written, be it that quotes or escapes of a flag are taken out of the value.
        (written, Some(word.span.start))
    } else if instruction.is_exec() {
        match quoted == word.text {
            true => (quoted, Some(word.span.start + 1)),
            // The escapes of JSON hide where the names stand.
            false => return Vec::new(),
        }
    } else {
        let logical = &instruction.logical;
        let from = logical.at(word.span.start);
        let span = Span::new(from, from + word.text.len() as u32);
        return lex
            .references(span.of(logical.text(source)))
            .iter()
            .filter_map(named)
            .filter_map(|(_, at)| {
                let span = logical.span(Span::new(from + at.start, from + at.end));
                // A name that runs over the end of a line can't be changed in one piece.
                (!span.of(source).contains('\n')).then(|| (span.of(source), span))
            })
            .collect();
    };
    let start = start.unwrap_or_default();
    let found = lex.references(text);
    let place = |(name, at): (&'m str, Span)| (name, Span::new(start + at.start, start + at.end));
    found.iter().filter_map(named).map(place).collect()
}

/// The name within the word that opens a heredoc: without `<<`, dash and quotes.
fn opener_name(heredoc: &Heredoc, source: &str) -> Option<Span> {
    let word = heredoc.opener.of(source);
    let found = word.find("<<")? + 2;
    let at = found + word[found..].find(&*heredoc.name)?;
    let start = heredoc.opener.start + at as u32;
    (!heredoc.name.is_empty()).then(|| Span::new(start, start + heredoc.name.len() as u32))
}
