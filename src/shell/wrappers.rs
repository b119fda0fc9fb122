//! Programs that run the program named after them.

use super::inner::base_name;
use super::{Command, Word};
use std::borrow::Cow;

/// What a command really runs, once the programs that merely start it are seen through.
#[derive(Clone, Debug)]
pub struct Invocation<'s> {
    /// The words of the starters, outermost first: `sudo`, `env`, `npx`, `pnpm` (of `pnpm dlx`).
    pub wrappers: Vec<&'s Word>,
    /// The words of the form `NAME=value` that `env` and its like take.
    pub environment: Vec<&'s Word>,
    /// The program and its arguments; empty where a starter stands alone.
    pub words: &'s [Word],
}

impl<'s> Invocation<'s> {
    /// The program as it is written, with its path; `None` where it isn't known.
    pub fn program(&self) -> Option<Cow<'s, str>> {
        self.words.first()?.literal()
    }

    /// The program without its path.
    pub fn name(&self) -> Option<String> {
        self.program().map(|program| base_name(&program).to_owned())
    }

    pub fn args(&self) -> &'s [Word] {
        self.words.get(1..).unwrap_or(&[])
    }

    /// Whether one of the starters is called `name`.
    pub fn through(&self, name: &str) -> bool {
        self.wrappers.iter().any(|word| word.literal().is_some_and(|value| base_name(&value) == name))
    }
}

/// Sees through `sudo`, `env A=b`, `time`, `exec`, `command`, `nice`, `timeout`, `xargs`, `tini --`, `gosu`,
/// `cross-env`, `dotenv --`, `npx`, `pnpm dlx`, `yarn exec` and their like.
pub fn unwrap<'s>(command: &Command<'s>) -> Invocation<'s> {
    of_words(&command.node.words)
}

pub(super) fn of_words(words: &[Word]) -> Invocation<'_> {
    let skipped = skip(words);
    Invocation {
        wrappers: skipped.wrappers.iter().filter_map(|i| words.get(*i)).collect(),
        environment: skipped.environment.iter().filter_map(|i| words.get(*i)).collect(),
        words: words.get(skipped.words..).unwrap_or(&[]),
    }
}

/// The same by indices into the words.
#[derive(Default)]
pub(super) struct Skipped {
    pub wrappers: Vec<usize>,
    pub environment: Vec<usize>,
    /// Where the program's own words begin.
    pub words: usize,
    /// The argument that the starter runs as a script (`npx -c '…'`).
    pub script: Option<usize>,
}

struct Wrapper {
    /// A second word belongs to it (`dlx` of `pnpm dlx`).
    verb: bool,
    /// Options whose value is the next word.
    values: &'static [&'static str],
    /// Arguments of its own before the program.
    operands: usize,
    /// It takes `NAME=value` before the program.
    environment: bool,
    /// Options that make it do something else than start a program.
    not_with: &'static [&'static str],
    /// The option whose value is a script.
    script: &'static [&'static str],
}

const PLAIN: Wrapper =
    Wrapper { verb: false, values: &[], operands: 0, environment: false, not_with: &[], script: &[] };

const NPX: Wrapper = Wrapper {
    values: &["-p", "--package", "-w", "--workspace", "--cache", "--registry", "--prefix"],
    script: &["-c", "--call"],
    ..PLAIN
};

