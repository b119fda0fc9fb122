//! apk (apk(8), apk-tools 2 and 3).

use super::{Action, Tool, Verb, args, package};
use crate::shell::Word;

const VALUES: [&str; 14] = [
    "-t",
    "--virtual",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--arch",
    "--cache-dir",
    "--keys-dir",
    "--repositories-file",
    "--wait",
    "--cache-max-age",
    "--progress-fd",
    "--timeout",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::new(Tool::Apk, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    action.no_cache = parsed.on(&["--no-cache"]);
    // apk asks nothing unless told to.
    action.assume_yes = !parsed.on(&["-i", "--interactive"]);
    action.group = parsed.value(&["-t", "--virtual"]);
    action.directory = parsed.value(&["-p", "--root"]);
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    action.verb = match &*parsed.verb().unwrap_or_default() {
        "add" => Verb::InstallPackages,
        "update" => Verb::Update,
        "upgrade" => Verb::Upgrade,
        "del" => Verb::Remove,
        "cache" if operands.first().is_some_and(|(_, word)| word.is("clean") || word.is("purge")) => {
            Verb::CleanCache
        }
        _ => Verb::Other,
    };
    if matches!(action.verb, Verb::InstallPackages | Verb::Remove) {
        action.packages = operands.iter().map(|(_, word)| package(word, split)).collect();
    }
    action
}

/// `name=1.2-r0`, `name~=1.2`, `name~1.2`, `name>1`, `name<2`, `name@repository`.
fn split(text: &str) -> (String, Option<String>) {
    let Some(at) = text.find(['=', '<', '>', '~']) else {
        // `name@edge` takes the package from a tagged repository: that pins no version.
        let name = text.split_once('@').map_or(text, |(name, _)| name);
        return (name.to_owned(), None);
    };
    let version = text[at..].trim_start_matches('=');
    (text[..at].to_owned(), Some(version.to_owned()))
}
