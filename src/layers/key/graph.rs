use super::content::Content;
use super::digest::{Digest, Mix};
use super::files::{Files, Selection};
use super::scope::{Scope, eval_global, host_platform};
use crate::context::dockerignore::Dockerignore;
use crate::model::{Base, Model, Stage};
use crate::syntax::image::ImageRef;
use crate::syntax::{InstructionId, Keyword};
use std::collections::HashMap;
use std::sync::Arc;

/// One operation of a build: what BuildKit's solver keeps a cache key of.
#[derive(Debug)]
pub(super) struct Node {
    /// The whole key: the operation and all that it is done to.
    pub exact: Digest,
    /// What is done, without that to which it is done.
    pub operation: Digest,
    pub inputs: Vec<Input>,
}

/// Something that an operation is done to.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// The result of another operation, known by its key.
    Node(u32),
    /// Something that is known by what it holds.
    Content(Arc<Content>),
}

/// What one step does to the files of its stage.
#[derive(Debug)]
pub(super) enum Layer {
    /// A command may do anything.
    Command {
        /// What it is known by: all that it sees is in it.
        key: Digest,
        /// Files, absolute, of which less than that decides what they are, and what stands for it.
        written: Vec<(String, Digest)>,
    },
    Folder {
        path: String,
        digest: Digest,
    },
    Copy {
        /// Absolute, without `.`, `..` and a slash at the end.
        to: String,
        /// Whether it is a folder for certain, into which files go.
        into: bool,
        sources: Vec<Source>,
        /// Owner and mode, where the copy sets them; and that the step itself was changed.
        change: Option<Digest>,
    },
}

/// Where something that a COPY or ADD puts into the image comes from.
#[derive(Debug)]
pub(super) enum Source {
    Context(Selection),
    /// A path of a stage, without what is excluded.
    Stage(usize, String, Arc<Dockerignore>),
    Image(Digest, String),
    /// A file of this name that is known whole: a heredoc, or what a server answers.
    File(String, Digest),
    /// An archive of the context, unpacked.
    Archive(Selection),
}

/// A stage as it has been built.
#[derive(Debug)]
pub(super) struct Built {
    pub layers: Vec<Layer>,
    pub base: Ground,
}

/// What lies beneath a stage's own layers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ground {
    Nothing,
    Stage(usize),
    Image(Digest),
}

/// All operations of one build.
#[derive(Debug)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    ids: HashMap<Digest, u32>,
    steps: Vec<(InstructionId, u32)>,
}

/// What a graph is made of.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub model: &'a Model,
    pub target: usize,
    pub files: Files<'a>,
    /// All images hold something else than they did.
    pub images_changed: bool,
    /// The step that is done in another way than it was.
    pub touched: Option<InstructionId>,
}

impl Graph {
    /// The nodes, each behind those that it is made of.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The steps that run where nothing is cached, and the node of each.
    pub fn steps(&self) -> &[(InstructionId, u32)] {
        &self.steps
    }

    /// The steps whose own operation or content is another than in `before`, a graph of the same file; what
    /// they stand on doesn't count.
    pub fn own_changes(&self, before: &Graph) -> Vec<InstructionId> {
        let own = |graph: &Graph, node: u32| {
            let node = &graph.nodes[node as usize];
            let contents = node.inputs.iter().filter_map(|input| match input {
                Input::Content(content) => Some(content.exact()),
                Input::Node(_) => None,
            });
            (node.operation, contents.collect::<Vec<_>>())
        };
        let known: HashMap<_, _> = before.steps.iter().map(|&(id, node)| (id, own(before, node))).collect();
        let steps = self.steps.iter().filter(|&&(id, node)| known.get(&id) != Some(&own(self, node)));
        steps.map(|&(id, _)| id).collect()
    }

    pub fn find(&self, exact: Digest) -> Option<u32> {
        self.ids.get(&exact).copied()
    }

    pub fn new(plan: Plan<'_>) -> Self {
        Self::with_selections(plan).0
    }

    /// The graph, and what the build takes of the context.
    pub fn with_selections(plan: Plan<'_>) -> (Self, Vec<Selection>) {
        let stages = plan.model.stages();
        let mut builder = Builder {
            plan,
            graph: Self { nodes: Vec::new(), ids: HashMap::new(), steps: Vec::new() },
            built: (0..stages.len()).map(|_| None).collect(),
            ends: (0..stages.len()).map(|_| None).collect(),
            contents: HashMap::new(),
            selections: Vec::new(),
        };
        for index in order(plan.model, plan.target) {
            builder.stage(&stages[index]);
        }
        (builder.graph, builder.selections)
    }
}

/// The stages that building `target` needs, each behind those that it takes something from.
fn order(model: &Model, target: usize) -> Vec<usize> {
    let stages = model.stages();
    let mut seen = vec![false; stages.len()];
    let mut order = Vec::new();
    let mut open = vec![(target, 0)];
    if let Some(seen) = seen.get_mut(target) {
        *seen = true;
    }
    while let Some((index, next)) = open.pop() {
        let Some(stage) = stages.get(index) else { continue };
        match stage.uses.get(next) {
            Some(usage) => {
                open.push((index, next + 1));
                // BuildKit refuses a circle; here it is cut where it closes.
                if !std::mem::replace(&mut seen[usage.stage], true) {
                    open.push((usage.stage, 0));
                }
            }
            None => order.push(index),
        }
    }
    order
}

