//! A pattern: what it does here, and how it is read.

use super::{IgnoreFile, counted, largest, thousands, verb};
use crate::context::dockerignore::Pattern;
use crate::features::Hover;
use crate::features::hover::code;

pub(super) fn hover(file: &IgnoreFile, offset: u32) -> Option<Hover> {
    let patterns = file.ignore.patterns();
    let (index, pattern) = patterns.iter().enumerate().find(|(_, pattern)| pattern.span.touches(offset))?;
    let mark = if pattern.exception { "!" } else { "" };
    let shown = code(&format!("{mark}{}", pattern.text));
    let mut facts = Vec::new();
    let told = file.known().and_then(|(inventory, tally)| Some((inventory, tally.patterns.get(index)?)));
    let heading = match told {
        Some((inventory, told)) if told.decided.files > 0 => {
            if let Some(largest) = largest(inventory, told) {
                facts.push(format!("Most of it: {largest}."));
            }
            let out = if pattern.exception { "" } else { " of the build" };
            format!(
                "**{shown}** {}{out}: {}, measured on disk.",
                verb(pattern),
                counted(told.decided, inventory.truncated)
            )
        }
        Some((inventory, told)) if told.matches || inventory.truncated => {
            let what = if pattern.exception { "takes back nothing" } else { "keeps out nothing" };
            let why = match (told.turned.files, pattern.exception) {
                (0, false) if told.matches => {
                    ": patterns above keep out all that it matches, or that has no files"
                }
                (0, true) if told.matches => {
                    ": nothing above keeps out what it matches, or that has no files"
                }
                _ => "",
            };
            format!("**{shown}** {what} here{why}.")
        }
        Some(_) => format!("**{shown}** matches nothing in the build context now."),
        None => format!(
            "**{shown}** {}",
            if pattern.exception { "takes back what it matches." } else { "keeps out what it matches." }
        ),
    };
    if let Some((_, told)) = told {
        for (by, files) in &told.undone_by {
            let Some(other) = patterns.get(*by) else { continue };
            let mark = if other.exception { "!" } else { "" };
            let files =
                if *files == 1 { "1 file".to_owned() } else { format!("{} files", thousands(*files)) };
            let by = code(&format!("{mark}{}", other.text));
            facts.push(format!("{by} on line {} turns {files} of it round.", file.line(other.span.start)));
        }
    }
    facts.extend(reading(pattern, pattern.span.of(&file.text)).map(str::to_owned));
    let facts: Vec<String> = facts.into_iter().map(|fact| format!("- {fact}")).collect();
    Some(Hover { markdown: format!("{heading}\n\n{}", facts.join("\n")), span: pattern.span })
}

/// How a pattern is read. Source: Docker's documentation of `.dockerignore`, and moby/patternmatcher.
fn reading<'p>(pattern: &'p Pattern, written: &'p str) -> impl Iterator<Item = &'static str> + use<'p> {
    let text = pattern.text.as_str();
    let body = written.trim_start_matches('!').trim_start();
    let has_single = text.replace("**", "").contains(['*', '?']);
    [
        (
            pattern.exception,
            "`!` takes back what patterns above it keep out: the last pattern that matches decides.",
        ),
        (text.contains("**"), "`**` stands for any number of folders, none too."),
        (
            !text.contains('/') && !text.contains("**"),
            "It matches at the root of the build context only; with `**/` before it, in every folder.",
        ),
        (has_single, "`*` and `?` stop at a `/`."),
        (
            body.starts_with('/'),
            "A `/` in front changes nothing: every pattern begins at the root of the build context.",
        ),
        (
            body.len() > 1 && body.ends_with('/'),
            "A `/` at the end changes nothing: a file of that name is matched too.",
        ),
        (true, "A folder goes with all that is in it."),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| words)
}
