//! npm (its CLI documentation, v10), and `node --run`.

use super::{Action, Tool, Verb, args};
use crate::shell::Word;

const VALUES: [&str; 26] = [
    "--registry",
    "--prefix",
    "-C",
    "--cache",
    "--loglevel",
    "--omit",
    "--include",
    "--only",
    "--also",
    "-w",
    "--workspace",
    "--tag",
    "--userconfig",
    "--globalconfig",
    "--install-strategy",
    "--fetch-timeout",
    "--fetch-retries",
    "--maxsockets",
    "--script-shell",
    "--before",
    "--cpu",
    "--os",
    "--libc",
    "--otp",
    "--call",
    "--network-timeout",
];

pub(super) fn action(words: &[Word]) -> Action<'_> {
    let parsed = args::split(words.get(1..).unwrap_or(&[]), &VALUES);
    let mut action = Action::new(Tool::Npm, words, &parsed);
    action.verb_span = parsed.operands.first().map(|(_, word)| word.span);
    action.global =
        parsed.on(&["-g", "--global"]) || parsed.value(&["--location"]).as_deref() == Some("global");
    action.production = parsed.flags.iter().any(|flag| match &*flag.name {
        "--omit" => flag.value.as_deref() == Some("dev"),
        "--only" => flag.value.as_deref().is_some_and(|v| v.starts_with("prod")),
        "--production" | "--prod" => flag.value.as_deref() != Some("false"),
        "--no-dev" => true,
        _ => false,
    });
    action.ignore_scripts = parsed.on(&["--ignore-scripts"]);
    action.assume_yes = parsed.on(&["-y", "--yes"]);
    action.directory = parsed.value(&["--prefix", "-C"]);
    let verb = parsed.verb().unwrap_or_default();
    let operands = parsed.operands.get(1..).unwrap_or(&[]);
    action.verb = match &*verb {
        "ci" | "clean-install" | "ic" | "install-clean" | "isntall-clean" | "cit" | "install-ci-test" => {
            action.frozen = true;
            Verb::InstallManifest
        }
        "install" | "i" | "in" | "ins" | "inst" | "insta" | "instal" | "isnt" | "isnta" | "isntal"
        | "isntall" | "add" | "it" | "install-test" => {
            action.packages = parsed.node_packages(1);
            // `npm install -g .` and `npm install --global` without a name install the package at hand.
            if action.packages.is_empty() { Verb::InstallManifest } else { Verb::InstallPackages }
        }
        "run" | "run-script" | "rum" | "urn" => match operands.first() {
            Some((_, script)) => {
                action.program = parsed.after(1);
                Verb::RunScript(script.value_or_text().into_owned())
            }
            None => Verb::Other,
        },
        "start" | "stop" | "restart" | "test" => {
            action.program = parsed.after(0);
            Verb::RunScript(verb.into_owned())
        }
        "t" | "tst" => {
            action.program = parsed.after(0);
            Verb::RunScript("test".to_owned())
        }
        "update" | "up" | "upgrade" | "udpate" => Verb::Upgrade,
        "uninstall" | "remove" | "rm" | "r" | "un" | "unlink" | "prune" => {
            action.packages = parsed.node_packages(1);
            Verb::Remove
        }
        "cache"
            if operands
                .first()
                .is_some_and(|(_, word)| word.is("clean") || word.is("clear") || word.is("rm")) =>
        {
            Verb::CleanCache
        }
        _ => Verb::Other,
    };
    action
}

/// `node --run build` (Node 22).
pub(super) fn node_run(words: &[Word]) -> Option<Action<'_>> {
    let args = words.get(1..)?;
    let at = args.iter().position(|word| word.text().starts_with("--run"))?;
    let text = args[at].value_or_text();
    let script = match text.strip_prefix("--run=") {
        Some(script) => script.to_owned(),
        None if text == "--run" => args.get(at + 1)?.value_or_text().into_owned(),
        None => return None,
    };
    let parsed = args::split(args, &["--run"]);
    let mut action = Action::new(Tool::Node, words, &parsed);
    action.verb = Verb::RunScript(script);
    action.verb_span = Some(args[at].span);
    Some(action)
}
