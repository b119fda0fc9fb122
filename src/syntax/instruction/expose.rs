use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// EXPOSE takes ports.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::at_least_one(instruction, "a port, such as `EXPOSE 8080`,", errors);
}
