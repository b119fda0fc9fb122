use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// ENV takes names and values.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::named_pairs(instruction, "`name=value`", errors);
}
