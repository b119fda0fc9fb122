//! What BuildKit refuses about an instruction's flags, and what was probably meant.
//!
//! Sources: BuildKit, `frontend/dockerfile/instructions/bflag.go` for the flags themselves,
//! `commands_run*.go` and `parse.go` for their values, `dockerfile2llb` for what is refused later.
//! BuildKit stops at the first fault; every fault is told here, up to a hundred of an instruction.

mod csv;
mod device;
pub mod mount;
mod values;

pub(super) use values::plain;

use crate::catalog::flags::{self as catalog, Flag, FlagValue};
use crate::syntax::suggest;
use crate::text::Span;

/// So many faults of one instruction are told: a text with more is no list of flags that someone wrote.
const MOST_FAULTS: usize = 100;

/// A flag as its text has it: `--name`, or `--name=value` with the value as BuildKit reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawFlag<'a> {
    /// Without the dashes.
    pub name: &'a str,
    /// What follows the first `=`; `None` where there is none.
    pub value: Option<&'a str>,
}

impl<'a> RawFlag<'a> {
    /// Splits a flag's text, which begins with two dashes; `None` where it doesn't.
    pub fn split(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix("--")?;
        Some(match text.split_once('=') {
            Some((name, value)) => Self { name, value: Some(value) },
            None => Self { name: text, value: None },
        })
    }

    /// The name's bytes in the flag's text.
    pub fn name_span(&self) -> Span {
        Span::from(2..2 + self.name.len())
    }

    /// The value's bytes in the flag's text; empty, at its end, where there is none.
    pub fn value_span(&self) -> Span {
        let start = 2 + self.name.len() + usize::from(self.value.is_some());
        Span::from(start..start + self.value.map_or(0, str::len))
    }

    /// All bytes of the flag's text.
    pub fn span(&self) -> Span {
        Span::new(0, self.value_span().end)
    }
}

/// A fault of one flag, for which the build is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagError {
    /// Which of the flags given.
    pub flag: usize,
    /// The bytes at fault, in that flag's own text.
    pub span: Span,
    pub kind: FlagErrorKind,
    /// One sentence, without the suggestion.
    pub message: String,
    pub suggestion: Option<Suggestion>,
}

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The bytes to replace, in the flag's own text.
    pub span: Span,
    pub replacement: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagErrorKind {
    UnknownFlag,
    DuplicateFlag,
    MissingValue,
    /// The value isn't one that the flag, or the mount's key, takes.
    BadValue,
    /// A variable where none is expanded.
    Variable,
    UnknownKey,
    /// A key that this type of mount refuses, or that stands before the type.
    MisplacedKey,
    /// The mount lacks a key that its type needs, or has two that exclude each other.
    Keys,
    /// The mount's value is no comma-separated record.
    Csv,
}

/// A fault, before the flag that it belongs to is known.
struct Fault {
    span: Span,
    kind: FlagErrorKind,
    message: String,
    suggestion: Option<Suggestion>,
}

impl Fault {
    fn new(span: Span, kind: FlagErrorKind, message: impl Into<String>) -> Self {
        Self { span, kind, message: message.into(), suggestion: None }
    }

    fn suggest(mut self, span: Span, replacement: Option<impl Into<String>>) -> Self {
        self.suggestion = replacement.map(|text| Suggestion { span, replacement: text.into() });
        self
    }

    fn shift(mut self, by: u32) -> Self {
        let shift = |span: Span| Span::new(span.start + by, span.end + by);
        self.span = shift(self.span);
        if let Some(suggestion) = &mut self.suggestion {
            suggestion.span = shift(suggestion.span);
        }
        self
    }
}

/// The faults of an instruction's flags, in order. `instruction` is its name in capitals, `escape` the
/// file's escape character. Not for `HEALTHCHECK NONE`, whose flags BuildKit doesn't look at.
pub fn check(instruction: &str, flags: &[RawFlag<'_>], escape: char) -> Vec<FlagError> {
    let mut errors = Vec::new();
    if !catalog::checked(instruction) {
        return errors;
    }
    let mut seen: Vec<&str> = Vec::new();
    for (index, flag) in flags.iter().enumerate() {
        // A lone `--` ends the flags.
        if errors.len() >= MOST_FAULTS || (flag.name.is_empty() && flag.value.is_none()) {
            break;
        }
        let mut add = |fault: Fault| {
            let Fault { span, kind, message, suggestion } = fault;
            errors.push(FlagError { flag: index, span, kind, message, suggestion });
        };
        let Some(spec) = catalog::find(instruction, flag.name) else {
            add(unknown(instruction, flag));
            continue;
        };
        if seen.contains(&flag.name) && !spec.repeatable {
            let message = format!("`--{}` stands here a second time; {instruction} takes it once", flag.name);
            add(Fault::new(flag.span(), FlagErrorKind::DuplicateFlag, message));
            continue;
        }
        seen.push(flag.name);
        check_value(spec, flag, escape).into_iter().for_each(add);
    }
    errors
}

/// Whether a platform may be given by this operating system alone.
pub fn is_system(name: &str) -> bool {
    values::SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn unknown(instruction: &str, flag: &RawFlag<'_>) -> Fault {
    let own = catalog::of(instruction);
    let names = || own.iter().map(|flag| flag.name);
    let others: Vec<&str> = catalog::instructions_with(flag.name).collect();
    let mut message = format!("{instruction} has no flag `--{}`", flag.name);
    if !others.is_empty() {
        message.push_str(&format!("; {} has", others.join(" and ")));
    } else if own.is_empty() {
        message.push_str(", and no other");
    } else {
        let list: Vec<String> = names().map(|name| format!("`--{name}`")).collect();
        message.push_str(&format!("; it has {}", list.join(", ")));
    }
    Fault::new(flag.name_span(), FlagErrorKind::UnknownFlag, message)
        .suggest(flag.name_span(), suggest::nearest(flag.name, names()))
}

fn check_value(spec: &Flag, flag: &RawFlag<'_>, escape: char) -> Vec<Fault> {
    let span = flag.value_span();
    let missing = |what: &str| {
        let message = format!("`--{}` needs a value: `--{}={what}`", spec.name, spec.name);
        vec![Fault::new(flag.span(), FlagErrorKind::MissingValue, message)]
    };
    let Some(value) = flag.value else {
        return if spec.value == FlagValue::Bool { Vec::new() } else { missing(spec.value.placeholder()) };
    };
    if value.is_empty() {
        let empty_is_refused = matches!(
            spec.value,
            FlagValue::Bool | FlagValue::OneOf(_) | FlagValue::Mount | FlagValue::Device
        );
        return if empty_is_refused { missing(spec.value.placeholder()) } else { Vec::new() };
    }
    if spec.value == FlagValue::Mount {
        return mount::check(value, escape).into_iter().map(|fault| fault.shift(span.start)).collect();
    }
    if spec.value == FlagValue::Device {
        return device::check(value).into_iter().map(|fault| fault.shift(span.start)).collect();
    }
    if values::has_variable(value) {
        // What comes out of a variable isn't known here.
        let refused = if spec.expands { None } else { values::variable(spec) };
        let fault = |message| Fault::new(span, FlagErrorKind::Variable, message);
        return refused.map(fault).into_iter().collect();
    }
    // A quote that isn't closed is told where words are expanded.
    let Some(value) = values::unquoted(spec, value, escape) else { return Vec::new() };
    match values::check(spec, &value) {
        Ok(()) => Vec::new(),
        Err((message, meant)) => {
            vec![Fault::new(span, FlagErrorKind::BadValue, message).suggest(span, meant)]
        }
    }
}

#[cfg(test)]
mod tests;
