use super::Variable;
use crate::shell::Dialect;
use crate::syntax::InstructionId;
use crate::text::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// One stage: a FROM and what follows up to the next one.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// In lower case, as BuildKit compares it.
    pub name: Option<Box<str>>,
    /// Where the name is written.
    pub name_span: Option<Span>,
    /// The FROM that opens it.
    pub from: InstructionId,
    /// What it is built on.
    pub base: Base,
    /// The value of `--platform`, as it is written.
    pub platform: Option<Box<str>>,
    /// Whether its system is Windows, as far as the platform, the image's name and the file's escape
    /// character tell; taken over from the stage that it is built on.
    pub windows: bool,
    /// What reads its shell forms where no SHELL stands above them.
    pub default_shell: Dialect,
    /// FROM first, then what stands in the stage.
    pub instructions: Vec<InstructionId>,
    /// What holds before each of `instructions` takes effect.
    pub(super) frames: Vec<Frame>,
    /// What holds at the end.
    pub(super) last: Frame,
    /// All variables of the stage in the order of their declaration, inherited ones first; shared with the stage
    /// that they are inherited from where none is added.
    pub(super) variables: Arc<Vec<Variable>>,
    /// Which other stages it takes something from.
    pub uses: Vec<StageUse>,
    /// Whether building the target needs this stage.
    pub used: bool,
}

impl Stage {
    /// What `--target` and `--from` call it: its name, else its number, from 0.
    pub fn label(&self) -> Cow<'_, str> {
        self.name.as_deref().map_or_else(|| Cow::Owned(self.index.to_string()), Cow::Borrowed)
    }

    /// What users are shown: `stage deps`, `stage 0`.
    pub fn title(&self) -> String {
        format!("stage {}", self.label())
    }
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing at all.
    Scratch,
    /// An earlier stage, by its number.
    Stage(usize),
    /// An image. `reference` has its variables expanded where they are known, else it is None.
    Image {
        /// As it stands in the file.
        written: Box<str>,
        /// As it is fetched.
        reference: Option<Box<str>>,
    },
}

/// Something that a stage takes from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageUse {
    /// The number of the other stage.
    pub stage: usize,
    /// The instruction that takes it.
    pub by: InstructionId,
    /// How it is taken.
    pub kind: UseKind,
    /// The name or number, where it is written.
    pub span: Span,
}

/// How a stage takes something from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// `FROM stage`
    Base,
    /// `COPY --from=stage`
    Copy,
    /// `RUN --mount=from=stage`
    Mount,
}

/// What holds at one place of a stage.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The USER instruction in effect, of this stage or of one that it is built on; None: the base image's.
    pub user: Option<InstructionId>,
    /// Where commands run.
    pub workdir: Workdir,
    /// The SHELL instruction in effect; None: the default of the platform.
    pub shell: Option<InstructionId>,
    /// How many of the stage's variables are declared here.
    pub(super) variables: usize,
}

/// The working directory at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workdir {
    /// Absolute. Starts as `/`, which every base image has where it says nothing else.
    pub path: Arc<str>,
    /// Whether the file itself says so: an absolute WORKDIR stands above, and its variables are known.
    pub certain: bool,
}

impl Default for Workdir {
    fn default() -> Self {
        Self { path: "/".into(), certain: false }
    }
}

/// Which stages building `target` needs, by number: itself, and what they take something from.
pub(super) fn needed(stages: &[Stage], target: Option<usize>) -> Vec<bool> {
    let mut needed = vec![false; stages.len()];
    let mut open: Vec<usize> = target.into_iter().collect();
    while let Some(index) = open.pop() {
        if let (Some(seen), Some(stage)) = (needed.get_mut(index), stages.get(index))
            && !std::mem::replace(seen, true)
        {
            open.extend(stage.uses.iter().map(|usage| usage.stage));
        }
    }
    needed
}
