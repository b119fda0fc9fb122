use super::env::Env;
use super::steps::{State, Steps};
use super::{FromFacts, Frontend, Known, Order, Phase, Refusal, Refused};
use crate::catalog::images;
use crate::model::Model;
use crate::syntax::expand::{ExpandError, Lex, references};
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::{From, declarations, from};
use crate::syntax::{InstructionId, Keyword, Word, flags, suggest};
use crate::text::Span;
use std::collections::{HashMap, HashSet};

/// The values of BuildKit's own arguments on linux/amd64.
///
/// Source: `dockerfile2llb/platform.go`, `defaultArgs`.
const PLATFORM: [(&str, &str); 10] = [
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDOSVERSION", ""),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETOSVERSION", ""),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];

/// Follows BuildKit through all stages.
pub(super) fn walk(model: &Model, out: &mut Frontend) {
    let target = model.stages().last().and_then(|stage| stage.name.as_deref()).unwrap_or("default");
    let mut defaults = Env::default();
    for (name, value) in PLATFORM {
        defaults.set(name, Some(value.to_owned()));
    }
    defaults.set("TARGETSTAGE", Some(target.to_owned()));
    let by_default = globals(model, &defaults, false).ok();
    let args = match globals(model, &defaults, true) {
        Ok(args) => args,
        Err((args, id, span, error)) => {
            out.refusals.push(word_refused(Order { phase: Phase::Arguments, id: Some(id) }, span, &error));
            args
        }
    };
    let declared: HashSet<&str> = model.globals().iter().map(|variable| &*variable.name).collect();
    let mut walk = Walk { model, out, args, by_default, declared, names: HashMap::new(), bases: Vec::new() };
    for index in 0..model.stages().len() {
        walk.open(index);
    }
    // COPY and mounts mean the last stage of a name, wherever it stands.
    let Walk { out, args, names, bases, .. } = walk;
    let mut steps = Steps::new(model, out, &args, names);
    super::graph::read(&mut steps);
    for (index, base) in bases.into_iter().enumerate() {
        let state = match base {
            Base::Stage(base) => steps.built_on(base),
            Base::Fresh(state) => *state,
        };
        steps.stage(index, state);
    }
}

type BadArgument = (Env, InstructionId, Span, ExpandError);

/// The arguments above the first FROM. Where one can't be worked out: what there is, and where it stands.
fn globals(model: &Model, defaults: &Env, given: bool) -> Result<Env, BadArgument> {
    let mut env = defaults.clone();
    let lex = Lex::new(model.tree().escape());
    let mut fault = None;
    for (id, instruction) in model.tree().numbered() {
        match instruction.keyword {
            Keyword::From => break,
            Keyword::Arg => {}
            _ => continue,
        }
        for declared in declarations(instruction) {
            let argument = given.then(|| argument(model, declared.name)).flatten();
            let value = match (argument, declared.value) {
                (Some(argument), _) => Some(argument.to_owned()),
                (None, Some(value)) => match env.expand(lex, value) {
                    Ok(expanded) => expanded.value,
                    Err(error) => {
                        let span = declared.value_span.unwrap_or(declared.name_span);
                        fault.get_or_insert((id, place(model, span, value, error.span), error));
                        continue;
                    }
                },
                (None, None) => continue,
            };
            env.set(declared.name, value);
        }
    }
    match fault {
        None => Ok(env),
        Some((id, span, error)) => Err((env, id, span, error)),
    }
}

/// What `--build-arg` gives, where it is known.
pub(super) fn argument<'m>(model: &'m Model, name: &str) -> Option<&'m str> {
    model.arguments().iter().rev().find(|(given, _)| given == name)?.1.as_deref()
}

/// Where `within`, bytes of `text`, stands in the file; all of `span` where that is written otherwise.
pub(super) fn place(model: &Model, span: Span, text: &str, within: Span) -> Span {
    let source: &str = model.tree().source();
    if span.of(source) == text { Span::new(span.start + within.start, span.start + within.end) } else { span }
}

