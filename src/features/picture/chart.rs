use crate::layers::{Again, Basis, Layer, Scenario, Size, Step, Subject, Total};
use crate::model::{Base, Stage};
use crate::syntax::{Instruction, Keyword};

/// What a picture shows of one Dockerfile.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The Dockerfile's name as the user knows it.
    pub title: String,
    /// What is built: the stage's name or number.
    pub target: String,
    /// What the image weighs.
    pub image: Total,
    /// The image as it was: its name, its weight, and its layers from the lowest up.
    pub before: Option<(String, Total, Vec<StepRow>)>,
    /// The stages in the order of the file.
    pub stages: Vec<StageRow>,
    /// The changes that are asked about, in words.
    pub changes: Vec<String>,
}

/// What becomes of a stage's layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They are the image's.
    Image,
    /// Only what other stages copy from them reaches the image.
    Copied,
    /// The build doesn't need the stage.
    Unused,
}

impl Reach {
    /// As a part of a sentence about the stage.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Reach::Image => "in the image",
            Reach::Copied => "not in the image but for what is copied from it",
            Reach::Unused => "not built",
        }
    }
}

/// One stage and its layers.
#[derive(Clone, Debug)]
pub struct StageRow {
    /// Its name, or `stage` and its number.
    pub name: String,
    /// The image or the stage that it begins with.
    pub base: String,
    /// What becomes of its layers.
    pub reach: Reach,
    /// FROM, and the steps that make a layer.
    pub steps: Vec<StepRow>,
    /// How many of its instructions change the image's configuration only.
    pub metadata: usize,
}

/// One layer.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// The instruction that makes it.
    pub keyword: Keyword,
    /// 1-based.
    pub line: u32,
    /// The instruction on one line.
    pub text: String,
    /// Whether it is one of the image's layers.
    pub in_image: bool,
    /// What it weighs, where that is known.
    pub size: Option<Size>,
    /// For each of [`Chart::changes`], whether it runs the step again.
    pub again: Vec<Again>,
}

/// What is to be shown of `subject`. `scenarios` are the changes that are asked about.
pub fn chart(subject: &Subject<'_>, title: &str, scenarios: &[Scenario]) -> Chart {
    let stages: Vec<StageRow> =
        subject.model.stages().iter().map(|one| stage(subject, one, scenarios)).collect();
    let named = |index: usize| subject.model.stages().get(index).map_or_else(String::new, name);
    let target = subject.plan.target().map_or_else(String::new, named);
    let changes = scenarios.iter().map(|scenario| scenario.change.clone()).collect();
    Chart { title: title.to_owned(), target, image: subject.image(), before: None, stages, changes }
}

impl Chart {
    /// The same, beside the image that it replaces.
    pub fn with_before(mut self, before: Chart) -> Self {
        let layers = before.in_image().cloned().collect();
        self.before = Some((before.title, before.image, layers));
        self
    }

    /// Counts [`Chart::image`] anew from the steps.
    #[cfg(test)]
    pub(super) fn recount(&mut self) {
        self.image = Total::of(self.in_image().map(|step| step.size));
    }

    /// What the layers of one of its stages weigh together. Where they are all of the image's, that is what the
    /// image weighs: it is known more exactly than the layers one by one.
    pub fn whole(&self, stage: &StageRow) -> Total {
        let in_stage = stage.steps.iter().filter(|step| step.in_image).count();
        match in_stage > 0 && in_stage == self.in_image().count() {
            true => self.image,
            false => Total::of(stage.steps.iter().map(|step| step.size)),
        }
    }

    /// The layers of the image, from the lowest up.
    pub fn in_image(&self) -> impl Iterator<Item = &StepRow> {
        self.stages.iter().flat_map(|stage| &stage.steps).filter(|step| step.in_image)
    }

    /// The weakest of the things that the weights come from, for the note below the picture.
    pub(super) fn bases(&self) -> Vec<Basis> {
        let mut found: Vec<Basis> = Vec::new();
        let sizes = self.stages.iter().flat_map(|stage| &stage.steps).filter_map(|step| step.size);
        for size in sizes.filter(|size| size.likely > 0) {
            if !found.contains(&size.basis) {
                found.push(size.basis);
            }
        }
        found
    }
}

fn stage(subject: &Subject<'_>, stage: &Stage, scenarios: &[Scenario]) -> StageRow {
    let steps: Vec<&Step> = subject.plan.steps().iter().filter(|step| step.stage == stage.index).collect();
    let built =
        subject.plan.target() == Some(stage.index) || steps.iter().any(|step| step.layer != Layer::None);
    let reach = match (built, steps.iter().any(|step| step.in_image)) {
        (false, _) => Reach::Unused,
        (true, true) => Reach::Image,
        (true, false) => Reach::Copied,
    };
    let layers = steps.iter().filter(|step| step.layer == Layer::Filesystem);
    StageRow {
        name: name(stage),
        base: match &stage.base {
            Base::Scratch => "scratch".to_owned(),
            Base::Stage(base) => subject.model.stages().get(*base).map_or_else(String::new, name),
            Base::Image { written, reference } => reference.as_ref().unwrap_or(written).to_string(),
        },
        reach,
        steps: layers.filter_map(|step| row(subject, step, scenarios)).collect(),
        metadata: steps.iter().filter(|step| step.layer == Layer::Metadata).count(),
    }
}

fn row(subject: &Subject<'_>, step: &Step, scenarios: &[Scenario]) -> Option<StepRow> {
    let instruction = subject.instruction(step.id)?;
    let again = |scenario: &Scenario| {
        let found = scenario.runs_again.iter().find(|(id, _)| *id == step.id);
        found.map_or(Again::No, |(_, again)| *again)
    };
    // A stage that begins with another one lies on that one's layers, which are counted there.
    let on_stage = instruction.keyword == Keyword::From
        && subject.model.stages().get(step.stage).is_some_and(|s| matches!(s.base, Base::Stage(_)));
    if on_stage {
        return None;
    }
    Some(StepRow {
        keyword: instruction.keyword,
        line: instruction.first_line,
        text: one_line(subject, instruction),
        in_image: step.in_image,
        size: subject.weight(step.id).size,
        again: scenarios.iter().map(again).collect(),
    })
}

/// An instruction on one line, blanks drawn together.
pub fn one_line(subject: &Subject<'_>, instruction: &Instruction) -> String {
    let logical = instruction.logical.text(subject.source());
    logical.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A stage's name; of a stage without one its number, which says nothing without the word before it.
fn name(stage: &Stage) -> String {
    stage.name.as_deref().map_or_else(|| stage.title(), str::to_owned)
}
