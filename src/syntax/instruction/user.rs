use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// USER takes one user, perhaps with a group.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::exactly_one(instruction, "a user, such as `node` or `1000:1000`,", errors);
}
