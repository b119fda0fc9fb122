//! What every step adds to the image: one file a kind of thing.
//!
//! Sizes are sums of file contents, uncompressed, as an engine with the classic store tells them; folders,
//! links and the changes of a file's metadata in its own layer add nothing. A file that a later step
//! changes counts again, and one that a later step deletes still counts.

mod base;
mod build;
mod caches;
mod commands;
mod contents;
mod copied;
mod modules;
mod next;
mod run;
mod system;
mod what;

pub use what::{Part, What};

use super::{Layer, Size, Step, Subject, Total};
use crate::model::{Base, Stage};
use crate::syntax::Keyword;
use base::Ground;
use contents::Contents;
use std::collections::HashMap;

/// What a step adds to the image.
#[derive(Clone, Debug, Default)]
pub struct Weight {
    /// The uncompressed bytes, where they are known well enough to be told.
    pub size: Option<Size>,
    /// What the bytes are made of, in the order in which the step makes it.
    pub parts: Vec<Part>,
}

/// What each step of a plan weighs, and the image.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// In the order of the plan's steps.
    steps: Vec<Weight>,
    image: Total,
}

impl Weights {
    /// Weighs all steps of the plan.
    pub fn new(subject: &Subject<'_>) -> Self {
        let mut weigher = Weigher { subject: *subject, grounds: HashMap::new(), stages: Vec::new() };
        let mut steps = Vec::with_capacity(subject.plan.steps().len());
        let (mut in_image, mut unopened) = (Vec::new(), subject.model.stages().iter().peekable());
        for step in subject.plan.steps() {
            while let Some(stage) = unopened.next_if(|stage| stage.index <= step.stage) {
                weigher.open(stage);
            }
            let parts = weigher.step(step);
            let sum = sum(&parts);
            if step.in_image {
                in_image.push(sum);
            }
            let size = sum.filter(|size| step.layer != Layer::None && size.is_told());
            steps.push(Weight { size, parts });
        }
        Self { steps, image: Total::of(in_image) }
    }

    /// The weight of the step that stands `at` among the plan's.
    pub fn of(&self, at: usize) -> Option<&Weight> {
        self.steps.get(at)
    }

    pub fn image(&self) -> Total {
        self.image
    }
}

/// Weighs the steps of a file in their order; what stands in a stage is known to those that copy from it.
struct Weigher<'a> {
    subject: Subject<'a>,
    /// The base images that were looked up, by reference and platform: stages often share one.
    grounds: HashMap<(Option<&'a str>, Option<&'a str>), Ground>,
    /// By stage, what is in it so far.
    stages: Vec<State>,
}

/// What is known of a stage where its last weighed step ends.
#[derive(Clone, Default)]
struct State {
    ground: Ground,
    contents: Contents,
}

impl<'a> Weigher<'a> {
    /// Begins a stage; stages come in their order.
    fn open(&mut self, stage: &'a Stage) {
        let state = match &stage.base {
            Base::Stage(base) => self.stages.get(*base).cloned().unwrap_or_default(),
            Base::Scratch => State::default(),
            Base::Image { reference, .. } => {
                let key = (reference.as_deref(), stage.platform.as_deref());
                let find = || base::ground(self.subject.model, stage, key.0);
                State { ground: self.grounds.entry(key).or_insert_with(find).clone(), ..State::default() }
            }
        };
        self.stages.push(state);
    }

    /// What the step adds. A step that makes no layer adds nothing; of stages that aren't built nothing is
    /// asked.
    fn step(&mut self, step: &Step) -> Vec<Part> {
        if step.layer != Layer::Filesystem {
            return Vec::new();
        }
        let (id, subject) = (step.id, self.subject);
        let Some((instruction, stage)) = subject.instruction(id).zip(subject.model.stages().get(step.stage))
        else {
            return Vec::new();
        };
        match instruction.keyword {
            Keyword::From => base::parts(stage, &self.stages[stage.index].ground),
            Keyword::Workdir => vec![Part { what: What::Folder, size: Some(Size::measured(0)) }],
            Keyword::Copy | Keyword::Add => copied::parts(self, stage, id, instruction),
            Keyword::Run => run::parts(self, stage, id),
            _ => Vec::new(),
        }
    }
}

/// All parts together; None where one of them isn't known. They are different things, reckoned from
/// different facts, but for those that are a copy of others.
pub(super) fn sum(parts: &[Part]) -> Option<Size> {
    let none = Size::measured(0);
    let (mut own, mut copies) = (none, none);
    for part in parts {
        let size = part.size?;
        match part.what.is_copy() {
            true => copies = copies.plus(size),
            false => own = own.beside(size),
        }
    }
    Some(own.plus(copies))
}

#[cfg(test)]
mod tests;
