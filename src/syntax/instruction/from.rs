use super::super::error::{ErrorKind, SyntaxError};
use super::super::tree::{Instruction, Word};

/// FROM, which starts a stage.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    /// The base: an image reference, the name of an earlier stage, or `scratch`, variables still in.
    pub image: &'a Word,
    /// The name behind AS, as it is written; BuildKit compares it in lower case.
    pub name: Option<&'a Word>,
    /// The value of `--platform`.
    pub platform: Option<&'a Word>,
}

/// Reads FROM; None where it has no image.
pub fn from(instruction: &Instruction) -> Option<From<'_>> {
    let image = instruction.args.first()?;
    let named = instruction.args.get(1).is_some_and(|word| word.text.eq_ignore_ascii_case("as"));
    let name = if named { instruction.args.get(2) } else { None };
    let platform = instruction.flag("platform").and_then(|flag| flag.value.as_ref());
    Some(From { image, name, platform })
}

/// FROM takes `image` or `image AS name`, the name a plain word.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    match &instruction.args[..] {
        [_] => {}
        [_, keyword, name] if keyword.text.eq_ignore_ascii_case("as") => {
            let lower = name.text.to_lowercase();
            let plain = lower.starts_with(|c: char| c.is_ascii_lowercase())
                && lower.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
            if !plain {
                let message = format!(
                    "`{}` can't name a stage: a name starts with a letter and goes on with letters, digits, \
                     `-`, `_` and `.`.",
                    name.text
                );
                errors.push(SyntaxError::new(ErrorKind::Arguments, name.span, message));
            }
        }
        [] => {
            let message = "FROM needs an image behind it, such as `FROM node:22-alpine`.";
            errors.push(super::error(instruction, message.to_owned()));
        }
        _ => {
            let message = "FROM takes an image, and perhaps a name for the stage: `FROM image AS name`.";
            errors.push(super::error(instruction, message.to_owned()));
        }
    }
}
