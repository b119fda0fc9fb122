//! The instructions: one file each, with its arguments as fields and what BuildKit refuses of it.
//!
//! Source: BuildKit `frontend/dockerfile/instructions/parse.go`.

mod add;
mod arg;
mod cmd;
mod copy;
mod entrypoint;
mod env;
mod expose;
mod from;
mod healthcheck;
mod label;
mod maintainer;
mod onbuild;
mod run;
mod shell;
mod sources;
mod stopsignal;
mod user;
mod volume;
mod workdir;

pub use arg::{Declaration, declarations};
pub use copy::{Copy, Origin, copy};
pub use from::{From, from};
pub use healthcheck::{Healthcheck, healthcheck};
pub use run::{Body, heredoc_body, run_body};
pub use sources::SourceKind;

use super::arguments::Input;
use super::error::{ErrorKind, SyntaxError};
use super::tree::{Flag, Instruction, Item};
use super::{Keyword, flags};
use crate::text::{Edit, Span};

/// Adds what BuildKit refuses of one instruction.
pub(super) fn check(input: &Input<'_>, instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let before = errors.len();
    match instruction.keyword {
        Keyword::Add => add::check(instruction, errors),
        Keyword::Arg => arg::check(instruction, errors),
        Keyword::Cmd => cmd::check(instruction, errors),
        Keyword::Copy => copy::check(instruction, errors),
        Keyword::Entrypoint => entrypoint::check(instruction, errors),
        Keyword::Env => env::check(instruction, errors),
        Keyword::Expose => expose::check(instruction, errors),
        Keyword::From => from::check(instruction, errors),
        Keyword::Healthcheck => healthcheck::check(instruction, errors),
        Keyword::Label => label::check(instruction, errors),
        Keyword::Maintainer => maintainer::check(instruction, errors),
        Keyword::Onbuild => onbuild::check(instruction, errors),
        Keyword::Run => run::check(instruction, errors),
        Keyword::Shell => shell::check(instruction, errors),
        Keyword::Stopsignal => stopsignal::check(instruction, errors),
        Keyword::User => user::check(instruction, errors),
        Keyword::Volume => volume::check(instruction, errors),
        Keyword::Workdir => workdir::check(instruction, errors),
        Keyword::Unknown => return,
    }
    if errors.len() == before {
        check_flags(input, instruction, errors);
    }
    if errors.len() == before && matches!(instruction.keyword, Keyword::Add | Keyword::Copy) {
        sources::check(input, instruction, errors);
    }
}

fn check_flags(input: &Input<'_>, instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let nothing_checked = instruction.keyword == Keyword::Healthcheck
        && matches!(healthcheck(instruction), Some(Healthcheck::None));
    if nothing_checked || instruction.flags.is_empty() {
        return;
    }
    let raw: Vec<flags::RawFlag<'_>> = instruction
        .flags
        .iter()
        .map(|flag| flags::RawFlag { name: &flag.name, value: flag.value.as_ref().map(|v| &*v.text) })
        .collect();
    for fault in flags::check(instruction.keyword.as_str(), &raw, input.escape) {
        let flag = &instruction.flags[fault.flag];
        let place = |within: Span| place_in_flag(input, flag, within);
        let mut message = fault.message;
        if !message.ends_with('.') {
            message.push('.');
        }
        if let Some(suggestion) = &fault.suggestion {
            message.push_str(&format!(" Did you mean `{}`?", suggestion.replacement));
        }
        let mut error = SyntaxError::new(ErrorKind::Flag, place(fault.span), message);
        if let Some(meant) = fault.suggestion {
            let title = format!("Change to `{}`", meant.replacement);
            error = error.with_fix(title, Edit::replace(place(meant.span), meant.replacement));
        }
        errors.push(error);
    }
}

/// Where `within`, bytes of the flag's text without quotes and continuations, stands in the file. Where the
/// two texts differ the nearest whole part is taken.
fn place_in_flag(input: &Input<'_>, flag: &Flag, within: Span) -> Span {
    let value_at = (flag.name.len() + 3) as u32;
    match &flag.value {
        Some(value) if within.start >= value_at => {
            if value.span.of(input.source) == &*value.text {
                let shift = |offset: u32| value.span.start + offset - value_at;
                Span::new(shift(within.start), shift(within.end))
            } else {
                value.span
            }
        }
        _ if within.start >= 2 && within.end < value_at => flag.name_span,
        _ => flag.span,
    }
}

/// Adds what BuildKit refuses of the file as a whole: instructions before the first FROM, and none at all.
pub(super) fn check_structure(source: &str, items: &[Item], errors: &mut Vec<SyntaxError>) {
    let mut instructions = items.iter().filter_map(Item::instruction).peekable();
    if instructions.peek().is_none() {
        let message = "There are no instructions in this file, so there is nothing to build. Start with \
                       `FROM image`.";
        let first = source.trim_end().chars().next().map_or(0, char::len_utf8);
        errors.push(SyntaxError::new(ErrorKind::NoStages, Span::new(0, first as u32), message));
        return;
    }
    let mut any_stage = false;
    let mut last = Span::default();
    for instruction in instructions {
        last = instruction.keyword_span;
        match instruction.keyword {
            Keyword::From => {
                any_stage = true;
                break;
            }
            Keyword::Arg | Keyword::Unknown => {}
            keyword => {
                let message = format!(
                    "{keyword} stands before the first FROM, where only ARG may stand. Move it below the \
                     FROM of its stage."
                );
                errors.push(SyntaxError::new(ErrorKind::BeforeFrom, instruction.keyword_span, message));
            }
        }
    }
    if !any_stage && errors.is_empty() {
        let message = "This file has no FROM, so there is no stage to build.";
        errors.push(SyntaxError::new(ErrorKind::NoStages, last, message));
    }
}

fn error(instruction: &Instruction, message: String) -> SyntaxError {
    let span = if instruction.rest.is_empty() { instruction.keyword_span } else { instruction.rest_span() };
    SyntaxError::new(ErrorKind::Arguments, span, message)
}

fn exactly_one(instruction: &Instruction, what: &str, errors: &mut Vec<SyntaxError>) {
    if instruction.args.len() != 1 {
        let message = format!("{} needs {what} behind it.", instruction.keyword);
        errors.push(error(instruction, message));
    }
}

fn at_least_one(instruction: &Instruction, what: &str, errors: &mut Vec<SyntaxError>) {
    if instruction.args.is_empty() {
        errors.push(error(instruction, format!("{} needs {what} behind it.", instruction.keyword)));
    }
}

/// ENV and LABEL: at least one pair, and no empty name.
fn named_pairs(instruction: &Instruction, what: &str, errors: &mut Vec<SyntaxError>) {
    if instruction.rest.is_empty() {
        errors.push(error(instruction, format!("{} needs {what} behind it.", instruction.keyword)));
    }
    for (name, _) in instruction.pairs() {
        if name.text.is_empty() {
            let span = Span::new(name.span.start, name.span.start + 1);
            let message = format!("There is no name before the `=`. {} takes {what}.", instruction.keyword);
            errors.push(SyntaxError::new(ErrorKind::Arguments, span, message));
        }
    }
}