/// A graph in the making.
pub(super) struct Builder<'a> {
    pub plan: Plan<'a>,
    pub graph: Graph,
    /// By stage, what it has been built of.
    pub built: Vec<Option<Built>>,
    /// By stage, what holds at its end, and its last node; none where nothing lies in it.
    ends: Vec<Option<(Scope<'a>, Option<u32>)>>,
    /// What lies at a path of a finished stage, where it has been asked for.
    pub contents: HashMap<(usize, String), Arc<Content>>,
    /// What is taken of the context.
    pub selections: Vec<Selection>,
}

/// A stage in the making.
pub(super) struct Making<'a> {
    pub index: usize,
    pub scope: Scope<'a>,
    /// The node on which the next one stands.
    pub top: Option<u32>,
    pub layers: Vec<Layer>,
    /// What lies beneath them.
    pub base: Ground,
}

impl<'a> Builder<'a> {
    fn stage(&mut self, stage: &'a Stage) {
        let model = self.plan.model;
        let mut making = self.open(stage);
        if let Base::Stage(parent) = stage.base {
            self.triggers(&mut making, &model.stages()[parent], stage.from);
        }
        for (id, instruction) in model.steps(stage) {
            making.scope.declare(model.variables(id));
            let node = match instruction.keyword {
                Keyword::Arg | Keyword::Env | Keyword::Label | Keyword::Expose => None,
                _ => self.step(&mut making, Some(id), instruction),
            };
            self.graph.steps.extend(node.map(|node| (id, node)));
        }
        making.scope.declare(model.all_variables(stage));
        self.built[stage.index] = Some(Built { layers: making.layers, base: making.base });
        self.ends[stage.index] = Some((making.scope, making.top));
    }

    /// What the stage begins with.
    fn open(&mut self, stage: &'a Stage) -> Making<'a> {
        let model = self.plan.model;
        let making = |scope, top, base| Making { index: stage.index, scope, top, layers: Vec::new(), base };
        if let Base::Stage(parent) = stage.base
            && let Some((scope, top)) = self.ends.get(parent).cloned().flatten()
        {
            let mut making = making(scope, top, Ground::Stage(parent));
            if self.plan.touched == Some(stage.from) {
                let inputs = making.top.map(Input::Node).into_iter().collect();
                making.top = Some(self.node(Mix::new("changed").end(), inputs));
            }
            return making;
        }
        let mut scope = Scope::new(model);
        let platform = stage.platform.as_deref().map(|text| eval_global(model, text, model.globals()));
        scope.platform = platform.filter(|platform| !platform.is_empty()).unwrap_or_else(host_platform);
        let Base::Image { written, reference } = &stage.base else {
            return making(scope, None, Ground::Nothing);
        };
        scope.on_image = true;
        let reference = match reference {
            Some(reference) => reference.to_string(),
            None => eval_global(model, written, model.globals()),
        };
        let image = self.image(&reference, &scope.platform, self.plan.touched == Some(stage.from));
        let node = self.node(image, Vec::new());
        making(scope, Some(node), Ground::Image(image))
    }

    /// What stands for an image by its reference: a name without tag and digest means `latest`.
    pub fn image(&self, reference: &str, platform: &str, touched: bool) -> Digest {
        let image = ImageRef::parse(reference, self.plan.model.tree().escape());
        let tag = match (image.tag(), image.digest()) {
            (_, Some(digest)) => digest,
            (Some(tag), None) => tag,
            (None, None) => "latest",
        };
        let changed = self.plan.images_changed || touched;
        let mix = Mix::new("image").text(&image.canonical_name()).text(tag).text(platform);
        mix.number(u64::from(changed)).end()
    }

    /// What the stage below says is to be done first in one that is built on it. What it triggers has no
    /// line of its own there, and its variables aren't followed.
    fn triggers(&mut self, making: &mut Making<'a>, parent: &'a Stage, from: InstructionId) {
        let model = self.plan.model;
        making.scope.declare(model.inherited_variables(from));
        for (_, instruction) in model.steps(parent) {
            if let Some(trigger) = instruction.trigger.as_deref() {
                self.step(making, None, trigger);
            }
        }
    }

    /// The node of an operation; the same one for the same operation done to the same things.
    pub fn node(&mut self, operation: Digest, inputs: Vec<Input>) -> u32 {
        let mix = Mix::new("node").digest(operation).number(inputs.len() as u64);
        let mix = inputs.iter().fold(mix, |mix, input| match input {
            Input::Node(node) => mix.number(0).digest(self.graph.nodes[*node as usize].exact),
            Input::Content(content) => mix.number(1).digest(content.exact()),
        });
        let exact = mix.end();
        let next = self.graph.nodes.len() as u32;
        let id = *self.graph.ids.entry(exact).or_insert(next);
        if id == next {
            self.graph.nodes.push(Node { exact, operation, inputs });
        }
        id
    }
}
