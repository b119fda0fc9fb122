use super::chart::{Chart, Reach, StageRow, StepRow};
use super::draw::{Anchor, Canvas, clip};
use crate::layers::{Again, Basis, bytes};
use crate::syntax::Keyword;
use crate::text::xml_escape;

/// Words in a font that every system has.
const FONTS: &str = "\
text{font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}\
.code{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
.title{font-size:20px;font-weight:600}.strong{font-weight:600}.small{font-size:11px}";

/// Colours on white.
const LIGHT: &str = "\
.paper{fill:#ffffff;stroke:#d1d9e0}.fg{fill:#1f2328}.dim{fill:#59636e}.on{fill:#ffffff}\
.rule{stroke:#d1d9e0;stroke-width:1}.mark{stroke:#1f2328;stroke-width:2;fill:none}\
.from{fill:#59636e}.run{fill:#bc4c00}.copy{fill:#0969da}.other{fill:#8250df}\
.off{fill-opacity:.28;stroke-width:1;stroke-dasharray:3 2}\
.from.off{stroke:#59636e}.run.off{stroke:#bc4c00}.copy.off{stroke:#0969da}.other.off{stroke:#8250df}\
.off.thin{stroke:none;fill-opacity:.7}\
.unknown{fill:none;stroke:#59636e;stroke-width:1;stroke-dasharray:2 3}\
.yes{fill:#1f2328}.maybe{fill:none;stroke:#1f2328;stroke-width:1.5;stroke-dasharray:3 2}\
.kept{fill:none;stroke:#59636e;stroke-width:1}.ask{fill:#1f2328;font-weight:600}";

/// What differs on black.
const DARK: &str = "\
.paper{fill:#0d1117;stroke:#3d444d}.fg{fill:#e6edf3}.dim{fill:#9198a1}\
.rule{stroke:#3d444d}.mark{stroke:#e6edf3}.from.off,.unknown,.kept{stroke:#9198a1}\
.run.off{stroke:#f0883e}.maybe{stroke:#e6edf3}.copy.off{stroke:#4493f8}.other.off{stroke:#ab7df8}.off{fill-opacity:.4}\
.off.thin{stroke:none;fill-opacity:.9}\
.yes,.ask{fill:#e6edf3}";

/// Whether a picture is light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shades {
    /// As the setting of the system where it is shown.
    #[default]
    Follow,
    /// Dark on white.
    Light,
    /// Light on black.
    Dark,
}

impl Shades {
    /// `light` with what `dark` changes, where it is to be changed.
    pub(super) fn style(self, light: &str, dark: &str) -> String {
        match self {
            Shades::Follow => format!("{light}@media (prefers-color-scheme:dark){{{dark}}}"),
            Shades::Light => light.to_owned(),
            Shades::Dark => format!("{light}{dark}"),
        }
    }
}

const MARGIN: f64 = 28.0;
/// The bars and rows begin here; stage names and line numbers stand to the left.
const LEFT: f64 = 74.0;
/// Columns of an instruction's text, and what one of them measures in pixels.
const TEXT: usize = 44;
const GLYPH: f64 = 7.25;
const BAR: f64 = 170.0;
const CELL: f64 = 36.0;
const ROW: f64 = 24.0;
/// The fewest bytes that a whole bar stands for: a few kilobytes aren't drawn as if they were the image.
const LEAST: u64 = 1_000_000;
/// The most columns of a change's name, beside others and alone.
const CHANGE: [usize; 2] = [28, 44];

