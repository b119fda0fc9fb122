use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// STOPSIGNAL takes one signal.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    super::exactly_one(instruction, "a signal, such as `SIGTERM`,", errors);
}
