//! For people: the steps stage by stage, then what likely changes run again.

use super::Explained;
use crate::cli::print::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, tame, width, wrap};
use crate::layers::{
    Again, Basis, Dependency, DependencyKind, Layer, Size, Step, Total, bytes, dependencies, sent,
};
use crate::model::Stage;
use crate::syntax::Keyword;
use crate::text::count;
use std::fmt::Write;

pub fn render(explained: &Explained<'_>) -> String {
    let mut out = String::new();
    head(explained, &mut out);
    for stage in explained.subject.model.stages() {
        out.push('\n');
        table(explained, stage, &mut out);
    }
    let _ = writeln!(
        out,
        "\n{DIM}Every step that makes a layer also runs again when its own text changes, or a step above it \
         ran again.{DIM:#}"
    );
    match &explained.consequences {
        Some(_) => consequences(explained, &mut out),
        None => scenarios(explained, &mut out),
    }
    out
}

fn head(explained: &Explained<'_>, out: &mut String) {
    let stages = explained.subject.model.stages().len();
    let steps = explained.subject.plan.steps().len();
    let _ = write!(
        out,
        "{BOLD}{}{BOLD:#}: {} in {}",
        tame(&explained.path),
        count(steps, "step"),
        count(stages, "stage")
    );
    if stages > 1 {
        let _ = write!(out, ", building {}", tame(&explained.target.title()));
    }
    out.push_str("\n\n");
    let (view, totals) = (explained.view, explained.view.totals());
    let files = count(usize::try_from(totals.files).unwrap_or(usize::MAX), "file");
    let _ = write!(out, "Context  {}: {files}, {}", tame(&explained.context_path), bytes(totals.bytes));
    let largest: Vec<String> =
        view.largest(3).iter().map(|file| format!("{} {}", tame(&file.path), bytes(file.size))).collect();
    if !largest.is_empty() {
        let _ = write!(out, " (largest: {})", largest.join(", "));
    }
    let kept = count(usize::try_from(view.ignored.files).unwrap_or(usize::MAX), "file");
    let _ = match view.ignore() {
        Some(_) => writeln!(out, "\n         .dockerignore keeps {kept} out, {}", bytes(view.ignored.bytes)),
        None => writeln!(out, "\n         there is no .dockerignore"),
    };
    if let Some(sent) = sent(&explained.subject) {
        let _ = match sent.totals {
            Some(sent) if sent == totals => writeln!(out, "         this build has all of it sent"),
            Some(sent) => {
                let files = count(usize::try_from(sent.files).unwrap_or(usize::MAX), "file");
                writeln!(out, "         this build has {files} sent, {}", bytes(sent.bytes))
            }
            None => writeln!(out, "         how much of it this build has sent isn't known"),
        };
    }
    let _ = writeln!(out, "Image    {}", image(explained.image));
}

fn image(total: Total) -> String {
    match total.size() {
        Some(size) => weight(size),
        None if total.low == 0 => "its size isn't known".to_string(),
        None => format!("at least {}; not every step's weight is known", bytes(total.low)),
    }
}

/// The widest that an instruction is shown.
const TEXT: usize = 46;

fn table(explained: &Explained<'_>, stage: &Stage, out: &mut String) {
    let steps: Vec<&Step> =
        explained.subject.plan.steps().iter().filter(|step| step.stage == stage.index).collect();
    let name = tame(&stage.title());
    let _ = write!(out, "{BOLD}{}{}{BOLD:#}", name[..1].to_uppercase(), &name[1..]);
    if !explained.uses(stage) {
        let _ = writeln!(out, "{DIM}, which this build doesn't need{DIM:#}");
    } else if !steps.iter().any(|step| step.in_image) {
        let _ = writeln!(out, "{DIM}: only what other stages copy from it reaches the image{DIM:#}");
    } else {
        out.push('\n');
    }
    let rows: Vec<Row> = steps.iter().filter_map(|step| Row::new(explained, step)).collect();
    let widest = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let text = widest(|row| &row.text).max(4);
    let weight = widest(|row| &row.weight).max(4);
    // Two blanks before the column of the build, which is there where a log was given.
    let title = if explained.build.is_some() { "  build" } else { "" };
    let built = if title.is_empty() { 0 } else { widest(|row| &row.built).max(title.len()) };
    let _ = writeln!(
        out,
        "{DIM}  {:>5}  {:<text$}  {:<10}  {:>weight$}{title:>built$}  runs again with{DIM:#}",
        "line", "step", "layer", "adds"
    );
    let indent = 2 + 5 + 2 + text + 2 + 10 + 2 + weight + built + 2;
    let left = width().saturating_sub(indent).max(24);
    for row in &rows {
        let (mark, style) = match row.again {
            Some(Again::Yes) => ("↻", RED),
            Some(Again::Maybe) => ("?", YELLOW),
            _ => (" ", anstyle::Style::new()),
        };
        let layer = match row.layer {
            Layer::Filesystem => CYAN,
            _ => DIM,
        };
        let _ = write!(
            out,
            "{style}{mark}{style:#} {:>5}  {:<text$}  {layer}{}{layer:#}",
            row.line,
            row.text,
            row.layer.as_str(),
        );
        if !row.weight.is_empty() || !row.built.is_empty() || !row.with.is_empty() {
            let blank = " ".repeat(10 - row.layer.as_str().len());
            let _ = write!(out, "{blank}  {:>weight$}", row.weight);
        }
        if !row.built.is_empty() || !row.with.is_empty() {
            let _ = write!(out, "{:>built$}", row.built);
        }
        if !row.with.is_empty() {
            let _ = write!(out, "  {}", wrap(&row.with, left, &" ".repeat(indent)));
        }
        out.push('\n');
    }
}