/// Draws `chart`. The picture is whole by itself, and says in words what it shows.
pub fn svg(chart: &Chart, shades: Shades) -> String {
    let grid = LEFT + TEXT as f64 * GLYPH + BAR + 96.0;
    // A rising label leans to the right by the cosine of its angle.
    let slant = longest(chart) as f64 * GLYPH * 0.766;
    let width = (grid + chart.changes.len() as f64 * CELL + slant).max(820.0) + MARGIN;
    let mut canvas = Canvas::default();
    let y = head(&mut canvas, chart, width);
    let y = stacks(&mut canvas, chart, width, y);
    let y = rows(&mut canvas, chart, grid, width, y);
    let height = legend(&mut canvas, chart, y) + MARGIN;
    let colours = shades.style(LIGHT, DARK);
    let (title, words, body) = (heading(chart), xml_escape(&in_words(chart)), canvas.into_body());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"plimsoll-title plimsoll-words\">\n\
         <title id=\"plimsoll-title\">{}</title>\n<desc id=\"plimsoll-words\">{words}</desc>\n\
         <style>{FONTS}{colours}</style>\n\
         <rect class=\"paper\" x=\".5\" y=\".5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"8\"/>\n{body}</svg>\n",
        xml_escape(&title),
        width - 1.0,
        height - 1.0,
    )
}

fn heading(chart: &Chart) -> String {
    format!("{}: what its layers weigh and what runs them again", chart.title)
}

/// The picture in sentences, for those who can't see it.
fn in_words(chart: &Chart) -> String {
    let mut out = format!("The image of {}: {}. ", chart.title, chart.image.words());
    if let Some((title, whole, _)) = &chart.before {
        out.push_str(&format!("Before, with {title}: {}. ", whole.words()));
    }
    for stage in &chart.stages {
        let name = stage.name.strip_prefix("stage ").unwrap_or(&stage.name);
        out.push_str(&format!("Stage {name}, {}: ", stage.reach.in_words()));
        let steps: Vec<String> = stage.steps.iter().map(|step| in_a_phrase(chart, step)).collect();
        out.push_str(&if steps.is_empty() { "no layer".to_owned() } else { steps.join("; ") });
        out.push_str(". ");
    }
    out.trim_end().to_owned()
}

fn in_a_phrase(chart: &Chart, step: &StepRow) -> String {
    let mut phrase = format!("line {}, {}, {}", step.line, clip(&step.text, 60), size(step));
    let of = |again| {
        let hit = chart.changes.iter().zip(&step.again).filter(|(_, one)| **one == again);
        hit.map(|(change, _)| change.as_str()).collect::<Vec<_>>().join(", ")
    };
    for (again, words) in [(Again::Yes, "runs again with"), (Again::Maybe, "may run again with")] {
        let changes = of(again);
        if !changes.is_empty() {
            phrase.push_str(&format!(", {words} {changes}"));
        }
    }
    phrase
}

fn size(step: &StepRow) -> String {
    match step.size {
        Some(size) if size.low == size.high => bytes(size.likely),
        Some(size) => format!("≈ {}", bytes(size.likely)),
        None => "weight not known".to_owned(),
    }
}

/// The mark, the name and the weight of the image; answers where the next part begins.
fn head(canvas: &mut Canvas, chart: &Chart, width: f64) -> f64 {
    let (x, y) = (MARGIN + 13.0, MARGIN + 15.0);
    canvas.circle("mark", x, y, 10.0, "Plimsoll");
    canvas.line("mark", (x - 16.0, y), (x + 16.0, y));
    canvas.text("title fg", LEFT, y + 7.0, Anchor::Start, &clip(&chart.title, 50));
    let weight = format!("image: {}", chart.image.words());
    canvas.text("strong fg", width - MARGIN, y + 6.0, Anchor::End, &weight);
    y + 40.0
}

/// One bar a stage, all of them to the same scale.
fn stacks(canvas: &mut Canvas, chart: &Chart, width: f64, top: f64) -> f64 {
    let image: Vec<&StepRow> = chart.in_image().collect();
    let mut bars: Vec<(String, Vec<&StepRow>)> = Vec::new();
    if let Some((title, _, steps)) = &chart.before {
        bars.push((format!("before: {title}"), steps.iter().collect()));
    }
    bars.push((if bars.is_empty() { "the image" } else { "after" }.to_owned(), image));
    for stage in chart.stages.iter().filter(|stage| stage.reach == Reach::Copied) {
        bars.push((format!("left behind: {}", stage.name), stage.steps.iter().collect()));
    }
    let most = bars.iter().map(|(_, steps)| known(steps)).max().unwrap_or(0).max(LEAST);
    let scale = (width - 2.0 * MARGIN - 250.0) / most as f64;
    let mut y = top;
    for (label, steps) in &bars {
        bar(canvas, label, steps, scale, y);
        y += 62.0;
    }
    y
}

