use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// MAINTAINER takes one text.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::exactly_one(instruction, "a name", errors);
}
