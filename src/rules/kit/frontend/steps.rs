use super::env::Env;
use super::stages::{argument, place, word_refused};
use super::{Frontend, Known, Order, Phase, PortFacts, Refusal, Refused, RelativeWorkdir, Undefined, ports};
use crate::catalog::flags as catalog;
use crate::catalog::flags::MountType;
use crate::model::{Model, resolve};
use crate::rules::kit::signal;
use crate::syntax::expand::Lex;
use crate::syntax::instruction::{copy, declarations};
use crate::syntax::{Flag, Instruction, InstructionId, Keyword, Word, flags, suggest};
use crate::text::Span;
use std::collections::{HashMap, HashSet};

/// What holds in a stage so far.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub env: Env,
    /// The names that an ARG declares, with a value or without.
    pub args: HashSet<Box<str>>,
    /// Absolute; None where only the base image knows.
    pub workdir: Option<String>,
    /// Whether this file says where it is.
    pub workdir_set: bool,
    pub windows: bool,
    pub base: Known,
    /// The ONBUILDs, for the stages that are built on this one.
    pub onbuild: Vec<InstructionId>,
    /// Those of the stage that this one is built on.
    pub pending: Vec<InstructionId>,
}

/// Near names are looked for so often; a file with more has other troubles.
const MOST_SUGGESTIONS: usize = 200;

/// BuildKit's walk through the instructions of all stages.
pub(super) struct Steps<'m, 'o> {
    pub model: &'m Model,
    pub out: &'o mut Frontend,
    globals: &'o Env,
    /// The last stage of each name.
    pub names: HashMap<String, usize>,
    states: Vec<State>,
    stage: usize,
    state: State,
    /// Where findings are told of what ONBUILD brings: at the FROM that runs it.
    at: Option<(InstructionId, Span)>,
    suggested: usize,
}

impl<'m, 'o> Steps<'m, 'o> {
    pub fn new(
        model: &'m Model,
        out: &'o mut Frontend,
        globals: &'o Env,
        names: HashMap<String, usize>,
    ) -> Self {
        Self {
            model,
            out,
            globals,
            names,
            states: Vec::new(),
            stage: 0,
            state: State::default(),
            at: None,
            suggested: 0,
        }
    }

    /// The state that a stage built on another one starts with.
    pub fn built_on(&self, base: usize) -> State {
        let mut state = self.states.get(base).cloned().unwrap_or_default();
        state.pending = std::mem::take(&mut state.onbuild);
        state
    }

    pub fn stage(&mut self, index: usize, state: State) {
        (self.stage, self.state) = (index, state);
        let model = self.model;
        let Some(stage) = model.stages().get(index) else { return };
        let from = model.tree().instruction(stage.from);
        for id in std::mem::take(&mut self.state.pending) {
            let trigger = model.tree().instruction(id).and_then(|onbuild| onbuild.trigger.as_deref());
            if let (Some(trigger), Some(from)) = (trigger, from) {
                self.at = Some((stage.from, from.keyword_span));
                self.step(stage.from, trigger);
            }
        }
        self.at = None;
        for (id, instruction) in model.steps(stage) {
            self.step(id, instruction);
        }
        self.states.push(std::mem::take(&mut self.state));
    }

    fn lex(&self) -> Lex {
        Lex::new(self.model.tree().escape())
    }

