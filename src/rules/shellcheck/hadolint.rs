//! The scripts that hadolint gives to ShellCheck, and what it takes for their shell and variables.
//!
//! Sources: hadolint `src/Hadolint/Rule/Shellcheck.hs` and `src/Hadolint/Shell.hs`; how its parser cuts a RUN,
//! `Language/Docker/Parser/Arguments.hs` and `Prelude.hs`. What is odd there is so on purpose.

use super::script::{Builder, Script};
use super::scripts::{PROXIES, declared};
use crate::model::Model;
use crate::rules::ignores::Ignores;
use crate::syntax::{Instruction, Item, Keyword};
use crate::text::{Span, Splice};
use std::collections::{BTreeMap, BTreeSet};

/// What `#!` is in front of a RUN, with the variables that are declared.
#[derive(Clone)]
struct Shell {
    /// As SHELL or a comment has it.
    name: String,
    variables: BTreeSet<String>,
}

impl Default for Shell {
    fn default() -> Self {
        Self { name: DEFAULT.to_owned(), variables: PROXIES.map(str::to_owned).into() }
    }
}

const DEFAULT: &str = "/bin/sh -c";

/// What is known at one place of a file.
#[derive(Default)]
struct State {
    now: Shell,
    default: Shell,
    /// How each stage so far ended, the last one apart, which `now` tells.
    stages: BTreeMap<usize, (Shell, Option<String>)>,
    /// Whether anything was said yet.
    begun: bool,
}

impl State {
    fn read(&mut self, instruction: &Instruction) {
        match instruction.keyword {
            Keyword::From => self.from(instruction),
            Keyword::Env | Keyword::Arg => {
                // It forgets the shell.
                DEFAULT.clone_into(&mut self.now.name);
                // Of an ARG with several names it sees the first.
                let seen = if instruction.keyword == Keyword::Arg { 1 } else { usize::MAX };
                let names = declared(instruction).into_iter().take(seen);
                self.now.variables.extend(names.map(str::to_owned));
            }
            Keyword::Shell => {
                let words: Vec<&str> = instruction.args.iter().map(|word| &*word.text).collect();
                self.now.name = words.join(" ");
            }
            _ => return,
        }
        self.begun = true;
    }

    fn from(&mut self, instruction: &Instruction) {
        if let Some(mut last) = self.stages.last_entry() {
            last.get_mut().0 = self.now.clone();
        }
        let from = crate::syntax::instruction::from(instruction);
        let image = from.map_or("", |from| &*from.image.text);
        // The first stage of that name.
        let base = self.stages.values().find(|(_, name)| name.as_deref() == Some(image));
        self.now = base.map_or(&self.default, |(shell, _)| shell).clone();
        let name = from.and_then(|from| from.name).map(|name| name.text.to_string());
        self.stages.insert(self.stages.len(), (self.now.clone(), name));
    }

    /// A comment says what the shell is.
    fn say(&mut self, name: &str) {
        name.clone_into(&mut self.now.name);
        if !self.begun {
            self.default = self.now.clone();
        }
        self.begun = true;
    }
}

pub(super) fn scripts(model: &Model, ignores: &Ignores) -> Vec<Script> {
    let tree = model.tree();
    let source = tree.source();
    // What stands behind ONBUILD is a world of its own.
    let (mut outer, mut inner) = (State::default(), State::default());
    let mut found = Vec::new();
    for (at, item) in tree.items().iter().enumerate() {
        let Item::Instruction(instruction) = item else {
            if let Some(name) = ignores.shell_at(at) {
                outer.say(name.of(source));
            }
            continue;
        };
        let (state, instruction) = match instruction.trigger.as_deref() {
            Some(trigger) => (&mut inner, trigger),
            None => (&mut outer, &**instruction),
        };
        state.read(instruction);
        if instruction.keyword == Keyword::Run && !instruction.is_exec() {
            found.extend(script(&state.now, instruction, source));
        }
    }
    found
}

fn script(shell: &Shell, run: &Instruction, source: &str) -> Option<Script> {
    if ["pwsh", "powershell", "cmd"].iter().any(|other| shell.name.contains(other)) {
        return None;
    }
    let body = body(run, source);
    let is_foreign =
        |text: &str| text.starts_with("#!") && !SHELLS.iter().any(|known| text.starts_with(known));
    if is_foreign(body.text(source)) {
        return None;
    }
    let mut script = Builder::new(source);
    script.add("#!").add(shell.name.split_whitespace().next().unwrap_or("")).add("\n");
    for name in &shell.variables {
        script.add("export ").add(name).add("=1\n");
    }
    script.splice(&body);
    Some(script.finish(run.keyword_span))
}

/// The scripts with a `#!` that are given to ShellCheck.
const SHELLS: [&str; 6] = [
    "#!/bin/sh",
    "#!/bin/bash",
    "#!/bin/ksh",
    "#!/usr/bin/env sh",
    "#!/usr/bin/env bash",
    "#!/usr/bin/env ksh",
];

/// What of a RUN is the script: a heredoc that begins the line with what stands behind it there, else the line up
/// to the first heredoc.
fn body(run: &Instruction, source: &str) -> Splice {
    let rest = run.rest_splice(source);
    let Some(first) = run.heredocs.first() else { return rest };
    let begins = first.opener.start == run.rest_span().start;
    let line = rest.text(source);
    let Some(at) = line.find("<<") else { return rest };
    if !begins {
        return rest.slice(Span::new(0, at as u32), source);
    }
    let behind = line[at..].find([' ', '\t']).map(|end| at + end + 1);
    let behind = behind.filter(|at| !line[*at..].starts_with(['|', '>']));
    let mut spans = Vec::new();
    if let Some(at) = behind.filter(|at| *at < line.len()) {
        let words = rest.slice(Span::new(at as u32, rest.len()), source);
        let end = words.pieces().len();
        for (index, piece) in words.pieces().iter().enumerate() {
            let stop = if index + 1 == end { words.len() } else { words.pieces()[index + 1].at };
            spans.push(Span::new(piece.source, piece.source + stop - piece.at));
        }
        // The line break in front of the body.
        spans.push(Span::new(first.body.start.saturating_sub(1), first.body.start));
    }
    spans.push(first.body);
    Splice::join(&spans, source)
}
