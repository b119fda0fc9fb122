//! RUN, CMD and ENTRYPOINT in the exec form in place of the shell form, and back.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::model::Base;
use crate::rules;
use crate::shell::{Dialect, Node, PartKind, SimpleCommand, Word};
use crate::syntax::Keyword;
use crate::text::Edit;

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "exec-form",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM node:22\nCMD <|>node server.js\n",
            TO_EXEC,
            "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::new(
            "FROM node:22\nENTRYPOINT <|>node 'a b.js' --x=\"😀\\\"\" \\\n  é\n",
            "Write it as a JSON array, without a shell (what `docker run` adds then reaches it)",
            "FROM node:22\nENTRYPOINT [\"node\", \"a b.js\", \"--x=😀\\\"\", \"é\"]\n",
        ),
        Example::new("FROM a\nRUN <|>npm ci\n", TO_EXEC, "FROM a\nRUN [\"npm\", \"ci\"]\n"),
        Example::new(
            "FROM a\nCMD <|>b c\n",
            "Write it as a JSON array, without a shell (if the base image has no ENTRYPOINT)",
            "FROM a\nCMD [\"b\", \"c\"]\n",
        ),
        Example::new("FROM a\nCMD <|>node $FILE *.js\n", HAND_OVER, "FROM a\nCMD exec node $FILE *.js\n"),
        Example::new(
            "FROM node:22\nCMD [\"node\", <|>\"a b.js\", \"$A\", \"it's\"]\n",
            TO_SHELL,
            "FROM node:22\nCMD exec node 'a b.js' '$A' \"it's\"\n",
        ),
        Example::new(
            "FROM node:22\nENTRYPOINT <|>[\"/start.sh\"]\n",
            "Write it as a command of the shell (what `docker run` adds then no longer reaches it)",
            "FROM node:22\nENTRYPOINT exec /start.sh\n",
        ),
        Example::new("FROM a\nRUN <|>[\"npm\", \"ci\"]\n", TO_SHELL, "FROM a\nRUN npm ci\n"),
        Example::nothing("FROM a\nRUN <|>echo $A\n"),
        Example::nothing("FROM a\nRUN <|>a > b\n"),
        Example::nothing("FROM a\nRUN <|>a \"b\"{c,d}e\n"),
        Example::nothing("FROM a\nRUN <|>cd b\n"),
        Example::nothing("FROM a\nCMD <|>a && b\n"),
        Example::nothing("FROM a\nCMD <|>exec node $FILE\n"),
        // What stands in CMD is handed to ENTRYPOINT.
        Example::nothing("FROM a\nENTRYPOINT [\"b\"]\nCMD <|>c d\n"),
        Example::nothing("FROM a\nENTRYPOINT [\"b\"]\nCMD <|>[\"c\", \"d\"]\n"),
        Example::nothing("FROM a\nENTRYPOINT <|>[\"b\"]\nCMD [\"c\"]\n"),
        Example::nothing("FROM a\nSHELL [\"bash\", \"-lc\"]\nCMD <|>node a.js\n"),
        Example::nothing("FROM scratch\nCMD <|>[\"/a\"]\n"),
        Example::nothing("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCMD <|>a b\n"),
        Example::nothing("FROM a\nONBUILD RUN <|>a b\n"),
        Example::nothing("FROM a\nRUN <|>a \\\n  # why\n  b\n"),
        // Its ENTRYPOINT looks at the first word.
        Example::nothing("FROM postgres:16\nCMD <|>[\"postgres\", \"-c\", \"a=b\"]\n"),
        Example::nothing("FROM a\nSHELL [\"conda\", \"run\", \"bash\", \"-c\"]\nRUN <|>a b\n"),
    ],
};

const TO_EXEC: &str = "Write it as a JSON array, without a shell";
const TO_SHELL: &str = "Write it as a command of the shell";
const REACHED: &str = " (what `docker run` adds then reaches it)";
const UNREACHED: &str = " (what `docker run` adds then no longer reaches it)";
const HAND_OVER: &str = "Start the program with `exec`, so that it gets the signals";