    fn step(&mut self, id: InstructionId, instruction: &Instruction) {
        match instruction.keyword {
            Keyword::Env => {
                let pairs: Vec<_> = instruction
                    .pairs()
                    .map(|(name, value)| (self.word(id, name), self.word(id, value), name))
                    .collect();
                for (name, value, written) in pairs {
                    self.state.env.set(name.as_deref().unwrap_or(&written.text), value);
                }
            }
            Keyword::Label => {
                for (name, value) in instruction.pairs() {
                    self.word(id, name);
                    self.word(id, value);
                }
            }
            Keyword::Add | Keyword::Copy => self.copy(id, instruction),
            Keyword::Expose => instruction.args.iter().for_each(|word| self.expose(id, word)),
            Keyword::User => {
                instruction.args.iter().for_each(|word| drop(self.word(id, word)));
            }
            Keyword::Volume => {
                for word in &instruction.args {
                    if self.word(id, word).is_some_and(|path| path.is_empty()) {
                        let message = "This volume has no path: it comes to nothing".to_owned();
                        self.refuse(id, word.span, Refused::Value, message, false);
                    }
                }
            }
            Keyword::Stopsignal => self.stop_signal(id, instruction),
            Keyword::Workdir => self.workdir(id, instruction),
            Keyword::Run => self.run(id, instruction),
            Keyword::Arg => self.arg(id, instruction),
            Keyword::Onbuild => self.state.onbuild.push(id),
            _ => {}
        }
    }

    /// What a word comes to; None where that isn't known, or it is refused.
    fn word(&mut self, id: InstructionId, word: &Word) -> Option<String> {
        self.text(id, word.span, &word.text, self.lex())
    }

    fn text(&mut self, id: InstructionId, span: Span, text: &str, lex: Lex) -> Option<String> {
        match self.state.env.expand(lex, text) {
            Ok(expanded) => {
                expanded.unset.iter().for_each(|name| self.undefined(id, span, text, name, lex));
                expanded.value
            }
            Err(error) => {
                let (id, span) = self.at.unwrap_or((id, place(self.model, span, text, error.span)));
                let order = Order { phase: Phase::Steps, id: Some(id) };
                self.out.refusals.push(word_refused(order, span, &error));
                None
            }
        }
    }

    fn undefined(&mut self, id: InstructionId, span: Span, text: &str, name: &str, lex: Lex) {
        if self.state.args.contains(name) {
            return;
        }
        let global = self.model.globals().iter().any(|variable| &*variable.name == name);
        let mut meant = None;
        if !global && self.suggested < MOST_SUGGESTIONS {
            self.suggested += 1;
            let args = self.state.args.iter().map(|name| &**name);
            meant = suggest::nearest(name, self.state.env.names().into_iter().chain(args)).map(Into::into);
        }
        let fact = Undefined {
            id,
            span,
            name_span: None,
            name: name.into(),
            meant,
            global,
            first: true,
            provided: false,
            base: self.state.base,
        };
        if let Some((id, span)) = self.at {
            self.out.undefined.push(Undefined { id, span, ..fact });
            return;
        }
        let found = lex.references(text).into_iter().filter(|found| found.name == name);
        let before = self.out.undefined.len();
        for found in found {
            let exact = span.of(self.model.tree().source()) == text;
            let at = place(self.model, span, text, found.span);
            let name_span = exact.then(|| place(self.model, span, text, found.name_span));
            let first = self.out.undefined.len() == before;
            let provided = found.handles_unset();
            self.out.undefined.push(Undefined { span: at, name_span, first, provided, ..fact.clone() });
            if !exact {
                break;
            }
        }
        if self.out.undefined.len() == before {
            self.out.undefined.push(fact);
        }
    }

    fn refuse(&mut self, id: InstructionId, span: Span, kind: Refused, message: String, certain: bool) {
        let (id, span) = self.at.unwrap_or((id, span));
        let order = Order { phase: Phase::Steps, id: Some(id) };
        self.out.refusals.push(Refusal { order, span, kind, message, certain, related: Vec::new() });
    }

    fn arg(&mut self, id: InstructionId, instruction: &Instruction) {
        for declared in declarations(instruction) {
            let value = match (argument(self.model, declared.name), declared.value) {
                (Some(argument), _) => Some(Some(argument.to_owned())),
                (None, Some(value)) => {
                    let span = declared.value_span.unwrap_or(declared.name_span);
                    Some(self.text(id, span, value, self.lex()))
                }
                (None, None) if self.globals.has(declared.name) => {
                    Some(self.globals.value(declared.name).map(str::to_owned))
                }
                (None, None) => None,
            };
            if let Some(value) = value {
                self.state.env.set(declared.name, value);
            }
            self.state.args.insert(declared.name.into());
        }
    }

