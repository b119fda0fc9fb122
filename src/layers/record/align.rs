//! Which instruction each step of a log is.

use super::{Record, RecordedStep, StepOutcome, text};
use crate::model::{Base, Model, Stage, resolve};
use crate::syntax::image::ImageRef;
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::collections::BTreeMap;
use std::fmt;

/// What a log says of one instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// How long it took, on the slowest of the platforms; None where the log doesn't say.
    pub seconds: Option<f64>,
    pub outcome: StepOutcome,
}

/// The first thing by which a log shows that it is of another Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The log has a stage that isn't in the file.
    Stage(String),
    /// A step of the log is not the instruction that stands at its place. Without a line there is none.
    Step { shown: String, line: Option<u32>, written: String },
    /// The stage has another number of steps that make a layer.
    Count { stage: String, shown: u32, written: usize },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Stage(name) => write!(out, "it builds a stage `{name}`, which isn't there"),
            Mismatch::Step { shown, line: Some(line), written } => {
                write!(out, "its step `{shown}` stands where line {line} is `{written}`")
            }
            Mismatch::Step { shown, .. } => write!(out, "its step `{shown}` isn't there"),
            Mismatch::Count { stage, shown, written } => {
                write!(out, "its {stage} has {shown} steps that make a layer, where {written} are written")
            }
        }
    }
}

/// Puts each step of the log to its instruction, in the order of the file. All steps of one build must have
/// their place, else none is given one: a log may be of this Dockerfile as it was before a change. Where
/// a log holds several builds, the last one that fits is taken. An instruction isn't in the result where
/// the log has no step of its own for it, for BuildKit shows a step that two stages share only once.
pub fn align(record: &Record, model: &Model) -> Result<Vec<(InstructionId, Measured)>, Mismatch> {
    let last = record.steps.iter().map(|step| step.run).max().unwrap_or(0);
    let mut why = None;
    for run in (0..=last).rev() {
        // Compose and Bake build several targets in one run: each has its own label.
        let mut targets: BTreeMap<Vec<&str>, Vec<Placed<'_>>> = BTreeMap::new();
        let mut found: BTreeMap<InstructionId, Measured> = BTreeMap::new();
        for step in record.steps.iter().filter(|step| step.run == run) {
            let placed = Placed::new(step, model);
            targets.entry(placed.target.clone()).or_default().push(placed);
        }
        for (target, steps) in &mut targets {
            if record.targets.len() > 1 {
                drop_borrowed(steps, model);
            }
            match known_target(record, target).and_then(|()| align_build(steps, model)) {
                Ok(aligned) => aligned.into_iter().for_each(|(id, measured)| add(&mut found, id, measured)),
                Err(mismatch) => why = why.or(Some(mismatch)),
            }
        }
        if !found.is_empty() {
            return Ok(found.into_iter().collect());
        }
    }
    why.map_or(Ok(Vec::new()), Err)
}

/// A step of the log with its labels told apart.
struct Placed<'r> {
    step: &'r RecordedStep,
    /// The number of the stage, where the labels say one.
    stage: Option<usize>,
    platform: &'r str,
    target: Vec<&'r str>,
}

impl<'r> Placed<'r> {
    fn new(step: &'r RecordedStep, model: &Model) -> Self {
        let mut labels: Vec<&str> = step.labels.iter().map(String::as_str).collect();
        let stages = model.stages();
        let stage = labels.last().and_then(|label| {
            let named = stages.iter().rposition(|stage| stage.name.as_deref() == Some(*label));
            // What has no name is called by its number, from 0.
            let number = || label.strip_prefix("stage-")?.parse().ok().filter(|at| *at < stages.len());
            named.or_else(number)
        });
        if stage.is_some() {
            labels.pop();
        }
        // The only stage of a file isn't named.
        let stage = stage.or((stages.len() == 1).then_some(0));
        let platform = labels.iter().rposition(|label| label.contains('/')).map(|at| labels.remove(at));
        Self { step, stage, platform: platform.unwrap_or(""), target: labels }
    }
}

