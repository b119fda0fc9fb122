use super::super::Form;
use super::super::error::{ErrorKind, SyntaxError};
use super::super::tree::{Instruction, Word};

/// HEALTHCHECK.
#[derive(Clone, Copy, Debug)]
pub enum Healthcheck<'a> {
    /// `NONE`: the check of the base image is switched off.
    None,
    /// `CMD` and what it runs: one text for the shell, or words.
    Command { words: &'a [Word], exec: bool },
}

/// Reads HEALTHCHECK; None where its type is neither NONE nor CMD.
pub fn healthcheck(instruction: &Instruction) -> Option<Healthcheck<'_>> {
    let (kind, words) = instruction.args.split_first()?;
    if kind.text.eq_ignore_ascii_case("none") {
        Some(Healthcheck::None)
    } else if kind.text.eq_ignore_ascii_case("cmd") {
        Some(Healthcheck::Command { words, exec: instruction.form == Form::Check { exec: true } })
    } else {
        None
    }
}

/// HEALTHCHECK takes `NONE` alone or `CMD` with a command.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let Some(kind) = instruction.args.first() else {
        let message = "HEALTHCHECK needs `CMD` and a command behind it, or `NONE`.";
        errors.push(super::error(instruction, message.to_owned()));
        return;
    };
    match healthcheck(instruction) {
        Some(Healthcheck::None) if instruction.args.len() > 1 => {
            let message = "HEALTHCHECK NONE takes nothing behind it.";
            errors.push(SyntaxError::new(ErrorKind::Arguments, instruction.args[1].span, message));
        }
        Some(Healthcheck::Command { words: [], .. }) => {
            let message = "HEALTHCHECK CMD needs a command behind it.";
            errors.push(SyntaxError::new(ErrorKind::Arguments, kind.span, message));
        }
        None => {
            let message =
                format!("HEALTHCHECK takes `CMD` and a command, or `NONE`; `{}` is neither.", kind.text);
            errors.push(SyntaxError::new(ErrorKind::Arguments, kind.span, message));
        }
        Some(_) => {}
    }
}
