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
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// By stage.
    stages: Vec<Arc<Weighed>>,
    image: Total,
}

/// One stage, weighed.
#[derive(Clone, Debug, Default)]
struct Weighed {
    /// In the order of its instructions.
    steps: Vec<Weight>,
    /// By step, all of its parts together.
    sums: Vec<Option<Size>>,
    end: Arc<State>,
    /// The same for two versions of a stage that end alike: what takes something of it gets the same.
    id: u64,
}

/// The stages of a file that were weighed for earlier versions of it. Those that an edit leaves as they are, and that
/// take what they took, aren't weighed again. Good for one view of the build context.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Stages>);

#[derive(Debug, Default)]
struct Stages {
    /// By what they hang on.
    by_key: HashMap<u64, Arc<Weighed>>,
    /// By number of the stage, and whether it is built, how it was the last time.
    last: HashMap<(usize, bool), Arc<Weighed>>,
    /// The next [`Weighed::id`].
    next: u64,
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Stages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a stage by its key; else what `weigh` comes to, which is kept from now on.
    fn stage(&self, key: Option<u64>, place: (usize, bool), weigh: impl FnOnce() -> Weighed) -> Arc<Weighed> {
        if let Some(known) = key.and_then(|key| self.lock().by_key.get(&key).cloned()) {
            return known;
        }
        let mut weighed = weigh();
        let mut kept = self.lock();
        kept.next += 1;
        weighed.id = match kept.last.get(&place) {
            Some(last) if last.end == weighed.end => last.id,
            _ => kept.next,
        };
        let weighed = Arc::new(weighed);
        if weighed.end.contents.is_small() {
            kept.last.insert(place, Arc::clone(&weighed));
            key.map(|key| kept.by_key.insert(key, Arc::clone(&weighed)));
        }
        weighed
    }

    /// Drops what no version needs any more, of a file of so many stages. Two plans may be asked for in turn.
    fn tidy(&self, stages: usize) {
        let mut kept = self.lock();
        if kept.by_key.len() > 4 * stages + 16 {
            let Stages { by_key, last, .. } = &mut *kept;
            by_key.retain(|_, known| last.values().any(|last| Arc::ptr_eq(last, known)));
            last.retain(|(stage, _), _| *stage < stages);
        }
    }
}

impl Weights {
    /// Weighs all steps of the plan.
    pub fn new(subject: &Subject<'_>) -> Self {
        let mut weigher = Weigher { subject: *subject, grounds: HashMap::new(), stages: Vec::new() };
        let (kept, mut stages) = (&subject.plan.kept, Vec::new());
        let mut steps = subject.plan.steps();
        for (stage, mark) in subject.model.stages().iter().zip(subject.model.fingerprints()) {
            let end = steps.partition_point(|step| step.stage <= stage.index);
            let (own, rest) = steps.split_at(end);
            steps = rest;
            let built = own.iter().any(|step| step.layer != Layer::None);
            let key = key(subject, stage, mark.own, built, &stages);
            let weighed = kept.stage(key, (stage.index, built), || weigher.stage(stage, own));
            weigher.stages.truncate(stage.index);
            weigher.stages.push(Arc::clone(&weighed.end));
            stages.push(weighed);
        }
        kept.tidy(stages.len());
        let in_image = subject.plan.steps().iter().filter(|step| step.in_image);
        let sum = |step: &Step| stages.get(step.stage)?.sums.get(step.number - 1).copied()?;
        let image = Total::of(in_image.map(sum));
        Self { stages, image }
    }

    pub fn of(&self, step: &Step) -> Option<&Weight> {
        self.stages.get(step.stage)?.steps.get(step.number - 1)
    }

    pub fn image(&self) -> Total {
        self.image
    }
}

/// What a stage's weights hang on: its text, and what the stages above that it takes something of hold in the end. None
/// where it takes something of one below.
fn key(subject: &Subject<'_>, stage: &Stage, own: u64, built: bool, above: &[Arc<Weighed>]) -> Option<u64> {
    let mut key = DefaultHasher::new();
    (own, built).hash(&mut key);
    for usage in &stage.uses {
        let name = subject.model.stages().get(usage.stage).and_then(|other| other.name.as_deref());
        (above.get(usage.stage)?.id, name).hash(&mut key);
    }
    Some(key.finish())
}

/// Weighs the steps of a file in their order; what stands in a stage is known to those that copy from it.
struct Weigher<'a> {
    subject: Subject<'a>,
    /// The base images that were looked up, by reference and platform: stages often share one.
    grounds: HashMap<(Option<&'a str>, Option<&'a str>), Ground>,
    /// By stage, what is in it so far.
    stages: Vec<Arc<State>>,
}

/// What is known of a stage where its last weighed step ends.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    ground: Ground,
    contents: Contents,
}

impl<'a> Weigher<'a> {
    fn stage(&mut self, stage: &'a Stage, steps: &[Step]) -> Weighed {
        self.open(stage);
        let mut weighed = Weighed::default();
        for step in steps {
            let parts = self.step(step);
            let sum = sum(&parts);
            let size = sum.filter(|size| step.layer != Layer::None && size.is_told());
            weighed.sums.push(sum);
            weighed.steps.push(Weight { size, parts });
        }
        weighed.end = self.stages.get(stage.index).cloned().unwrap_or_default();
        weighed
    }

    /// Begins a stage; stages come in their order.
    fn open(&mut self, stage: &'a Stage) {
        let state = match &stage.base {
            Base::Stage(base) => self.stages.get(*base).cloned().unwrap_or_default(),
            Base::Scratch => Arc::default(),
            Base::Image { reference, .. } => {
                let key = (reference.as_deref(), stage.platform.as_deref());
                let find = || base::ground(self.subject.model, stage, key.0);
                let ground = self.grounds.entry(key).or_insert_with(find).clone();
                Arc::new(State { ground, ..State::default() })
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