/// A step that two targets share has the name that it got in one of them, and the label of the other
/// perhaps: it is left out where most of the target's steps are of this file.
fn drop_borrowed(steps: &mut Vec<Placed<'_>>, model: &Model) {
    let own = |one: &Placed<'_>, steps: &[Placed<'_>]| {
        let Some(stage) = one.stage else { return false };
        let of_stage =
            steps.iter().filter(|other| (other.stage, other.platform) == (one.stage, one.platform));
        let triggers = of_stage.filter(|other| is_trigger(other.step)).count();
        fits(one.step.total, numbered(&model.stages()[stage], model).count(), triggers)
    };
    let keep: Vec<bool> = steps.iter().map(|one| own(one, steps)).collect();
    if keep.iter().filter(|own| **own).count() * 2 > steps.len() {
        let mut keep = keep.into_iter();
        steps.retain(|_| keep.next().unwrap_or(true));
    }
}

/// Whether a stage may have `total` steps: those that are `written`, and those of the triggers that it
/// inherits, of which some may not be shown.
fn fits(total: u32, written: usize, triggers: usize) -> bool {
    let total = total as usize;
    if triggers > 0 { total >= written + triggers } else { total == written }
}

/// What remains of the labels must be a target, where the log says what its targets are: of a file with
/// several stages it may be the name of a stage.
fn known_target(record: &Record, target: &[&str]) -> Result<(), Mismatch> {
    match target.last() {
        Some(label) if !record.targets.is_empty() && !record.targets.contains(*label) => {
            Err(Mismatch::Stage((*label).to_owned()))
        }
        _ => Ok(()),
    }
}

fn align_build(steps: &[Placed<'_>], model: &Model) -> Result<Vec<(InstructionId, Measured)>, Mismatch> {
    let mut by_stage: BTreeMap<(usize, &str), Vec<&RecordedStep>> = BTreeMap::new();
    for placed in steps {
        let Some(stage) = placed.stage else {
            return Err(Mismatch::Stage(placed.step.labels.last().cloned().unwrap_or_default()));
        };
        by_stage.entry((stage, placed.platform)).or_default().push(placed.step);
    }
    let mut found = BTreeMap::new();
    for ((stage, _), steps) in by_stage {
        for (id, measured) in align_stage(&steps, &model.stages()[stage], model)? {
            add(&mut found, id, measured);
        }
    }
    Ok(found.into_iter().collect())
}

/// Takes the longest time and the worst outcome of those that one instruction has on several platforms.
fn add(found: &mut BTreeMap<InstructionId, Measured>, id: InstructionId, measured: Measured) {
    let one = found.entry(id).or_insert(measured);
    one.outcome = one.outcome.max(measured.outcome);
    one.seconds = match (one.seconds, measured.seconds) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => None,
    };
}

fn align_stage(
    steps: &[&RecordedStep],
    stage: &Stage,
    model: &Model,
) -> Result<Vec<(InstructionId, Measured)>, Mismatch> {
    let numbered: Vec<(InstructionId, &Instruction)> = numbered(stage, model).collect();
    let triggers = steps.iter().filter(|step| is_trigger(step)).map(|step| step.number).collect::<Vec<_>>();
    if let Some(step) = steps.iter().find(|step| !fits(step.total, numbered.len(), triggers.len())) {
        let stage =
            stage.name.as_deref().map_or_else(|| "stage".to_owned(), |name| format!("stage `{name}`"));
        return Err(Mismatch::Count { stage, shown: step.total, written: numbered.len() });
    }
    let mut found = Vec::new();
    let mut taken: Vec<u32> = triggers;
    let mut number = 1;
    for (id, instruction) in numbered {
        while taken.contains(&number) {
            number += 1;
        }
        if is_never_shown(id, instruction, model) {
            continue;
        }
        let Some(step) = steps.iter().find(|step| step.number == number) else {
            number += 1;
            continue;
        };
        if is_shown(step, id, instruction, model) {
            taken.push(number);
            number += 1;
            found.push((id, Measured { seconds: step.seconds, outcome: step.outcome }));
        } else if !may_be_hidden(step, instruction) {
            let written = first_line(instruction.logical.text(model.tree().source()));
            return Err(Mismatch::Step { shown: name(step), line: Some(instruction.first_line), written });
        }
    }
    match steps.iter().find(|step| !taken.contains(&step.number)) {
        Some(step) => Err(Mismatch::Step { shown: name(step), line: None, written: String::new() }),
        None => Ok(found),
    }
}