    fn copy(&mut self, id: InstructionId, instruction: &Instruction) {
        for flag in &instruction.flags {
            self.flag(id, instruction, flag);
        }
        for word in copy(instruction).iter().flat_map(|copy| copy.sources.iter().chain([&copy.destination])) {
            self.word(id, word);
        }
        let raw = Lex { skip_quotes: true, ..Lex::new('\\') };
        for heredoc in instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
            let text = heredoc.body.of(self.model.tree().source());
            self.text(id, heredoc.body, text, raw);
        }
        let from = instruction.flag("from").and_then(|flag| flag.value.as_ref());
        if let Some(from) = from.filter(|_| instruction.keyword == Keyword::Copy) {
            self.later(id, from.span, &from.text);
        }
    }

    /// Expands the flag's value where BuildKit does, and judges what came out of a variable.
    fn flag(&mut self, id: InstructionId, instruction: &Instruction, flag: &Flag) {
        let spec = catalog::find(instruction.keyword.as_str(), &flag.name).filter(|spec| spec.expands);
        let (Some(_), Some(value)) = (spec, &flag.value) else { return };
        let Some(expanded) = self.word(id, value) else { return };
        if !value.text.contains('$') || expanded.is_empty() {
            return;
        }
        self.judge(id, instruction.keyword, flag, value.span, &expanded);
    }

    /// Refuses a flag for what its variables come to.
    fn judge(&mut self, id: InstructionId, keyword: Keyword, flag: &Flag, span: Span, value: &str) {
        let raw = flags::RawFlag { name: &flag.name, value: Some(value) };
        for fault in flags::check(keyword.as_str(), &[raw], self.lex().escape) {
            self.refuse(id, span, Refused::Value, fault.message, false);
        }
    }

    /// Refuses what is taken from this stage or a later one, where that makes no circle, which is told before.
    fn later(&mut self, id: InstructionId, span: Span, name: &str) {
        let below = self.names.get(name.to_lowercase().as_str()).copied().or_else(|| name.parse().ok());
        if let Some(below) = below.filter(|below| *below > self.stage && *below < self.model.stages().len()) {
            let from = self.model.stages().get(below).map(|stage| stage.from);
            let line =
                from.and_then(|from| self.model.tree().instruction(from)).map_or(0, |from| from.first_line);
            let message =
                format!("The stage `{name}` stands below, on line {line}, and isn't built when this is");
            self.refuse(id, span, Refused::LaterStage, message, true);
        }
    }

    fn expose(&mut self, id: InstructionId, word: &Word) {
        let words = match self.state.env.expand_words(self.lex(), &word.text) {
            Ok(Some(words)) => words,
            Ok(None) => return,
            Err(error) => {
                let span = place(self.model, word.span, &word.text, error.span);
                let (id, span) = self.at.unwrap_or((id, span));
                let order = Order { phase: Phase::Steps, id: Some(id) };
                return self.out.refusals.push(word_refused(order, span, &error));
            }
        };
        for found in words {
            let port = ports::read(&found.value);
            let plain = !word.text.contains('$');
            let span = self.at.map_or(word.span, |(_, span)| span);
            if let Some(why) = &port.refused {
                let message =
                    if plain { why.clone() } else { format!("It comes to `{}`: {why}", found.value) };
                self.refuse(id, span, Refused::Port, message, plain);
            }
            let id = self.at.map_or(id, |(id, _)| id);
            self.out.ports.push(PortFacts { id, span, text: found.value, port });
        }
    }

    fn stop_signal(&mut self, id: InstructionId, instruction: &Instruction) {
        let Some(word) = instruction.args.first() else { return };
        let Some(signal) = self.word(id, word).filter(|signal| !signal::is_signal(signal)) else { return };
        let mut message = format!("`{signal}` is no signal of Linux");
        let name = signal.to_uppercase();
        if let Some(near) = suggest::nearest(name.strip_prefix("SIG").unwrap_or(&name), signal::names()) {
            message.push_str(&format!("; `SIG{near}` is"));
        }
        self.refuse(id, word.span, Refused::Signal, message, !word.text.contains('$'));
    }

    fn workdir(&mut self, id: InstructionId, instruction: &Instruction) {
        let Some(word) = instruction.args.first() else { return };
        let before = self.out.undefined.len();
        let path = self.word(id, word);
        // What a base image of which nothing is known sets is most often absolute.
        let guessed =
            path.is_none() || (self.out.undefined.len() > before && self.state.base == Known::Nothing);
        let absolute = is_absolute(path.as_deref().unwrap_or(&word.text), self.state.windows);
        let guess = guessed && word.text.trim_start_matches('"').starts_with('$');
        if !(self.state.workdir_set || absolute || guess) {
            let certain = !word.text.starts_with('$') || self.state.base == Known::Scratch;
            let id = self.at.map_or(id, |(id, _)| id);
            let to = self.state.workdir.clone();
            self.out.relative_workdirs.push(RelativeWorkdir { id, certain, to });
        }
        self.state.workdir_set = true;
        let folder = self.state.workdir.take();
        self.state.workdir = path.and_then(|path| match folder {
            _ if path.starts_with('/') => Some(resolve("/", &path)),
            folder => Some(resolve(&folder?, &path)),
        });
    }

    fn run(&mut self, id: InstructionId, instruction: &Instruction) {
        for flag in instruction.flags.iter().filter(|flag| &*flag.name == "mount") {
            let Some(value) = &flag.value else { continue };
            let mount = flags::mount::parse(&value.text);
            let exact = value.span.of(self.model.tree().source()) == &*value.text;
            let span_of = |within: Span| {
                let shift = |at: u32| value.span.start + at;
                if exact { Span::new(shift(within.start), shift(within.end)) } else { value.span }
            };
            let (mut kind, mut target, mut target_span) =
                (Some(MountType::Bind), Some(String::new()), flag.span);
            // The mount with its variables worked out.
            let mut whole = Some(Vec::new());
            for field in &mount.fields {
                let mut add = |text: Option<String>| match (&mut whole, text) {
                    (Some(fields), Some(text)) => fields.push(text),
                    _ => whole = None,
                };
                let Some(written) = &field.value else {
                    add(Some(field.key.clone()));
                    continue;
                };
                let name = field.spec().map(|spec| spec.name);
                let span = span_of(field.value_span);
                let expanded = self.text(id, span, written, self.lex());
                let plain = expanded.as_ref().filter(|text| !text.contains([',', '"', '\'']));
                add(plain.map(|text| format!("{}={text}", field.key)));
                match name {
                    Some("type") => kind = expanded.as_deref().and_then(MountType::named),
                    Some("target") => (target, target_span) = (expanded, span),
                    Some("from") => self.later(id, span, written),
                    _ => {}
                }
            }
            if let Some(whole) = whole.filter(|_| value.text.contains('$')) {
                self.judge(id, instruction.keyword, flag, value.span, &whole.join(","));
            }
            if !matches!(kind, Some(MountType::Bind | MountType::Cache | MountType::Tmpfs)) {
                continue;
            }
            let Some(target) = target else { continue };
            // An absolute target counts as it is written.
            let place = match &self.state.workdir {
                _ if target.starts_with('/') => target,
                Some(workdir) => resolve(workdir, &target),
                None => continue,
            };
            if place == "/" {
                let message = "A mount can't hide the whole of `/`".to_owned();
                self.refuse(id, target_span, Refused::MountTarget, message, true);
            }
        }
    }
}

/// Whether WORKDIR takes a path for absolute.
fn is_absolute(path: &str, windows: bool) -> bool {
    let drive = || {
        let mut bytes = path.bytes();
        bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic()) && bytes.next() == Some(b':')
    };
    path.starts_with('/') || (windows && (path.starts_with('\\') || drive()))
}
