use super::super::error::SyntaxError;
use super::super::tree::{Form, Instruction};

/// SHELL takes the exec form only, with at least one string.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    if instruction.form != Form::Exec || instruction.args.is_empty() {
        let message = "SHELL takes the exec form, such as `SHELL [\"/bin/bash\", \"-c\"]`.";
        errors.push(super::error(instruction, message.to_owned()));
    }
}
