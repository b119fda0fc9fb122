use super::chart::{Chart, StepRow};
use super::svg::{Shades, svg};
use crate::layers::{Again, bytes};
use crate::syntax::Keyword;
use crate::text::xml_escape;
use std::fmt::Write;

const LIGHT: &str = "\
body{margin:1.5rem 2rem;font:14px/1.5 system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;color:#1f2328;\
background:#fff}h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:1.5rem 0 0}p{margin:.3rem 0 1rem}\
svg{display:block;min-width:44rem;max-width:100%;height:auto}table{border-collapse:collapse;margin:.6rem 0;\
font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600;padding:.4rem 0;white-space:nowrap}\
th,td{padding:.25rem .7rem;border-bottom:1px solid #d1d9e0;text-align:left;vertical-align:top;white-space:nowrap}\
td.n{text-align:right}code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
display:block;min-width:24ch;max-width:60ch;white-space:pre-wrap;overflow-wrap:break-word;color:inherit;\
background:none;padding:0}.wide{overflow-x:auto}";

const DARK: &str = "body{color:#e6edf3;background:#0d1117}th,td{border-color:#3d444d}";

/// A page with the picture of `chart` and its numbers as a table a stage. Whole by itself: no script,
/// nothing fetched.
pub fn html(chart: &Chart, shades: Shades) -> String {
    let style = shades.style(LIGHT, DARK);
    let title = xml_escape(&chart.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title}: layers</title>\n<style>{style}</style>\n<h1>{title}</h1>\n\
         <p>The image: {}.",
        xml_escape(&chart.image.words())
    );
    if let Some((before, whole, _)) = &chart.before {
        let (before, whole) = (xml_escape(before), xml_escape(&whole.words()));
        let _ = write!(out, " Before, with {before}: {whole}.");
    }
    let _ = write!(
        out,
        "</p>\n<div class=\"wide\">\n{}</div>\n<h2>The same in numbers</h2>\n",
        svg(chart, shades)
    );
    for stage in &chart.stages {
        table(chart, stage, &mut out);
    }
    out.push_str("</html>\n");
    out
}

fn table(chart: &Chart, stage: &super::StageRow, out: &mut String) {
    let _ = write!(
        out,
        "<div class=\"wide\"><table>\n<caption>{} (from {}): {}</caption>\n<thead><tr>\
         <th scope=\"col\">Line</th><th scope=\"col\">Step</th><th scope=\"col\">Adds</th>\
         <th scope=\"col\">From</th>",
        xml_escape(&stage.name),
        xml_escape(&stage.base),
        stage.reach.in_words(),
    );
    for change in &chart.changes {
        let _ = write!(out, "<th scope=\"col\">{}</th>", xml_escape(change));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for step in &stage.steps {
        row(step, out);
    }
    out.push_str("</tbody></table></div>\n");
}

fn row(step: &StepRow, out: &mut String) {
    let (weight, from) = match step.size {
        Some(size) if size.low == size.high => (bytes(size.likely), size.basis.in_words()),
        Some(size) => (
            format!("{} ({} to {})", bytes(size.likely), bytes(size.low), bytes(size.high)),
            size.basis.in_words(),
        ),
        None => ("not known".to_owned(), ""),
    };
    let _ = write!(
        out,
        "<tr><td class=\"n\">{}</td><td><code>{}</code></td><td class=\"n\">{weight}</td><td>{from}</td>",
        step.line,
        xml_escape(&step.text),
    );
    for again in &step.again {
        let words = match again {
            // A stage's base is fetched, it doesn't run.
            _ if step.keyword == Keyword::From => "",
            Again::Yes => "runs again",
            Again::Maybe => "may run again",
            Again::No => "kept",
        };
        let _ = write!(out, "<td>{words}</td>");
    }
    out.push_str("</tr>\n");
}
