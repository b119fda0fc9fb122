use super::super::error::{ErrorKind, SyntaxError};
use super::super::tree::Instruction;

/// VOLUME takes paths, none of them empty.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::at_least_one(instruction, "a path, such as `/data`,", errors);
    for path in instruction.args.iter().filter(|path| path.text.trim().is_empty()) {
        let message = "A volume's path can't be empty.";
        errors.push(SyntaxError::new(ErrorKind::Arguments, path.span, message));
    }
}
