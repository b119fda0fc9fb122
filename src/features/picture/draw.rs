//! Pieces of SVG: shapes and words as text, everything from outside escaped.

use crate::text::xml_escape;
use std::fmt::{Arguments, Write};

/// An SVG in the making.
#[derive(Default)]
pub(super) struct Canvas {
    body: String,
}

/// Where a word is held.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Canvas {
    pub fn into_body(self) -> String {
        self.body
    }

    /// A box with `class`, and what it is called for those who point at it or can't see it.
    pub fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, title: &str) {
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             rx=\"2\">"
        ));
        self.put(format_args!("<title>{}</title></rect>\n", xml_escape(title)));
    }

    pub fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64, title: &str) {
        let title = xml_escape(title);
        self.put(format_args!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{title}</title></circle>\n"
        ));
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n"
        ));
    }

    pub fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let (anchor, text) = (anchor.as_str(), xml_escape(text));
        self.put(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\"{anchor}>{text}</text>\n"));
    }

    /// Words that rise to the right from (`x`, `y`).
    pub fn slanted(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let text = xml_escape(text);
        self.put(format_args!(
            "<text class=\"{class}\" transform=\"translate({x:.1} {y:.1}) rotate(-40)\">{text}</text>\n"
        ));
    }

    fn put(&mut self, text: Arguments<'_>) {
        // Writing to a String never fails.
        let _ = self.body.write_fmt(text);
    }
}

impl Anchor {
    fn as_str(self) -> &'static str {
        match self {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        }
    }
}

/// `text` on at most `columns` columns, the rest as `…`. A wide character takes two.
pub(super) fn clip(text: &str, columns: usize) -> String {
    let whole: usize = text.chars().map(columns_of).sum();
    if whole <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let wide = columns_of(*c);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// East Asian wide characters and emoji, roughly: it is only for where a label is cut.
fn columns_of(c: char) -> usize {
    let wide = matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}');
    if wide { 2 } else { 1 }
}
