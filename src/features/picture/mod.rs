//! A picture of a Dockerfile: what each layer weighs, to scale, and which changes run it again.
//!
//! [`Chart`] is what is shown, [`svg`] draws it, [`html`] puts the drawing on a page with the same numbers
//! as a table. Both are whole by themselves: no script, no font, nothing fetched.

mod chart;
mod draw;
mod html;
mod svg;

pub use chart::{Chart, Reach, StageRow, StepRow, chart, one_line};
pub use html::html;
pub use svg::{Shades, svg};

use super::Snapshot;

/// What there is to draw of one version of a Dockerfile. `title` is its name as the user knows it.
pub fn picture(snapshot: &Snapshot, title: &str) -> Chart {
    chart(&snapshot.subject(), title, snapshot.scenarios())
}

#[cfg(test)]
mod tests;
