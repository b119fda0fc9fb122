//! What a file builds, told in a way that doesn't hang on how it is written.

use crate::world::World;
use plimsoll::features::Snapshot;
use plimsoll::model::{Base, Model, Stage};
use plimsoll::shell::packages::{self, Verb};
use plimsoll::shell::{Command, Dialect, Link, Word};
use plimsoll::syntax::instruction::declarations;
use plimsoll::syntax::{Instruction, InstructionId, Keyword};
use plimsoll::text::Span;
use std::collections::BTreeSet;

/// For the last stage and for every stage with a name: on what it is built, what each command runs and in what
/// state, what is copied, and what the image says of itself. `refactoring` tells what it may change besides.
pub fn meaning(refactoring: &str, world: &World) -> Vec<String> {
    let snapshot = world.snapshot();
    let model = snapshot.model();
    let mut told = Vec::new();
    for stage in model.stages() {
        let last = stage.index + 1 == model.stages().len();
        // A stage that was extracted is part of those that are built on it.
        let extracted =
            refactoring == "extract-stage" && stage.name.as_deref().is_some_and(|n| n.starts_with("base"));
        if last || stage.name.is_some() && !extracted {
            told.push(format!("stage {:?}", stage.name));
            told.extend(of_stage(refactoring, &snapshot, model, stage));
        }
    }
    told
}

fn of_stage(refactoring: &str, snapshot: &Snapshot, model: &Model, stage: &Stage) -> Vec<String> {
    let mut chain: Vec<&Stage> = model.with_bases(stage).collect();
    chain.reverse();
    let mut facts = Vec::new();
    for stage in chain {
        match &stage.base {
            Base::Stage(_) => {}
            Base::Scratch => facts.push("from scratch".to_owned()),
            Base::Image { written, reference } => {
                let image = &*reference
                    .as_deref()
                    .map_or_else(|| with_values(model, stage.from, written), str::to_owned);
                let image =
                    if refactoring == "pin-digest" { image.split('@').next().unwrap() } else { image };
                facts.push(format!("from {image} {:?}", stage.platform));
            }
        }
        for (id, instruction) in model.steps(stage) {
            facts.extend(of_step(refactoring, snapshot, id, instruction));
        }
    }
    facts
}

fn of_step(
    refactoring: &str,
    snapshot: &Snapshot,
    id: InstructionId,
    instruction: &Instruction,
) -> Vec<String> {
    let (model, source) = (snapshot.model(), snapshot.source());
    let inlines = refactoring == "inline-arg";
    // Every ARG is told by where it is used.
    let unknown = |text: &str| if inlines { with_values(model, id, text) } else { text.to_owned() };
    let value = |text: &str| model.expanded(id, text).unwrap_or_else(|| unknown(text));
    let flags: BTreeSet<String> = instruction
        .flags
        .iter()
        .map(|flag| format!("--{}={:?}", flag.name, flag.value.as_ref().map(|word| value(&word.text))))
        .collect();
    match instruction.keyword {
        Keyword::Arg if inlines => Vec::new(),
        Keyword::Arg => declarations(instruction)
            .map(|one| format!("ARG {} {:?}", one.name, one.value.map(value)))
            .collect(),
        Keyword::Env | Keyword::Label => {
            let pair = |(name, text): (&plimsoll::syntax::Word, &plimsoll::syntax::Word)| {
                format!("{} {} {}", instruction.keyword, value(&name.text), value(&text.text))
            };
            instruction.pairs().map(pair).collect()
        }
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => {
            let mut context =
                format!("{} {flags:?} {}", instruction.keyword, state(refactoring, snapshot, id));
            if refactoring != "exec-form" {
                context.push_str(if instruction.is_exec() { " exec" } else { " shell" });
            }
            let commands = commands(refactoring, snapshot, id);
            match commands {
                Some(commands) => {
                    commands.into_iter().map(|command| format!("{context}: {command}")).collect()
                }
                None => vec![format!("{context}: {}", instruction.rest_splice(source).text(source))],
            }
        }
        _ => {
            let args: Vec<String> = instruction.args.iter().map(|word| value(&word.text)).collect();
            let bodies: Vec<&str> =
                instruction.heredocs.iter().map(|heredoc| heredoc.body.of(source)).collect();
            let trigger = instruction.trigger.as_ref().map(|trigger| trigger.span.of(source));
            vec![format!("{} {flags:?} {args:?} {bodies:?} {trigger:?}", instruction.keyword)]
        }
    }
}

