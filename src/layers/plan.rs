use super::key::Keys;
use super::weight::{Kept, Weights};
use super::{Again, Leftover};
use crate::context::dockerignore::Dockerignore;
use crate::model::{Base, Model, Stage};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::sync::{Arc, OnceLock};

/// What a step adds to the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// A layer with files.
    Filesystem,
    /// An entry in the image's configuration; no bytes.
    Metadata,
    /// Nothing.
    None,
}

impl Layer {
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Filesystem => "filesystem",
            Layer::Metadata => "metadata",
            Layer::None => "none",
        }
    }
}

/// One instruction of one stage, as the build sees it.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: InstructionId,
    /// The stage's number, from 0.
    pub stage: usize,
    /// Which step of its stage it is, from 1; FROM is the first.
    pub number: usize,
    /// How many steps the stage has.
    pub of: usize,
    pub layer: Layer,
    /// Whether the target's image holds what this step makes: it stands in the target or in a stage that
    /// the target is built on.
    pub in_image: bool,
    /// What the commands of a RUN leave, once it has been asked for.
    pub(super) leftovers: OnceLock<Vec<Leftover>>,
    /// What runs again because this step was changed, once it has been asked for.
    pub(super) after: OnceLock<Vec<(InstructionId, Again)>>,
}

/// The steps of a Dockerfile in the order of the file. What they weigh is asked of the
/// [`Subject`](super::Subject), which has it computed on first use: most keystrokes don't need it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    steps: Vec<Step>,
    target: Option<usize>,
    pub(super) weights: OnceLock<Weights>,
    /// The cache keys of the build as it stands.
    pub(super) keys: OnceLock<Arc<Keys>>,
    pub(super) kept: Arc<Kept>,
}

impl Plan {
    /// The plan for the last stage, or for the stage that `target` numbers.
    pub fn new(model: &Model, target: Option<usize>) -> Self {
        let target = target.or(model.target().map(|stage| stage.index));
        let built = target.map_or_else(|| vec![false; model.stages().len()], |target| model.needed(target));
        let chain = Self::chain(model, target);
        let mut steps = Vec::new();
        for stage in model.stages() {
            for (at, &id) in stage.instructions.iter().enumerate() {
                let Some(instruction) = model.tree().instruction(id) else { continue };
                let layer = if built[stage.index] { layer(model, id, instruction) } else { Layer::None };
                steps.push(Step {
                    id,
                    stage: stage.index,
                    number: at + 1,
                    of: stage.instructions.len(),
                    layer,
                    in_image: chain[stage.index] && layer != Layer::None,
                    leftovers: OnceLock::new(),
                    after: OnceLock::new(),
                });
            }
        }
        Self { steps, target, ..Self::default() }
    }

    /// The same, with stages that were weighed for earlier versions of the file, in the same build context.
    pub fn keeping(self, kept: Arc<Kept>) -> Self {
        Self { kept, ..self }
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub fn step(&self, id: InstructionId) -> Option<&Step> {
        self.steps.get(self.index(id)?)
    }

    /// Where the step `id` stands among the steps.
    pub(super) fn index(&self, id: InstructionId) -> Option<usize> {
        self.steps.binary_search_by_key(&id, |step| step.id).ok()
    }

    /// The number of the stage that is built.
    pub fn target(&self) -> Option<usize> {
        self.target
    }

    /// Which stages' layers are in the image: `target`, and what it is built on.
    fn chain(model: &Model, target: Option<usize>) -> Vec<bool> {
        let mut chain = vec![false; model.stages().len()];
        let target = target.and_then(|index| model.stages().get(index));
        for stage in target.into_iter().flat_map(|target| model.with_bases(target)) {
            chain[stage.index] = true;
        }
        chain
    }
}

/// What an instruction adds, in a stage that is built.
fn layer(model: &Model, id: InstructionId, instruction: &Instruction) -> Layer {
    match instruction.keyword {
        Keyword::From => match model.stage_of(id).map(|stage: &Stage| &stage.base) {
            Some(Base::Scratch) | None => Layer::None,
            _ => Layer::Filesystem,
        },
        Keyword::Run | Keyword::Copy | Keyword::Add => Layer::Filesystem,
        // BuildKit makes the folder, except for the root, which is always there.
        Keyword::Workdir => {
            let path = instruction.args.first().map_or("", |path| &*path.text);
            let before = model.frame(id).map_or("/", |frame| &*frame.workdir.path);
            if crate::model::resolve(before, path) == "/" { Layer::Metadata } else { Layer::Filesystem }
        }
        Keyword::Arg | Keyword::Unknown => Layer::None,
        _ => Layer::Metadata,
    }
}

/// The patterns of a COPY's or ADD's `--exclude`; None where one of them hangs on a variable.
pub fn excludes(instruction: &Instruction) -> Option<Dockerignore> {
    let flags = instruction.flags.iter().filter(|flag| &*flag.name == "exclude");
    let patterns: Vec<&str> =
        flags.filter_map(|flag| flag.value.as_ref()).map(|value| &*value.text).collect();
    let known = !patterns.iter().any(|pattern| pattern.contains('$'));
    known.then(|| Dockerignore::from_patterns(patterns))
}
