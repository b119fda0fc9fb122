use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// ADD takes what COPY takes.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::copy::check(instruction, errors);
}