/// The bytes of those steps whose weight is known.
fn known(steps: &[&StepRow]) -> u64 {
    steps.iter().filter_map(|step| step.size).fold(0, |sum, size| size.likely.saturating_add(sum))
}

fn bar(canvas: &mut Canvas, label: &str, steps: &[&StepRow], scale: f64, y: f64) {
    canvas.text("dim small", MARGIN, y, Anchor::Start, &clip(label, 60));
    let (mut x, y, height) = (MARGIN, y + 6.0, 34.0);
    let mut unknown = 0;
    for step in steps {
        let Some(weight) = step.size else {
            unknown += 1;
            continue;
        };
        let width = weight.likely as f64 * scale;
        if width < 0.3 {
            continue;
        }
        let title = format!("line {}: {} · {}", step.line, clip(&step.text, 80), size(step));
        canvas.rect(&class(step), x, y, (width - 1.0).max(0.3), height, &title);
        let room = ((width - 12.0) / GLYPH).max(0.0) as usize;
        if room >= 7 {
            let ink = if step.in_image { "on" } else { "fg" };
            canvas.text(&format!("code {ink}"), x + 6.0, y + 14.0, Anchor::Start, &clip(&step.text, room));
            canvas.text(&format!("small {ink}"), x + 6.0, y + 28.0, Anchor::Start, &size(step));
        }
        x += width;
    }
    for _ in 0..unknown.min(4) {
        canvas.rect("unknown", x + 2.0, y, 22.0, height, "a layer whose weight isn't known");
        canvas.text("dim small", x + 13.0, y + 21.0, Anchor::Middle, "?");
        x += 26.0;
    }
    let words = match (unknown, known(steps)) {
        (0, known) => bytes(known),
        (_, 0) => "not known".to_owned(),
        (_, known) => format!("{} + ?", bytes(known)),
    };
    canvas.text("strong fg", x + 8.0, y + 21.0, Anchor::Start, &words);
}

fn class(step: &StepRow) -> String {
    let kind = match step.keyword {
        Keyword::From => "from",
        Keyword::Run => "run",
        Keyword::Copy | Keyword::Add => "copy",
        _ => "other",
    };
    if step.in_image { kind.to_owned() } else { format!("{kind} off") }
}

/// The columns that the longest of the changes' names takes.
fn longest(chart: &Chart) -> usize {
    let most = CHANGE[usize::from(chart.changes.len() == 1)];
    chart.changes.iter().map(|change| change.chars().count().min(most)).max().unwrap_or(0)
}

/// The steps as rows: the line, the text, the weight, and for each change whether it runs again.
fn rows(canvas: &mut Canvas, chart: &Chart, grid: f64, width: f64, top: f64) -> f64 {
    let mut y = top + 10.0;
    if !chart.changes.is_empty() {
        canvas.text("dim", MARGIN, y + 4.0, Anchor::Start, "what a change runs again");
        y += (longest(chart) as f64 * GLYPH * 0.643).max(24.0);
        for (at, change) in chart.changes.iter().enumerate() {
            let x = grid + at as f64 * CELL + CELL / 2.0;
            canvas.slanted("code fg", x - 2.0, y - 6.0, &clip(change, longest(chart)));
        }
    }
    let steps = chart.stages.iter().flat_map(|stage| &stage.steps);
    let most = steps.filter_map(|step| step.size).map(|size| size.likely).max().unwrap_or(0).max(LEAST);
    for stage in &chart.stages {
        canvas.line("rule", (MARGIN, y), (width - MARGIN, y));
        y += ROW;
        let about = format!("from {} · {}", clip(&stage.base, 40), stage.reach.in_words());
        canvas.text("strong fg", MARGIN, y - 7.0, Anchor::Start, &clip(&stage.name, 28));
        let indent = MARGIN + (stage.name.chars().count().min(28) as f64) * 8.4 + 14.0;
        canvas.text("dim small", indent, y - 7.0, Anchor::Start, &about);
        for step in &stage.steps {
            y += ROW;
            row(canvas, chart, stage, step, (grid, y), most);
        }
        y += 8.0;
    }
    canvas.line("rule", (MARGIN, y), (width - MARGIN, y));
    y
}

