//! apt-get, apt and aptitude (apt-get(8), apt 2.x).

use super::{Action, Tool, Verb, args, package};
use crate::shell::Word;

const VALUES: [&str; 12] = [
    "-o",
    "--option",
    "-c",
    "--config-file",
    "-t",
    "--target-release",
    "--default-release",
    "-a",
    "--host-architecture",
    "-P",
    "--build-profiles",
    "--solver",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::new(Tool::Apt, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    let option = |key: &str| {
        let mut options = parsed.flags.iter().filter(|flag| matches!(&*flag.name, "-o" | "--option"));
        options.any(|flag| flag.value.as_deref().is_some_and(|value| is_set(value, key)))
    };
    action.assume_yes = parsed.on(&["-y", "--yes", "--assume-yes", "--force-yes"])
        || quiet(&parsed.flags) >= 2
        || option("APT::Get::Assume-Yes");
    action.no_recommends = parsed.on(&["--no-install-recommends"])
        || parsed
            .flags
            .iter()
            .any(|flag| flag.name == "--install-recommends" && flag.value.as_deref() == Some("false"))
        || parsed.flags.iter().any(|flag| {
            matches!(&*flag.name, "-o" | "--option")
                && flag.value.as_deref().is_some_and(|value| is_unset(value, "APT::Install-Recommends"))
        });
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    let verb = parsed.verb().unwrap_or_default();
    action.verb = match &*verb {
        "install" | "reinstall" | "build-dep" | "satisfy" => Verb::InstallPackages,
        "update" => Verb::Update,
        "upgrade" | "dist-upgrade" | "full-upgrade" | "safe-upgrade" | "dselect-upgrade" => Verb::Upgrade,
        "remove" | "purge" | "autoremove" | "auto-remove" | "autopurge" => Verb::Remove,
        "clean" | "autoclean" | "auto-clean" | "distclean" => Verb::CleanCache,
        _ => Verb::Other,
    };
    // `install name-` removes the package.
    let removed = |word: &Word| action.verb == Verb::InstallPackages && word.text().ends_with('-');
    if matches!(action.verb, Verb::InstallPackages | Verb::Remove) {
        let named = operands.iter().filter(|(_, word)| !removed(word));
        action.packages = named.map(|(_, word)| package(word, split)).collect();
    }
    action
}

/// How often quiet: `-qq` and `-q=2` mean `-y`.
fn quiet(flags: &[args::Flag<'_>]) -> u32 {
    flags
        .iter()
        .filter(|flag| matches!(&*flag.name, "-q" | "--quiet"))
        .map(|flag| flag.value.as_deref().map_or(1, |value| value.parse().unwrap_or(1)))
        .sum()
}

fn is_set(option: &str, key: &str) -> bool {
    option.split_once('=').is_some_and(|(name, value)| {
        name.eq_ignore_ascii_case(key) && matches!(&*value.to_ascii_lowercase(), "1" | "true" | "yes" | "on")
    })
}

fn is_unset(option: &str, key: &str) -> bool {
    option.split_once('=').is_some_and(|(name, value)| {
        name.eq_ignore_ascii_case(key) && matches!(&*value.to_ascii_lowercase(), "0" | "false" | "no" | "off")
    })
}

/// `name=version`, `name/suite`. A trailing `+` (install after all) can't be told from that of `g++`.
fn split(text: &str) -> (String, Option<String>) {
    match text.split_once(['=', '/']) {
        Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
        None => (text.to_owned(), None),
    }
}
