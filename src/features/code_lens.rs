//! `textDocument/codeLens`: above the file, as which build it is looked at and what its image weighs; above each
//! stage, what becomes of it.

use super::picture::{Chart, Reach, StageRow, picture};
use super::{Snapshot, builds};
use crate::layers::Again;
use crate::syntax::Keyword;
use crate::text::{Span, count};

/// A line of words above a line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLens {
    /// The keyword that it stands above.
    pub span: Span,
    /// The words.
    pub title: String,
}

/// The lenses of a file, from the top down.
pub fn code_lenses(snapshot: &Snapshot) -> Vec<CodeLens> {
    let lenses = snapshot.settings().lenses;
    let subject = snapshot.subject();
    let keyword = |stage: &crate::model::Stage| subject.instruction(stage.from).map(|i| i.keyword_span);
    let Some(first) = subject.model.stages().first() else { return Vec::new() };
    let mut found = Vec::new();
    if lenses.build
        && let (Some(span), Some(title)) = (keyword(first), builds::lens(snapshot))
    {
        found.push(CodeLens { span, title });
    }
    if !(lenses.image || lenses.stages) {
        return found;
    }
    let chart = picture(snapshot, "");
    if lenses.image
        && let Some(span) = keyword(first)
    {
        found.push(CodeLens { span, title: image(&chart) });
    }
    // With one stage the image is all that there is to say.
    if lenses.stages && chart.stages.len() > 1 {
        let of_stages = subject.model.stages().iter().zip(&chart.stages);
        let lens = |(stage, row)| Some(CodeLens { span: keyword(stage)?, title: self::stage(&chart, row) });
        found.extend(of_stages.filter_map(lens));
    }
    found
}

fn image(chart: &Chart) -> String {
    let layers = chart.in_image().count();
    let mut parts = vec![format!("final image {}", chart.image.short()), count(layers, "layer")];
    // The first change that is asked about is an edit of a source file.
    if let Some(change) = chart.changes.first() {
        let steps: Vec<Again> = chart
            .stages
            .iter()
            .flat_map(|stage| &stage.steps)
            .filter(|step| step.keyword != Keyword::From)
            .filter_map(|step| step.again.first().copied())
            .collect();
        let again = steps.iter().filter(|again| **again != Again::No).count();
        parts.push(format!("an edit of {change} runs {again} of {}", count(steps.len(), "step")));
    }
    parts.join(" · ")
}

fn stage(chart: &Chart, row: &StageRow) -> String {
    let becomes = match row.reach {
        Reach::Image if row.name == chart.target => "is the image",
        Reach::Image => "is in the image",
        Reach::Copied => "left behind but for what is copied from it",
        Reach::Unused => return format!("{}: not built", row.name),
    };
    format!("{}: {} · {} · {becomes}", row.name, chart.whole(row).short(), count(row.steps.len(), "layer"))
}