/// What a shell does itself: as a program it is another one, or none.
const BUILTINS: &[&str] = &[
    ".", ":", "alias", "bg", "break", "builtin", "cd", "chdir", "command", "continue", "declare", "enable",
    "eval", "exec", "exit", "export", "fg", "getopts", "hash", "jobs", "let", "local", "popd", "pushd",
    "read", "readonly", "return", "set", "shift", "shopt", "source", "times", "trap", "type", "typeset",
    "ulimit", "umask", "unalias", "unset", "wait", "{", "}", "!", "[[", "if", "then", "else", "fi", "for",
    "while", "do", "done", "case", "esac", "time", "function", "select", "until", "coproc", "in", "logout",
    "suspend", "dirs", "history", "help", "test", "[",
];

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let instruction = place.instruction;
    let known = matches!(instruction.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint);
    let plain =
        instruction.comments.is_empty() && instruction.heredocs.is_empty() && !instruction.rest.is_empty();
    let posix = place.model().dialect(place.id) == Dialect::Posix;
    let handed_on = if instruction.keyword == Keyword::Cmd { handed_on(place) } else { Some("") };
    if !known || !plain || !posix || !place.is_within() || !is_plain_shell(place) {
        return Vec::new();
    }
    if instruction.is_exec() {
        let offer = to_shell(place).zip(handed_on).map(|(edit, note)| {
            let note = if instruction.keyword == Keyword::Entrypoint { UNREACHED } else { note };
            Offer::new(format!("{TO_SHELL}{note}"), vec![edit])
        });
        return offer.into_iter().collect();
    }
    let Some(command) = only_command(place) else { return Vec::new() };
    let program = command.words.first().and_then(Word::literal);
    if program.is_none_or(|name| BUILTINS.contains(&&*name)) {
        return Vec::new();
    }
    let words: Option<Vec<String>> = command.words.iter().map(value).collect();
    let literal = command.redirects().is_empty() && command.assignments().is_empty();
    let array = words.filter(|_| literal).and_then(|words| {
        let words: Option<Vec<String>> = words.iter().map(|word| serde_json::to_string(word).ok()).collect();
        Some(format!("[{}]", words?.join(", ")))
    });
    let span = instruction.rest_span();
    match (instruction.keyword, array) {
        (Keyword::Run, Some(array)) => vec![Offer::new(TO_EXEC, vec![Edit::replace(span, array)])],
        (Keyword::Cmd, Some(array)) => match handed_on {
            Some(note) => vec![Offer::new(format!("{TO_EXEC}{note}"), vec![Edit::replace(span, array)])],
            None => Vec::new(),
        },
        (Keyword::Entrypoint, Some(array)) if !beside(place, Keyword::Cmd) => {
            vec![Offer::new(format!("{TO_EXEC}{REACHED}"), vec![Edit::replace(span, array)])]
        }
        // A variable is assigned before `exec` as before the program.
        (Keyword::Cmd | Keyword::Entrypoint, None) if command.assignments().is_empty() => {
            vec![Offer::new(HAND_OVER, vec![Edit::insert(span.start, "exec ")])]
        }
        _ => Vec::new(),
    }
}

/// Whether a shell form is run by a shell that does nothing but run it. One that reads profiles, or traces, does
/// more.
fn is_plain_shell(place: &Place<'_>) -> bool {
    let plain = ["-c", "-e", "-u", "-ec", "-euc", "-o", "pipefail", "-eo", "-euo", "errexit", "nounset"];
    place.shell(place.id).is_some_and(|options| options.iter().all(|option| plain.contains(option)))
}

