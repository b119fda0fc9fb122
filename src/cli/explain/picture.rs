//! What is explained, as a picture: SVG, or a page.

use super::{Explained, Format};
use crate::features::{Shades, chart, html, svg};
use crate::layers::Scenario;

pub fn render(explained: &Explained<'_>, format: Format) -> String {
    let asked = explained.consequences.as_ref().map(|consequences| Scenario {
        change: consequences.after.clone(),
        changes: Vec::new(),
        runs_again: consequences.steps(),
    });
    // What the user asks about takes the place of what is likely, as in the text.
    let chart = match &asked {
        Some(asked) => chart(&explained.subject, &explained.path, std::slice::from_ref(asked)),
        None => chart(&explained.subject, &explained.path, &explained.scenarios),
    };
    let earlier = explained.consequences.as_ref().and_then(|consequences| consequences.earlier.clone());
    let chart = match earlier {
        Some(earlier) => chart.with_before(earlier),
        None => chart,
    };
    match format {
        Format::Html => html(&chart, Shades::Follow),
        _ => svg(&chart, Shades::Follow),
    }
}
