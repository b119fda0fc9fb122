//! What BuildKit's frontend does with a file before it asks a registry or reads the build context: which
//! variables its words name, and what it refuses, in BuildKit's own order.
//!
//! Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert.go`, `toDispatchState`.

mod env;
mod grammar;
mod graph;
mod ports;
mod stages;
mod steps;

pub use ports::Port;

use crate::model::Model;
use crate::rules::{Finding, Input};
use crate::settings::Profile;
use crate::syntax::{InstructionId, SyntaxError};
use crate::text::Span;
use std::collections::HashSet;

/// The way of one file through the frontend, for linux/amd64 and with the model's build arguments.
#[derive(Debug, Default)]
pub struct Frontend {
    /// What is refused, what BuildKit meets first standing first. BuildKit stops there.
    pub refusals: Vec<Refusal>,
    /// The variables in instructions of stages that nothing sets.
    pub undefined: Vec<Undefined>,
    /// By stage of the model.
    pub froms: Vec<FromFacts>,
    pub ports: Vec<PortFacts>,
    pub relative_workdirs: Vec<RelativeWorkdir>,
}

impl Frontend {
    pub fn new(model: &Model, errors: &[SyntaxError]) -> Self {
        let mut frontend = Self::default();
        grammar::read(model, errors, &mut frontend.refusals);
        // An instruction that isn't sound as it is written is judged no further.
        let faulty: HashSet<Option<InstructionId>> =
            frontend.refusals.iter().map(|refusal| refusal.order.id).filter(Option::is_some).collect();
        stages::walk(model, &mut frontend);
        let further =
            |refusal: &Refusal| refusal.kind != Refused::Grammar && faulty.contains(&refusal.order.id);
        frontend.refusals.retain(|refusal| !further(refusal));
        frontend.refusals.sort_by_key(|refusal| refusal.order);
        frontend
    }

    /// Whether BuildKit never comes to `order`.
    pub fn stops_before(&self, order: Order) -> bool {
        self.refusals.first().is_some_and(|first| first.order < order)
    }
}

/// When BuildKit looks at something: all of an earlier phase comes before what is of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    pub phase: Phase,
    /// The instruction; None for the file as a whole, which comes before.
    pub id: Option<InstructionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Lines become instructions with words.
    Parse,
    /// Each instruction is read with its flags.
    Read,
    /// The stages' names, the instructions' case, the arguments' defaults.
    Stages,
    /// The values of the arguments above the first FROM.
    Arguments,
    /// The images and platforms of FROM.
    From,
    /// Which stage takes something from which.
    Graph,
    /// The names of images.
    Images,
    /// What the instructions do.
    Steps,
}

/// When BuildKit runs a check on the instruction `id`.
pub fn order_of(check: &str, id: Option<InstructionId>) -> Order {
    let (phase, id) = match check {
        "NoEmptyContinuation" => (Phase::Read, None),
        "MaintainerDeprecated" | "StageNameCasing" | "FromAsCasing" | "InvalidDefinitionDescription" => {
            (Phase::Read, id)
        }
        "DuplicateStageName"
        | "ReservedStageName"
        | "ConsistentInstructionCasing"
        | "InvalidDefaultArgInFrom" => (Phase::Stages, None),
        "UndefinedArgInFrom" | "RedundantTargetPlatform" | "FromPlatformFlagConstDisallowed" => {
            (Phase::From, id)
        }
        "InvalidBaseImagePlatform" => (Phase::Images, id),
        _ => (Phase::Steps, id),
    };
    Order { phase, id }
}

/// What rules tell of the refusals of one kind: those that hold for every build, and where BuildKit's own answer
/// is asked for the others too. `advice` is a sentence on what to do.
pub fn tell(input: &Input<'_>, kind: Refused, advice: &str, found: &mut Vec<Finding>) {
    let all = input.profile() == Profile::Buildkit;
    let refusals = input.frontend().refusals.iter().filter(|refusal| refusal.kind == kind);
    for refusal in refusals.filter(|refusal| refusal.certain || all) {
        let message = format!("{}, so the build is refused. {advice}", refusal.message);
        let finding = Finding::new(refusal.span, message);
        found.push(
            refusal
                .related
                .iter()
                .fold(finding, |finding, (span, text)| finding.related(*span, text.clone())),
        );
    }
}

