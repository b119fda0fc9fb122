use super::{Hover, cache, image, keyed, layer, weight, words};
use crate::features::{Snapshot, builds};
use crate::layers::Step;
use crate::model::{Base, Stage};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// An instruction: which step it is, its layer and weight, what makes it run again, and one piece of advice.
pub(super) fn hover(snapshot: &Snapshot, id: InstructionId, instruction: &Instruction) -> Option<Hover> {
    let span = instruction.span;
    if instruction.keyword == Keyword::Unknown {
        return None;
    }
    let subject = snapshot.subject();
    let mut parts = Vec::new();
    match (subject.plan.step(id), subject.model.stage_of(id)) {
        (Some(step), Some(stage)) => {
            parts.push(title(snapshot, instruction, step, stage));
            let is_from = instruction.keyword == Keyword::From;
            parts.push(layer::layer(&subject, step, instruction));
            parts.extend(weight::weight(&subject, step, instruction));
            if is_from {
                parts.extend(image::describe(&subject, stage));
            }
            parts.extend(cache::describe(snapshot, step, instruction));
            if is_from && subject.plan.target() == Some(stage.index) {
                parts.push(weight::image(&subject));
                parts.extend(builds::facts(snapshot));
            }
            parts.extend(advice(snapshot, instruction));
        }
        // Only ARG stands above the first FROM.
        _ => {
            parts.push(format!("**{}** · above the first stage", instruction.keyword));
            parts.push("Seen by the FROM lines only; a stage that needs it declares it again.".to_owned());
            parts.push("Makes no layer and adds nothing to the image.".to_owned());
            parts.extend(keyed::values(snapshot, id));
            parts.push(keyed::declared_by(&subject, id));
        }
    }
    // A heading and a list: clients draw a list tightly, and paragraphs with a blank line between. A fact may have
    // a list of its own below it.
    let (heading, facts) = parts.split_first()?;
    let facts: Vec<String> = facts.iter().map(|fact| format!("- {fact}")).collect();
    Some(Hover { markdown: format!("{heading}\n\n{}", facts.join("\n")), span })
}

fn title(snapshot: &Snapshot, instruction: &Instruction, step: &Step, stage: &Stage) -> String {
    let subject = snapshot.subject();
    let named = || words::stage(&subject, stage.index);
    let place = match (&stage.name, subject.model.stages().len()) {
        (None, 1) => String::new(),
        (Some(_), 1) => format!(" · {}", named()),
        (_, stages) => format!(" · {}, {} of {stages}", named(), stage.index + 1),
    };
    let mut title = format!("**{}** · step {} of {}{place}", instruction.keyword, step.number, step.of);
    if instruction.keyword == Keyword::From {
        let base = match &stage.base {
            Base::Scratch => "nothing, an empty image".to_owned(),
            Base::Stage(index) => words::stage(&subject, *index),
            Base::Image { written, reference } => words::code(reference.as_deref().unwrap_or(written)),
        };
        title.push_str(&format!(" · starts from {base}"));
    }
    title
}

/// The gravest finding in the instruction that a fix is at hand for.
fn advice(snapshot: &Snapshot, instruction: &Instruction) -> Option<String> {
    let here = snapshot.diagnostics().iter().filter(|found| instruction.span.encloses(found.span));
    let fixable = here.filter_map(|found| Some((found, found.fix()?)));
    // `max_by_key` takes the last of equals; the first is the one that stands first.
    let (_, fix) = fixable.rev().max_by_key(|(found, _)| found.severity)?;
    Some(format!("**Advice:** {} (quick fix).", fix.title))
}
