use crate::shell::{self, Dialect, Script};
use crate::syntax::instruction::{Body, Healthcheck, healthcheck, run_body};
use crate::syntax::{Form, Instruction, Keyword, Tree};

/// The commands of an instruction that has some; the trigger's behind ONBUILD.
pub(super) fn of(tree: &Tree, instruction: &Instruction, dialect: Dialect) -> Option<Script> {
    let source = &**tree.source();
    let exec = |words: &[crate::syntax::Word]| shell::exec(words.iter().map(|w| (&*w.text, w.span)), source);
    match instruction.keyword {
        Keyword::Run => Some(match run_body(instruction, source) {
            Body::Shell(script) => shell::parse(&script, source, dialect),
            // What its `#!` names isn't known to be a shell.
            Body::Script(script) => {
                let first = script.text(source).lines().next().unwrap_or("");
                let program = first.trim_start_matches("#!").trim();
                if !["sh", "bash", "dash", "ash", "ksh"].iter().any(|shell| program.ends_with(shell)) {
                    return None;
                }
                shell::parse(&script, source, Dialect::Posix)
            }
            Body::Exec => exec(&instruction.args),
        }),
        Keyword::Cmd | Keyword::Entrypoint => Some(match instruction.form {
            Form::Exec => exec(&instruction.args),
            _ => shell::parse(&instruction.rest_splice(source), source, dialect),
        }),
        Keyword::Healthcheck => match healthcheck(instruction)? {
            Healthcheck::Command { words, exec: true } => Some(exec(words)),
            Healthcheck::Command { words: [command], .. } => {
                let at = instruction.logical.text(source).rfind(&*command.text)? as u32;
                let span = crate::text::Span::new(at, at + command.text.len() as u32);
                Some(shell::parse(&instruction.logical.slice(span, source), source, dialect))
            }
            _ => None,
        },
        Keyword::Onbuild => of(tree, instruction.trigger.as_deref()?, dialect),
        _ => None,
    }
}