/// What is to be said of a CMD that changes its form: an ENTRYPOINT gets its words. None where one looks at them.
fn handed_on(place: &Place<'_>) -> Option<&'static str> {
    let model = place.model();
    let stage = model.stage_of(place.id).filter(|_| !beside(place, Keyword::Entrypoint))?;
    if *model.root(stage) == Base::Scratch {
        return Some("");
    }
    let name = rules::root_image(model, stage).map(|(name, _)| name);
    // Theirs starts whatever program it is given.
    if name.is_some_and(|name| name == "node" || name == "oven/bun") {
        return Some("");
    }
    match rules::base_image(model, stage).and_then(|image| image.entrypoint.clone()) {
        Some(words) if words.is_empty() => Some(""),
        Some(_) => None,
        None => Some(" (if the base image has no ENTRYPOINT)"),
    }
}

/// Whether an instruction of this kind stands in the stage or in one that it is built on.
fn beside(place: &Place<'_>, keyword: Keyword) -> bool {
    let model = place.model();
    let Some(stage) = model.stage_of(place.id) else { return true };
    model.with_bases(stage).flat_map(|stage| model.steps(stage)).any(|(_, other)| other.keyword == keyword)
        // Those of stages that are built on this one.
        || model.stages().iter().any(|other| {
            model.with_bases(other).any(|base| base.index == stage.index)
                && model.steps(other).any(|(_, other)| other.keyword == keyword)
        })
}

/// The command of a shell form that is one simple command.
fn only_command<'a>(place: &Place<'a>) -> Option<&'a SimpleCommand> {
    let script = place.script(place.id)?;
    let [item] = script.items() else { return None };
    let [(_, Node::Simple(command))] = &item.chain.first.commands[..] else { return None };
    let alone = item.chain.rest.is_empty() && item.separator.is_none() && !item.chain.first.negated;
    let whole = command.span == place.instruction.rest_span() && script.comments.is_empty();
    (alone && whole).then_some(command)
}

/// The value of a word for which a shell does nothing but take quotes and escapes out.
fn value(word: &Word) -> Option<String> {
    let value = word.literal()?;
    // `~` and `{a,b}` may stand for something else, and not all shells know `$'…'`.
    let expands = word.parts.iter().any(|part| match part.kind {
        PartKind::Literal => word.part_text(part).contains(['~', '{']),
        PartKind::AnsiC => true,
        PartKind::Double(_) => word.part_text(part).starts_with('$'),
        _ => false,
    });
    let plain = !expands && !word.has_glob() && !word.text().contains('\n');
    (plain && !value.chars().any(char::is_control)).then(|| value.into_owned())
}

fn to_shell(place: &Place<'_>) -> Option<Edit> {
    let instruction = place.instruction;
    if instruction.keyword == Keyword::Entrypoint && beside(place, Keyword::Cmd) || !has_shell(place) {
        return None;
    }
    let words: Option<Vec<String>> = instruction.args.iter().map(|word| quoted(&word.text)).collect();
    let words = words?;
    let program = words.first()?;
    let plain = program.chars().all(|c| c.is_ascii_alphanumeric() || "/._+-".contains(c));
    if !plain || program.starts_with('-') || BUILTINS.contains(&&**program) {
        return None;
    }
    // What a shell starts last it would wait for, and keep its signals.
    let exec = if instruction.keyword == Keyword::Run { "" } else { "exec " };
    Some(Edit::replace(instruction.rest_span(), format!("{exec}{}", words.join(" "))))
}

/// Whether the image has a shell, as far as is known.
fn has_shell(place: &Place<'_>) -> bool {
    let model = place.model();
    let Some(stage) = model.stage_of(place.id) else { return false };
    let none = rules::base_image(model, stage).is_some_and(|image| image.shell == Some(""));
    *model.root(stage) != Base::Scratch && !none
}

/// A word for the shell. None where it can't stand on one line of a Dockerfile.
fn quoted(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Some(word.to_owned());
    }
    if word.chars().any(char::is_control) || word.ends_with(['\\', '`']) {
        return None;
    }
    if !word.contains('\'') {
        return Some(format!("'{word}'"));
    }
    (!word.contains(['"', '$', '`', '\\', '!'])).then(|| format!("\"{word}\""))
}