fn wrapper(name: &str, next: &str) -> Option<Wrapper> {
    Some(match name {
        "sudo" => Wrapper {
            values: &[
                "-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "-r", "-t", "--user", "--group",
                "--chdir",
            ],
            environment: true,
            not_with: &["-l", "-v", "-k", "-K", "-e", "-V", "--list", "--version"],
            ..PLAIN
        },
        "doas" => Wrapper { values: &["-u", "-C"], ..PLAIN },
        "env" => Wrapper {
            values: &["-u", "--unset", "-C", "--chdir"],
            environment: true,
            script: &["-S"],
            ..PLAIN
        },
        "time" => Wrapper { values: &["-f", "-o", "--format", "--output"], ..PLAIN },
        "exec" => Wrapper { values: &["-a"], ..PLAIN },
        "command" => Wrapper { not_with: &["-v", "-V"], ..PLAIN },
        "builtin" | "nohup" | "setsid" | "eatmydata" | "unbuffer" | "noglob" | "fakeroot" | "caffeinate" => {
            PLAIN
        }
        "nice" => Wrapper { values: &["-n", "--adjustment"], ..PLAIN },
        "ionice" => Wrapper { values: &["-c", "-n", "-p"], ..PLAIN },
        "stdbuf" => Wrapper { values: &["-i", "-o", "-e"], ..PLAIN },
        "timeout" => Wrapper { values: &["-s", "-k", "--signal", "--kill-after"], operands: 1, ..PLAIN },
        "gosu" | "su-exec" | "chroot" => Wrapper { operands: 1, ..PLAIN },
        "tini" | "docker-init" => Wrapper { values: &["-p", "-e"], ..PLAIN },
        "dumb-init" => Wrapper { values: &["-r", "--rewrite"], ..PLAIN },
        "catatonit" => PLAIN,
        "linux32" | "linux64" => PLAIN,
        "setarch" => Wrapper { operands: 1, ..PLAIN },
        "xvfb-run" => Wrapper { values: &["-s", "-n", "-e", "-f", "-p", "-w"], ..PLAIN },
        "xargs" => Wrapper {
            values: &[
                "-n",
                "-P",
                "-I",
                "-L",
                "-s",
                "-d",
                "-a",
                "-E",
                "--max-args",
                "--max-procs",
                "--delimiter",
            ],
            ..PLAIN
        },
        "parallel" => Wrapper { values: &["-j", "-n", "--jobs"], ..PLAIN },
        "cross-env" => Wrapper { environment: true, ..PLAIN },
        "dotenv" => Wrapper { values: &["-e", "-v", "-p"], ..PLAIN },
        "env-cmd" => Wrapper { values: &["-f", "-e", "-r", "--file", "--environments"], ..PLAIN },
        "dotenvx" if next == "run" => Wrapper { verb: true, values: &["-f", "-e", "-fk"], ..PLAIN },
        "doppler" | "infisical" | "op" if next == "run" => Wrapper {
            verb: true,
            values: &["-p", "-c", "--project", "--config", "--env-file", "--env"],
            ..PLAIN
        },
        "corepack"
            if ["npm", "npx", "pnpm", "pnpx", "yarn"].iter().any(|m| next == *m || version_of(next, m)) =>
        {
            PLAIN
        }
        "npx" | "bunx" | "pnpx" => NPX,
        "npm" if matches!(next, "exec" | "x") => Wrapper { verb: true, ..NPX },
        "pnpm" if matches!(next, "dlx" | "exec") => Wrapper { verb: true, ..NPX },
        "yarn" if matches!(next, "dlx" | "exec") => Wrapper { verb: true, ..NPX },
        "bun" if next == "x" => Wrapper { verb: true, ..NPX },
        _ => return None,
    })
}

fn version_of(word: &str, name: &str) -> bool {
    word.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'))
}

pub(super) fn skip(words: &[Word]) -> Skipped {
    let mut skipped = Skipped::default();
    // Each turn steps over one starter; more than a handful is no command anyone writes.
    for _ in 0..16 {
        let start = skipped.words;
        let Some(name) = words.get(start).and_then(Word::literal) else { break };
        let next = words.get(start + 1).and_then(Word::literal).unwrap_or_default();
        let Some(wrapper) = wrapper(base_name(&name), &next) else { break };
        let Some(step) = step(words, start, &wrapper) else { break };
        skipped.wrappers.push(start);
        skipped.environment.extend(step.environment);
        skipped.words = step.words;
        skipped.script = step.script;
        if step.script.is_some() {
            break;
        }
    }
    skipped
}

/// Steps over one starter with its options; `None` where it doesn't start a program after all.
fn step(words: &[Word], start: usize, wrapper: &Wrapper) -> Option<Skipped> {
    let mut step = Skipped::default();
    let mut at = start + 1 + usize::from(wrapper.verb);
    let mut operands = wrapper.operands;
    while let Some(word) = words.get(at) {
        let text = word.value_or_text();
        if wrapper.not_with.contains(&&*text) {
            return None;
        }
        if wrapper.script.contains(&&*text) {
            step.script = Some(at + 1);
            break;
        }
        if text == "--" {
            at += 1;
            if operands > 0 {
                at += operands;
            }
            break;
        } else if text.len() > 1 && text.starts_with('-') {
            at += if wrapper.values.contains(&&*text) { 2 } else { 1 };
        } else if wrapper.environment && is_assignment(&text) {
            step.environment.push(at);
            at += 1;
        } else if operands > 0 {
            operands -= 1;
            at += 1;
        } else {
            break;
        }
    }
    // `env A=b -- cmd`, `cross-env A=b`: assignments after `--` too.
    while wrapper.environment && words.get(at).is_some_and(|word| is_assignment(&word.value_or_text())) {
        step.environment.push(at);
        at += 1;
    }
    step.words = at.min(words.len());
    Some(step)
}

fn is_assignment(text: &str) -> bool {
    assignment(text).is_some()
}

/// Name and value of `NAME=value`.
pub fn assignment(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| {
        name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
            && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
    })
}
