//! What Node.js is started with, by NODE_OPTIONS or as its own flags: options that load a file would find nothing in
//! the run stage, which has only what Next.js traces.

use super::detect::Found;
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::syntax::Keyword;

/// Options of Node.js that read a file or a package before the app starts. Source: `doc/api/cli.md` of nodejs/node.
const LOADS: [&str; 11] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--env-file",
    "--env-file-if-exists",
    "--icu-data-dir",
    "--openssl-config",
    "--snapshot-blob",
    "--experimental-config-file",
];

/// What one of the options loads: `newrelic` of `-r newrelic`.
pub(super) fn loaded<'o>(options: impl Iterator<Item = &'o str>) -> Option<&'o str> {
    let mut options = options;
    while let Some(option) = options.next() {
        let (name, joined) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        if LOADS.contains(&name) {
            return Some(joined.or_else(|| options.next()).unwrap_or(option));
        }
    }
    None
}

/// Refuses a NODE_OPTIONS that holds for the running app and loads something.
pub(super) fn check(found: &Found<'_>) -> Result<(), Stop> {
    let own = found.start.settings.env.iter().rev().find(|(name, _)| name == "NODE_OPTIONS");
    let steps = found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Env);
    let mut sets = steps.filter_map(|(id, i)| {
        let (_, value) = i.pairs().filter(|(name, _)| &*name.text == "NODE_OPTIONS").last()?;
        Some((i, found.subject.model.expanded(id, &value.text).unwrap_or_else(|| value.text.to_string())))
    });
    let start = found.instructions.deciding().and_then(|id| found.subject.instruction(id));
    // What the start itself sets wins over every ENV.
    let (at, value) = match (own, start) {
        (Some((_, value)), Some(start)) => (start, value.clone()),
        _ => match sets.next_back() {
            Some(last) => last,
            None => return Ok(()),
        },
    };
    let Some(what) = loaded(value.split_whitespace().map(|word| word.trim_matches(['"', '\'']))) else {
        return Ok(());
    };
    Err(refused_at(
        NOT_YET,
        at,
        format!(
            "With the NODE_OPTIONS of line {} Node.js loads `{what}` before the app starts, and the standalone output has \
             only what the app itself imports. Load it in Next.js' instrumentation.ts instead.",
            at.first_line
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_load_something_are_told_from_others() {
        for (options, expected) in [
            ("-r newrelic", Some("newrelic")),
            ("--max-old-space-size=512 --require=./a.js", Some("./a.js")),
            ("--import ./instrument.mjs --inspect", Some("./instrument.mjs")),
            ("--max-old-space-size=512 --no-warnings", None),
        ] {
            assert_eq!(loaded(options.split_whitespace()), expected, "{options}");
        }
    }
}