pub(super) fn word_refused(order: Order, span: Span, error: &ExpandError) -> Refusal {
    let mut message = error.message();
    if let Some(first) = message.get(..1) {
        let upper = first.to_uppercase();
        message.replace_range(..1, &upper);
    }
    Refusal { order, span, kind: Refused::Word, message, certain: error.is_syntax(), related: Vec::new() }
}

struct Walk<'m, 'o> {
    model: &'m Model,
    out: &'o mut Frontend,
    /// The arguments above the first FROM.
    args: Env,
    /// The same without `--build-arg`; None where they can't be worked out, and BuildKit judges no default.
    by_default: Option<Env>,
    declared: HashSet<&'m str>,
    /// The stages so far, by their names in lower case.
    names: HashMap<String, usize>,
    bases: Vec<Base>,
}

enum Base {
    Stage(usize),
    Fresh(Box<State>),
}

impl<'m> Walk<'m, '_> {
    fn open(&mut self, index: usize) {
        let model = self.model;
        let Some(stage) = model.stages().get(index) else { return };
        let read = model.tree().instruction(stage.from).and_then(from);
        let mut facts = FromFacts { id: Some(stage.from), ..FromFacts::default() };
        let base = match read {
            Some(read) => {
                facts.bad_default = self.bad_default(read.image);
                let name = self.image(stage.from, read.image, &mut facts);
                self.platform(stage.from, &read, stage.name.as_deref().unwrap_or_default(), &mut facts);
                self.base(stage.from, read.image, name.as_deref(), stage.windows)
            }
            None => Base::Fresh(Box::default()),
        };
        self.bases.push(base);
        self.out.froms.push(facts);
        if let Some(name) = &stage.name {
            self.names.insert(name.to_string(), index);
        }
    }

    /// Whether the image has no name that can be one where no `--build-arg` is given.
    fn bad_default(&self, image: &Word) -> bool {
        let Some(env) = &self.by_default else { return false };
        match env.expand(Lex::new(self.model.tree().escape()), &image.text) {
            Ok(expanded) => expanded.value.is_some_and(|name| !is_reference(&name)),
            Err(_) => false,
        }
    }

    fn image(&mut self, id: InstructionId, image: &Word, facts: &mut FromFacts) -> Option<String> {
        let order = Order { phase: Phase::From, id: Some(id) };
        let (name, certain) = self.word(order, image, facts)?;
        if !name.is_empty() {
            return Some(name);
        }
        let message = "This names no image: it comes to nothing".to_owned();
        self.refuse(order, image.span, Refused::Value, message, certain);
        None
    }

    /// What a word of FROM comes to, and whether that is so whatever arguments the build is given.
    fn word(&mut self, order: Order, word: &Word, facts: &mut FromFacts) -> Option<(String, bool)> {
        let escape = self.model.tree().escape();
        match self.args.expand(Lex::new(escape), &word.text) {
            Ok(expanded) => {
                let declared = |name: &String| self.declared.contains(name.as_str());
                let certain = expanded.used.is_empty() && !expanded.unset.iter().any(declared);
                for name in expanded.unset.iter().filter(|name| !declared(name)) {
                    let uses = references(&word.text, escape);
                    let found = uses.iter().find(|found| found.name == name);
                    let within = found.map_or(Span::from(0..word.text.len()), |found| found.name_span);
                    let known = self.args.names();
                    let names = known.into_iter().chain(self.declared.iter().copied());
                    let meant = suggest::nearest(name, names).map(Into::into);
                    let span = place(self.model, word.span, &word.text, within);
                    facts.undeclared.push((name.as_str().into(), span, meant));
                }
                Some((expanded.value?, certain))
            }
            Err(error) => {
                let span = place(self.model, word.span, &word.text, error.span);
                let mut refusal = word_refused(order, span, &error);
                refusal.certain &= error.is_syntax();
                self.out.refusals.push(refusal);
                None
            }
        }
    }

    fn refuse(&mut self, order: Order, span: Span, kind: Refused, message: String, certain: bool) {
        self.out.refusals.push(Refusal { order, span, kind, message, certain, related: Vec::new() });
    }

    fn platform(&mut self, id: InstructionId, from: &From<'_>, stage: &str, facts: &mut FromFacts) {
        let Some(word) = from.platform.filter(|word| !word.text.is_empty()) else { return };
        let order = Order { phase: Phase::From, id: Some(id) };
        let escape = self.model.tree().escape();
        let variables = references(&word.text, escape);
        let Some((platform, certain)) = self.word(order, word, facts) else { return };
        let names: HashSet<&str> = variables.iter().map(|found| found.name).collect();
        facts.redundant_platform = names.len() == 1
            && names.contains("TARGETPLATFORM")
            && self.args.value("TARGETPLATFORM") == Some(&platform);
        if platform.is_empty() {
            let message = "This names no platform: it comes to nothing".to_owned();
            return self.refuse(order, word.span, Refused::Value, message, certain);
        }
        let flag = flags::RawFlag { name: "platform", value: Some(&platform) };
        let fault = flags::check("FROM", &[flag], escape).into_iter().next();
        match fault {
            // What the text alone shows is the grammar's.
            Some(fault) if !variables.is_empty() => {
                self.refuse(order, word.span, Refused::Value, fault.message, certain);
            }
            Some(_) => {}
            None if variables.is_empty() => {
                let (system, architecture) = parts(&platform);
                let named = stage.contains(&*system) || stage.contains(&*architecture);
                facts.constant_platform = (!named).then_some(platform);
            }
            None => {}
        }
    }

    fn base(&mut self, id: InstructionId, word: &Word, name: Option<&str>, windows: bool) -> Base {
        if let Some(&stage) = name.and_then(|name| self.names.get(name)) {
            return Base::Stage(stage);
        }
        let mut state = State { windows, ..State::default() };
        if !windows {
            state.env.set("PATH", None);
        }
        if name == Some("scratch") {
            state.base = Known::Scratch;
            state.workdir = Some("/".to_owned());
            return Base::Fresh(Box::new(state));
        }
        let Some(name) = name else { return Base::Fresh(Box::new(state)) };
        let escape = self.model.tree().escape();
        let image = ImageRef::parse(name, escape);
        if let Some(error) = image.error() {
            let plain = name == word.text;
            let span = if plain { place(self.model, word.span, &word.text, error.span) } else { word.span };
            let about = error.to_string();
            let message = if plain { about } else { format!("It comes to `{name}`: {about}") };
            let order = Order { phase: Phase::Images, id: Some(id) };
            self.refuse(order, span, Refused::ImageName, message, plain);
        }
        let repository = image.familiar_name();
        if let Some(names) = images::environment(&repository) {
            state.base = Known::Image;
            names.iter().for_each(|name| state.env.set(name, None));
        }
        let known = images::find(&repository, image.tag());
        state.workdir = known.and_then(|image| image.workdir).map(str::to_owned);
        Base::Fresh(Box::new(state))
    }
}

/// Whether a registry client takes the name of an image.
pub(super) fn is_reference(name: &str) -> bool {
    ImageRef::parse(name, '\\').error().is_none()
}

/// System and architecture of a platform, as containerd's `platforms.Parse` reads and normalises them.
fn parts(platform: &str) -> (String, String) {
    let mut parts = platform.split('/');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let normal = |architecture: &str| match architecture {
        "x86_64" | "x86-64" | "amd64" => "amd64".to_owned(),
        "aarch64" | "arm64" => "arm64".to_owned(),
        "i386" | "386" => "386".to_owned(),
        "armhf" | "armel" => "arm".to_owned(),
        other => other.to_owned(),
    };
    let system = first.split('(').next().unwrap_or_default().to_owned();
    match parts.next() {
        Some(architecture) => (system, normal(&architecture.to_ascii_lowercase())),
        None if flags::is_system(&first) => (system, "amd64".to_owned()),
        None => ("linux".to_owned(), normal(&first)),
    }
}