/// The instructions of a stage that BuildKit counts: those that make a layer, and FROM where it names an
/// image.
fn numbered<'m>(
    stage: &'m Stage,
    model: &'m Model,
) -> impl Iterator<Item = (InstructionId, &'m Instruction)> {
    let from = model.tree().instruction(stage.from).map(|from| (stage.from, from));
    let from = from.filter(|_| matches!(stage.base, Base::Image { .. }));
    let makes_layer =
        |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir);
    from.into_iter().chain(model.steps(stage).filter(move |(_, one)| makes_layer(one.keyword)))
}

/// Whether the step comes from an image's or another stage's ONBUILD.
fn is_trigger(step: &RecordedStep) -> bool {
    step.text.starts_with("ONBUILD ")
}

/// A WORKDIR of the root, which is always there, is counted and makes nothing.
fn is_never_shown(id: InstructionId, instruction: &Instruction, model: &Model) -> bool {
    let Some(path) = instruction.args.first().filter(|_| instruction.keyword == Keyword::Workdir) else {
        return false;
    };
    let before = model.frame(id).map_or("/", |frame| &*frame.workdir.path);
    !path.text.contains('$') && resolve(before, &path.text) == "/"
}

/// Whether the instruction may have no number of its own, so that `step` is the next one: FROM, where
/// `--build-context` puts something else there, and a WORKDIR whose path is the root by a variable or by
/// the base image.
fn may_be_hidden(step: &RecordedStep, instruction: &Instruction) -> bool {
    let is = |keyword: &str| step.text.split(' ').next() == Some(keyword);
    match instruction.keyword {
        Keyword::From => !is("FROM"),
        Keyword::Workdir => !is("WORKDIR") || instruction.args.iter().any(|path| path.text.contains('$')),
        _ => false,
    }
}

fn is_shown(step: &RecordedStep, id: InstructionId, instruction: &Instruction, model: &Model) -> bool {
    if instruction.keyword == Keyword::From {
        return step.text.strip_prefix("FROM ").is_some_and(|image| is_base(image, id, model));
    }
    let written = instruction.logical.text(model.tree().source());
    text::is_shown_as(&step.text, written, !instruction.heredocs.is_empty())
}

/// Whether the stage is built on `shown`, a reference in full, perhaps with the digest that the tag had.
fn is_base(shown: &str, from: InstructionId, model: &Model) -> bool {
    let Some(Base::Image { written, .. }) = model.stage_of(from).map(|stage| &stage.base) else {
        return false;
    };
    let escape = model.tree().escape();
    let (shown, written) = (ImageRef::parse(shown, escape), ImageRef::parse(written, escape));
    // Its value in that build may have been another one.
    if written.has_variable {
        return true;
    }
    let tag = |image: &ImageRef<'_>| image.tag().unwrap_or("latest").to_owned();
    shown.canonical_name() == written.canonical_name()
        && match (written.digest(), written.tag()) {
            (Some(digest), _) => shown.digest() == Some(digest),
            (None, _) => tag(&shown) == tag(&written),
        }
}

/// The step as the log shows it.
fn name(step: &RecordedStep) -> String {
    let labels: String = step.labels.iter().map(|label| format!("{label} ")).collect();
    first_line(&format!("[{labels}{}/{}] {}", step.number, step.total, step.text))
}

/// The longest that is quoted, in characters.
const QUOTED: usize = 100;

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= QUOTED {
        return words;
    }
    words.chars().take(QUOTED - 1).chain(['…']).collect()
}