/// User, folder, shell and variables.
fn state(refactoring: &str, snapshot: &Snapshot, id: InstructionId) -> String {
    let model = snapshot.model();
    let Some(frame) = model.frame(id) else { return String::new() };
    let words = |id: Option<InstructionId>| {
        let args = id.and_then(|id| snapshot.tree().instruction(id)).map(|it| &it.args);
        args.map(|args| args.iter().map(|word| word.text.to_string()).collect::<Vec<_>>())
    };
    let variables: BTreeSet<String> = model
        .variables(id)
        .iter()
        .filter(|variable| refactoring != "inline-arg" || variable.origin == plimsoll::model::Origin::Env)
        .map(|variable| format!("{}={:?}", variable.name, model.value(id, &variable.name)))
        .collect();
    format!("user {:?} in {:?} with {:?} {variables:?}", words(frame.user), frame.workdir, words(frame.shell))
}

/// Each command with what it is tied to the one before by, where it runs, and what the shell was told before it.
fn commands(refactoring: &str, snapshot: &Snapshot, id: InstructionId) -> Option<Vec<String>> {
    let model = snapshot.model();
    let script = model.script(id)?;
    if script.dialect != Dialect::Posix || !script.errors.is_empty() {
        return None;
    }
    let mut told = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for command in script.commands() {
        let mut words: Vec<String> =
            command.words().iter().map(|word| word_of(refactoring, model, id, word)).collect();
        if refactoring == "heredoc" && command.words().iter().map(|word| word.text()).eq(["set", "-e"]) {
            continue;
        }
        if refactoring == "exec-form" && words.first().is_some_and(|word| word == "exec") {
            words.remove(0);
        }
        if refactoring == "sort-packages" {
            sort(&command, snapshot.source(), &mut words);
        }
        // `&&`, `;` after `set -e`, a line break and a new RUN all go on where all went well.
        let nesting = command.nesting;
        let top = nesting == Default::default();
        let link = match command.link {
            Link::Start | Link::And | Link::Newline | Link::Sequence if top => Link::Start,
            link => link,
        };
        let source = snapshot.source();
        let at = |span: Span| match refactoring {
            "inline-arg" => with_values(model, id, span.of(source)),
            _ => span.of(source).to_owned(),
        };
        let assignments: Vec<String> = command.assignments().iter().map(|it| at(it.span)).collect();
        let redirects: Vec<String> = command.redirects().iter().map(|it| at(it.span)).collect();
        let directory = command.directory();
        let text = format!(
            "{link:?} {} {assignments:?} {words:?} {redirects:?} {nesting:?} {directory:?}",
            command.negated
        );
        told.push(format!("{text} after {before:?}"));
        let lasts =
            ["cd", "export", "set", "unset", "umask", ".", "source", "shopt", "trap", "alias", "exec"];
        let apart = nesting.subshell || nesting.substitution || nesting.inner;
        let hands_over = refactoring == "exec-form" && command.is("exec");
        if !apart && !hands_over && (command.words().is_empty() || lasts.iter().any(|name| command.is(name)))
        {
            before.push(text);
        }
    }
    Some(told)
}

fn word_of(refactoring: &str, model: &Model, id: InstructionId, word: &Word) -> String {
    match refactoring {
        "exec-form" => word.value_or_text().into_owned(),
        // In single quotes nothing expands.
        "inline-arg" if word.literal().is_none() => with_values(model, id, &word.with_names()),
        "inline-arg" => word.value_or_text().into_owned(),
        // What it is without its quotes, which ones it has, and what expands in it.
        _ => {
            let quotes: String =
                word.text().chars().filter(|c| matches!(c, '\'' | '"' | '$' | '`')).collect();
            format!("{} {quotes}", word.unquoted())
        }
    }
}

/// The values in place of the variables that the file gives one.
fn with_values(model: &Model, id: InstructionId, text: &str) -> String {
    let mut value = text.to_owned();
    let mut variables: Vec<_> = model.variables(id).iter().collect();
    variables.sort_by_key(|variable| std::cmp::Reverse(variable.name.len()));
    for variable in variables {
        if let Some(known) = &variable.value {
            value = value.replace(&format!("${{{}}}", variable.name), known);
            value = value.replace(&format!("${}", variable.name), known);
        }
    }
    value
}

/// Brings the packages of an install into one order.
fn sort(command: &Command<'_>, source: &str, words: &mut [String]) {
    let Some(action) = packages::of(command).filter(|action| action.verb == Verb::InstallPackages) else {
        return;
    };
    let names: Vec<&str> =
        action.packages.iter().filter(|it| !it.direct && !it.dynamic).map(|it| it.span.of(source)).collect();
    let places: Vec<usize> = (0..words.len()).filter(|at| names.contains(&words[*at].as_str())).collect();
    let mut sorted: Vec<String> = places.iter().map(|at| words[*at].clone()).collect();
    sorted.sort();
    for (at, word) in places.into_iter().zip(sorted) {
        words[at] = word;
    }
}
