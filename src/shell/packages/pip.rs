//! pip (its user guide and PEP 508 for requirements).

use super::{Action, Tool, Verb, args, package};
use crate::shell::Word;

const VALUES: [&str; 30] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-t",
    "--target",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--trusted-host",
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--root",
    "--prefix",
    "--src",
    "--upgrade-strategy",
    "--no-binary",
    "--only-binary",
    "--cache-dir",
    "--timeout",
    "--retries",
    "--proxy",
    "--log",
    "--python",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::new(Tool::Pip, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    action.no_cache = parsed.on(&["--no-cache-dir", "--no-cache"]);
    action.assume_yes = parsed.on(&["-y", "--yes", "--no-input"]);
    action.frozen = parsed.on(&["--require-hashes"]);
    action.directory = parsed.value(&["-t", "--target", "--prefix"]);
    let requirements = parsed.flags.iter().filter(|flag| matches!(&*flag.name, "-r" | "--requirement"));
    action.files = requirements.filter_map(|flag| flag.value.as_deref().map(str::to_owned)).collect();
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    action.verb = match &*parsed.verb().unwrap_or_default() {
        "install" => {
            action.packages = operands.iter().map(|(_, word)| package(word, split)).collect();
            if action.packages.is_empty() { Verb::InstallManifest } else { Verb::InstallPackages }
        }
        "sync" => Verb::InstallManifest,
        "uninstall" => {
            action.packages = operands.iter().map(|(_, word)| package(word, split)).collect();
            Verb::Remove
        }
        "cache" if operands.first().is_some_and(|(_, word)| word.is("purge")) => Verb::CleanCache,
        _ => Verb::Other,
    };
    action
}

/// `name==1.2`, `name[extra]>=1,<2`, `name @ url`; markers behind `;` are no part of the version.
fn split(text: &str) -> (String, Option<String>) {
    let text = text.split(';').next().unwrap_or(text).trim();
    let Some(at) = text.find(['=', '<', '>', '!', '~', '@']) else { return (text.to_owned(), None) };
    let version = text[at..].strip_prefix("==").or(text[at..].strip_prefix("===")).unwrap_or(&text[at..]);
    (text[..at].trim_end().to_owned(), Some(version.trim().to_owned()))
}