/// Whether the frontend that the file asks for is Dockerfile 1.`minor` or later. Without a `syntax` it is the
/// builder's own, which is taken for a new one.
pub fn knows(input: &Input<'_>, minor: u32) -> bool {
    let mut syntax =
        input.tree().directives().filter(|directive| directive.name.eq_ignore_ascii_case("syntax"));
    syntax.all(|directive| {
        let version = directive.value.strip_prefix("docker/dockerfile:").unwrap_or("?");
        // `1.17-labs` has what 1.17 has; a digest behind the tag doesn't change it.
        let mut numbers = version.split(['-', '@']).next().unwrap_or(version).split('.');
        let mut number = || numbers.next().map(|part| part.parse::<u32>().ok());
        let (major, own) = (number(), number());
        major == Some(Some(1)) && own.is_none_or(|own| own.is_some_and(|own| own >= minor))
    })
}

/// Something for which BuildKit refuses the build.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub order: Order,
    pub span: Span,
    pub kind: Refused,
    /// A sentence without its end.
    pub message: String,
    /// Whether it is so whatever the build's arguments and platform are.
    pub certain: bool,
    /// Another place that matters, with a sentence.
    pub related: Vec<(Span, String)>,
}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// By the grammar.
    Grammar,
    /// A quote or `${` that isn't closed, or that a Dockerfile doesn't know.
    Word,
    ImageName,
    Port,
    Signal,
    MountTarget,
    /// Stages that need each other.
    Circle,
    /// Something is taken from a stage that stands below.
    LaterStage,
    /// A value that comes to nothing, or to nothing that may stand there.
    Value,
}

/// A variable that nothing sets where it is read.
#[derive(Clone, Debug)]
pub struct Undefined {
    pub id: InstructionId,
    /// From the `$` on.
    pub span: Span,
    /// The name alone, where it is written so that it can be replaced.
    pub name_span: Option<Span>,
    pub name: Box<str>,
    /// The name that is likely meant.
    pub meant: Option<Box<str>>,
    /// Whether an ARG above the first FROM declares it.
    pub global: bool,
    /// Whether it is the first time in its word; BuildKit tells it once a word.
    pub first: bool,
    /// Whether `:-` or `:+` says what it comes to where it isn't set.
    pub provided: bool,
    pub base: Known,
}

/// How much is known of the environment that a stage starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// All of it: the stage starts from nothing.
    Scratch,
    /// The names that an image sets, by the catalog.
    Image,
    #[default]
    Nothing,
}

/// What is known of a FROM.
#[derive(Clone, Debug, Default)]
pub struct FromFacts {
    pub id: Option<InstructionId>,
    /// The variables that no ARG above declares, with their places and what is likely meant.
    pub undeclared: Vec<(Box<str>, Span, Option<Box<str>>)>,
    /// Whether `--platform` is nothing but TARGETPLATFORM.
    pub redundant_platform: bool,
    /// The system and architecture of a `--platform` without variables.
    pub constant_platform: Option<String>,
    /// Whether the image isn't named where no `--build-arg` is given.
    pub bad_default: bool,
}

/// The first WORKDIR of a stage, where it is relative.
#[derive(Clone, Debug)]
pub struct RelativeWorkdir {
    pub id: InstructionId,
    /// Whether it is relative whatever the base image sets.
    pub certain: bool,
    /// What it is relative to, where that is known.
    pub to: Option<String>,
}

/// A word of EXPOSE.
#[derive(Clone, Debug)]
pub struct PortFacts {
    pub id: InstructionId,
    pub span: Span,
    /// The word with its variables worked out.
    pub text: String,
    pub port: Port,
}
