use super::hadolint;
use super::script::{Builder, Script};
use crate::model::Model;
use crate::rules::ignores::Ignores;
use crate::rules::run::asks_shellcheck;
use crate::settings::{Profile, Settings};
use crate::shell::Dialect;
use crate::syntax::instruction::{Body, declarations, heredoc_body, run_body};
use crate::syntax::{Form, Instruction, InstructionId, Keyword};
use crate::text::{Span, Splice};
use std::collections::{BTreeSet, HashSet};

/// The variables that a builder gives every RUN.
pub(super) const PROXIES: [&str; 8] = [
    "FTP_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "ftp_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The scripts of a file that ShellCheck can read, in the order of the text: what RUN gives to a shell, behind
/// ONBUILD too, and scripts with a shell's `#!` that COPY and ADD write. Under profile `hadolint` those that
/// hadolint takes, in the form in which it gives them to ShellCheck.
pub fn scripts(model: &Model, settings: &Settings) -> Vec<Script> {
    if !settings.shellcheck || !asks_shellcheck(settings) {
        return Vec::new();
    }
    let ignores = Ignores::read(model.tree(), settings);
    match settings.profile {
        Profile::Buildkit => Vec::new(),
        Profile::Hadolint => hadolint::scripts(model, &ignores),
        Profile::Editor | Profile::Strict => {
            let all = Scripts { model, ignores, found: Vec::new() };
            all.read()
        }
    }
}

struct Scripts<'m> {
    model: &'m Model,
    ignores: Ignores,
    found: Vec<Script>,
}

impl Scripts<'_> {
    fn read(mut self) -> Vec<Script> {
        let tree = self.model.tree();
        for (id, outer) in tree.numbered() {
            let inner = outer.trigger.as_deref().unwrap_or(outer);
            match inner.keyword {
                Keyword::Run => self.run(id, inner),
                Keyword::Copy | Keyword::Add => {
                    for heredoc in &inner.heredocs {
                        let body = heredoc_body(heredoc, tree.source());
                        self.script(id, inner, &body);
                    }
                }
                _ => {}
            }
        }
        self.found
    }

    fn run(&mut self, id: InstructionId, run: &Instruction) {
        let source = self.model.tree().source();
        match run_body(run, source) {
            Body::Exec => {}
            Body::Script(body) => self.script(id, run, &body),
            Body::Shell(body) => {
                let Some(shell) = self.shell(id) else { return };
                let mut script = Builder::new(source);
                script.add("#!").add(shell).add("\n");
                self.export(id, body.text(source), &mut script);
                script.splice(&body);
                self.found.push(script.finish(run.keyword_span));
            }
        }
    }

    /// A script that says by itself what reads it.
    fn script(&mut self, id: InstructionId, instruction: &Instruction, body: &Splice) {
        let source = self.model.tree().source();
        let text = body.text(source);
        let first = text.lines().next().unwrap_or("");
        if shebang(first).is_none() {
            return;
        }
        let line = text.find('\n').map_or(text.len(), |end| end + 1) as u32;
        let mut script = Builder::new(source);
        script.splice(&body.slice(Span::new(0, line), source));
        self.export(id, text, &mut script);
        script.splice(&body.slice(Span::new(line, body.len()), source));
        self.found.push(script.finish(instruction.keyword_span));
    }

    /// Declares the variables that `id` sees and `body` names, so that ShellCheck doesn't miss them.
    fn export(&self, id: InstructionId, body: &str, script: &mut Builder<'_>) {
        let named: HashSet<&str> = body
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| is_name(word))
            .collect();
        let seen = self.model.variables(id).iter().map(|variable| &*variable.name);
        let seen = PROXIES.into_iter().chain(seen).filter(|name| named.contains(name));
        let mut names: BTreeSet<&str> = seen.collect();
        // What an earlier ONBUILD declares is there when a later one runs.
        if let Some(stage) = self.model.stage_of(id) {
            let above = self.model.steps(stage).take_while(|(above, _)| *above < id);
            let triggers = above.filter_map(|(_, instruction)| instruction.trigger.as_deref());
            names.extend(triggers.flat_map(declared).filter(|name| named.contains(name)));
        }
        for name in names {
            script.add("export ").add(name).add("=1\n");
        }
    }

    /// What ShellCheck calls the shell that reads the shell form at `id`; None where it knows nothing of it.
    fn shell(&self, id: InstructionId) -> Option<&'static str> {
        if let Some(said) = self.ignores.shell(self.model, id) {
            return shell(said);
        }
        let set = self.model.frame(id).and_then(|frame| frame.shell);
        match set.and_then(|set| self.model.tree().instruction(set)) {
            Some(set) if set.form == Form::Exec => set.args.first().and_then(|program| shell(&program.text)),
            Some(_) => None,
            None => (self.model.dialect(id) == Dialect::Posix).then_some("/bin/sh"),
        }
    }
}

/// The names that an ENV or ARG declares.
pub(super) fn declared(instruction: &Instruction) -> Vec<&str> {
    match instruction.keyword {
        Keyword::Env => instruction.pairs().map(|(name, _)| &*name.text).collect(),
        Keyword::Arg => declarations(instruction).map(|declared| declared.name).collect(),
        _ => Vec::new(),
    }
}

/// Whether a shell can have a variable of this name.
pub(super) fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// What ShellCheck calls a program that is written so: `/usr/local/bin/bash -o pipefail`, `ash`.
fn shell(written: &str) -> Option<&'static str> {
    let mut words = written.split_whitespace();
    let program = words.next()?;
    match program.rsplit('/').next().unwrap_or(program) {
        "sh" => Some("/bin/sh"),
        "bash" => Some("/bin/bash"),
        "dash" => Some("/bin/dash"),
        "ash" => Some("/bin/ash"),
        "ksh" | "ksh93" | "mksh" => Some("/bin/ksh"),
        "busybox" if matches!(words.next(), Some("sh" | "ash")) => Some("/bin/busybox sh"),
        _ => None,
    }
}

/// The shell that a `#!` line names.
fn shebang(line: &str) -> Option<&'static str> {
    let mut words = line.strip_prefix("#!")?.split_whitespace();
    let program = words.next()?;
    if program.rsplit('/').next() != Some("env") {
        return shell(line.strip_prefix("#!")?);
    }
    let is_program = |word: &&str| !word.starts_with('-') && !word.contains('=');
    shell(words.find(is_program)?)
}