fn row(canvas: &mut Canvas, chart: &Chart, stage: &StageRow, step: &StepRow, at: (f64, f64), most: u64) {
    let (grid, y) = at;
    let base = y - 7.0;
    canvas.text("code dim", LEFT - 14.0, base, Anchor::End, &step.line.to_string());
    canvas.text("code fg", LEFT, base, Anchor::Start, &clip(&step.text, TEXT));
    let x = LEFT + TEXT as f64 * GLYPH + 12.0;
    if stage.reach == Reach::Unused {
        return;
    }
    match step.size {
        Some(weight) => {
            let width = weight.likely as f64 / most as f64 * BAR;
            let title = format!("line {}: {}", step.line, size(step));
            // A dashed edge needs room.
            let class = if width < 4.0 { format!("{} thin", class(step)) } else { class(step) };
            if weight.likely > 0 {
                canvas.rect(&class, x, y - 18.0, width.max(1.5), 13.0, &title);
            }
            canvas.text("small fg", x + width.max(1.5) + 6.0, base, Anchor::Start, &size(step));
        }
        None => canvas.text("small dim", x, base, Anchor::Start, "weight not known"),
    }
    // A stage's base is fetched, it doesn't run.
    if step.keyword == Keyword::From {
        return;
    }
    for (column, (change, again)) in chart.changes.iter().zip(&step.again).enumerate() {
        let x = grid + column as f64 * CELL + CELL / 2.0;
        let title = |words: &str| format!("{change}: line {} {words}", step.line);
        match again {
            Again::Yes => canvas.rect("yes", x - 8.0, y - 19.0, 16.0, 16.0, &title("runs again")),
            Again::Maybe => {
                canvas.rect("maybe", x - 8.0, y - 19.0, 16.0, 16.0, &title("may run again"));
                canvas.text("small ask", x, y - 7.0, Anchor::Middle, "?");
            }
            Again::No => canvas.circle("kept", x, y - 11.0, 3.0, &title("is kept")),
        }
    }
}

/// What the marks mean and where the numbers come from.
fn legend(canvas: &mut Canvas, chart: &Chart, top: f64) -> f64 {
    let mut y = top + 26.0;
    let mut x = MARGIN;
    let mut item = |canvas: &mut Canvas, class: &str, words: &str| {
        canvas.rect(class, x, y - 12.0, 14.0, 14.0, words);
        canvas.text("dim small", x + 20.0, y - 1.0, Anchor::Start, words);
        x += 34.0 + words.chars().count() as f64 * 6.4;
    };
    item(canvas, "from", "base image");
    item(canvas, "run", "RUN");
    item(canvas, "copy", "COPY, ADD");
    if chart.stages.iter().any(|stage| stage.reach == Reach::Copied) {
        item(canvas, "run off", "not in the image");
    }
    if !chart.changes.is_empty() {
        item(canvas, "yes", "runs again");
        if chart.stages.iter().flat_map(|stage| &stage.steps).any(|step| step.again.contains(&Again::Maybe)) {
            item(canvas, "maybe", "may: it hangs on what a command writes");
        }
        canvas.circle("kept", x + 7.0, y - 5.0, 3.0, "kept");
        canvas.text("dim small", x + 18.0, y - 1.0, Anchor::Start, "kept");
    }
    let bases: Vec<&str> = chart.bases().into_iter().map(Basis::in_words).collect();
    if !bases.is_empty() {
        y += 22.0;
        let words = format!("Uncompressed bytes, linux/amd64; from {}.", bases.join(" and "));
        canvas.text("dim small", MARGIN, y, Anchor::Start, &words);
    }
    y
}
