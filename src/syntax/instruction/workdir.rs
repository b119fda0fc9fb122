use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// WORKDIR takes one path, blanks included.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::exactly_one(instruction, "a path, such as `/app`,", errors);
}
