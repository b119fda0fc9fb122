//! Unified diffs, as `patch -p1` and `git apply` take them.

use super::print::{BOLD, CYAN, GREEN, RED, tame};
use similar::TextDiff;
use std::fmt::Write;

/// The diff of one file; empty where nothing changes. `before` is None for a file that is new.
pub fn unified(path: &str, before: Option<&str>, after: &str) -> String {
    // Not by `from_lines`, which ends lines at a lone `\r` too, as patches don't.
    let old: Vec<&str> = before.unwrap_or("").split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    let from = before.map_or("/dev/null".to_string(), |_| format!("a/{path}"));
    diff.unified_diff().context_radius(3).header(&from, &format!("b/{path}")).to_string()
}

/// A diff in colour.
pub fn colour(diff: &str) -> String {
    let mut out = String::with_capacity(diff.len() * 2);
    for line in diff.split_inclusive('\n') {
        let text = line.strip_suffix('\n').unwrap_or(line);
        let style = match text.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => BOLD,
            [b'@', ..] => CYAN,
            [b'+', ..] => GREEN,
            [b'-', ..] => RED,
            _ => anstyle::Style::new(),
        };
        let text = text.strip_suffix('\r').unwrap_or(text);
        let _ = writeln!(out, "{style}{}{style:#}", tame(text));
    }
    out
}

/// Prints a diff: in colour where colours are shown, to the byte where they aren't.
pub fn print(diff: &str) -> Result<(), super::failure::Failure> {
    use anstream::{AutoStream, ColorChoice};
    match AutoStream::choice(&std::io::stdout()) {
        ColorChoice::Never => super::print::plain(diff),
        _ => super::print::styled(&colour(diff)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_keeps_carriage_returns_and_tells_of_a_missing_last_line_break() {
        let diff = unified("x/Dockerfile", Some("FROM a\r\nRUN b\rc"), "FROM a\r\nRUN d\rc");
        assert_eq!(
            diff,
            "--- a/x/Dockerfile\n+++ b/x/Dockerfile\n@@ -1,2 +1,2 @@\n FROM a\r\n-RUN b\rc\n\
             \\ No newline at end of file\n+RUN d\rc\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        let diff = unified(".dockerignore", None, "node_modules\n");
        assert_eq!(diff, "--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1 @@\n+node_modules\n");
        assert_eq!(unified("a", Some("x\n"), "x\n"), "");
    }
}
