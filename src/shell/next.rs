//! Next.js's own commands: `next build`, `next start`, `next dev`.

use super::commands::option;
use super::packages::{self, Verb};
use super::{Command, Word, wrappers};

/// What `next` is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// `build`, `start`, `dev`, …; `dev` where none is named, as `next` itself does.
    pub verb: String,
    /// `-p`, `--port`
    pub port: Option<String>,
    /// `-H`, `--hostname`
    pub hostname: Option<String>,
    /// The folder of the app, where it is named.
    pub folder: Option<String>,
}

/// The command as one of Next.js's, through `npx`, `yarn`, `pnpm exec` and their like, by its path in
/// node_modules, or through `node`. A script of package.json that runs it isn't followed.
pub fn of(command: &Command<'_>) -> Option<Next> {
    of_words(command.words())
}

pub fn is_next_build(command: &Command<'_>) -> bool {
    of(command).is_some_and(|next| next.verb == "build")
}

pub fn is_next_start(command: &Command<'_>) -> bool {
    of(command).is_some_and(|next| next.verb == "start")
}

pub fn is_next_dev(command: &Command<'_>) -> bool {
    of(command).is_some_and(|next| next.verb == "dev")
}

fn of_words(words: &[Word]) -> Option<Next> {
    // Most commands are of other programs: their starters needn't be looked through.
    if !words.iter().any(|word| word.text().contains("next") || word.is_quoted()) {
        return None;
    }
    let words = match packages::of_words(words) {
        Some(action) if action.verb == Verb::Exec => wrappers::of_words(action.program).words,
        Some(_) => return None,
        None => wrappers::of_words(words).words,
    };
    let first = words.first()?.literal()?;
    let args = if is_next(&first) {
        &words[1..]
    } else if matches!(super::inner::base_name(&first), "node" | "bun" | "nodejs") {
        let script = words[1..].iter().position(|word| !word.text().starts_with('-'))? + 1;
        if !is_next(&words[script].literal()?) {
            return None;
        }
        &words[script + 1..]
    } else {
        return None;
    };
    let mut operands = Vec::new();
    let mut index = 0;
    while let Some(word) = args.get(index) {
        let text = word.value_or_text();
        let takes_value = matches!(&*text, "-p" | "--port" | "-H" | "--hostname" | "--keepAliveTimeout");
        if !text.starts_with('-') {
            operands.push(text.into_owned());
        }
        index += if takes_value { 2 } else { 1 };
    }
    let known = ["build", "start", "dev", "lint", "info", "telemetry", "typegen", "experimental-compile"];
    let verb = operands.first().filter(|word| known.contains(&word.as_str())).cloned();
    let folder = operands.get(usize::from(verb.is_some())).cloned();
    let value =
        |names: [&str; 2]| names.iter().find_map(|name| option(args, name)).map(|value| value.into_owned());
    Some(Next {
        verb: verb.unwrap_or_else(|| "dev".to_owned()),
        port: value(["-p", "--port"]),
        hostname: value(["-H", "--hostname"]),
        folder,
    })
}

/// `next`, `next@15`, `node_modules/.bin/next`, `node_modules/next/dist/bin/next`.
fn is_next(program: &str) -> bool {
    let base = super::inner::base_name(program);
    base == "next" || (!program.starts_with('@') && base.starts_with("next@"))
}