struct Row {
    line: u32,
    text: String,
    layer: Layer,
    weight: String,
    /// What a build's log says of it, two blanks before it.
    built: String,
    with: String,
    again: Option<Again>,
}

impl Row {
    fn new(explained: &Explained<'_>, step: &Step) -> Option<Self> {
        let instruction = explained.instruction(step)?;
        let logical = instruction.span.of(explained.subject.source());
        let weight = match (explained.subject.weight(step.id).size, step.layer) {
            (Some(size), _) => weight(size),
            (None, Layer::Filesystem) => "?".to_string(),
            (None, _) => String::new(),
        };
        let depends_on = dependencies(&explained.subject, step.id);
        let linked = depends_on.iter().all(|one| one.kind != DependencyKind::Parent)
            && matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
            && step.layer == Layer::Filesystem;
        let mut with: Vec<String> = depends_on.iter().filter_map(words).collect();
        if linked {
            with.push("not the steps above (--link)".to_string());
        }
        let built = explained.build.as_ref().map(|build| build.words(step.id)).unwrap_or_default();
        Some(Self {
            built: if built.is_empty() { built } else { format!("  {built}") },
            line: instruction.first_line,
            text: shorten(logical),
            layer: step.layer,
            weight,
            with: with.join("; "),
            again: explained.consequences.as_ref().map(|consequences| consequences.of(step.id)),
        })
    }
}

/// What a key hangs on besides the step's own text and the steps above.
fn words(dependency: &Dependency) -> Option<String> {
    let detail = tame(&dependency.detail);
    Some(match dependency.kind {
        DependencyKind::Parent | DependencyKind::Command => return None,
        // Only a mount's definition counts, which is part of the instruction's own text.
        DependencyKind::Mount => return None,
        DependencyKind::Base => format!("image {detail}"),
        DependencyKind::Arg => format!("ARG {detail}"),
        DependencyKind::Env => format!("ENV {detail}"),
        DependencyKind::Files if detail == "." => "every file of the context".to_string(),
        DependencyKind::Files | DependencyKind::Stage | DependencyKind::Remote => detail,
    })
}

fn weight(size: Size) -> String {
    let likely = bytes(size.likely);
    match size.basis {
        Basis::Measured => likely,
        basis if size.low == size.high => format!("{likely} ({})", basis.as_str()),
        basis => format!("{likely} ({}–{}, {})", bytes(size.low), bytes(size.high), basis.as_str()),
    }
}

/// An instruction on one line, cut where it is long.
fn shorten(text: &str) -> String {
    let joined = tame(text).replace("\\\n", " ");
    let line = joined.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TEXT {
        return line;
    }
    let mut cut: String = line.chars().take(TEXT - 1).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

fn consequences(explained: &Explained<'_>, out: &mut String) {
    let Some(consequences) = &explained.consequences else { return };
    let (yes, maybe) = consequences.count();
    let steps = |number: usize, verb: &str| match number {
        1 => format!("1 step {verb}s again"),
        _ => format!("{number} steps {verb} again"),
    };
    let _ = write!(out, "\n{BOLD}{}{BOLD:#}: ", tame(&consequences.after));
    let _ = match (yes, maybe) {
        (0, 0) => writeln!(out, "{GREEN}nothing runs again{GREEN:#}."),
        (yes, 0) => writeln!(out, "{} (↻).", steps(yes, "run")),
        (yes, maybe) => writeln!(
            out,
            "{} (↻), {maybe} more may (?): it hangs on what a command writes.",
            steps(yes, "run")
        ),
    };
}

fn scenarios(explained: &Explained<'_>, out: &mut String) {
    if explained.scenarios.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}What a change runs again{BOLD:#}");
    let widest = explained.scenarios.iter().map(|one| one.change.chars().count()).max().unwrap_or(0).min(60);
    for scenario in &explained.scenarios {
        let _ = write!(out, "  {:<widest$}  ", tame(&scenario.change));
        let steps: Vec<String> = scenario
            .runs_again
            .iter()
            .filter_map(|(id, again)| {
                let instruction = explained.subject.instruction(*id)?;
                let mark = if *again == Again::Maybe { "?" } else { "" };
                Some(format!("{}{mark}", instruction.first_line))
            })
            .collect();
        let _ = match steps.len() {
            0 => writeln!(out, "{GREEN}nothing{GREEN:#}"),
            1 => writeln!(out, "1 step (line {})", steps.join(", ")),
            number => writeln!(out, "{number} steps (lines {})", steps.join(", ")),
        };
    }
    let maybe =
        |scenario: &super::Scenario| scenario.runs_again.iter().any(|(_, again)| *again == Again::Maybe);
    if explained.scenarios.iter().any(maybe) {
        let _ = writeln!(out, "{DIM}  ? may run again: it hangs on what a command writes{DIM:#}");
    }
}
