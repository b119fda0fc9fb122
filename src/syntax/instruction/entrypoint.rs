use super::super::error::SyntaxError;
use super::super::tree::Instruction;

/// BuildKit takes ENTRYPOINT in any form, an empty one too.
pub(super) fn check(_instruction: &Instruction, _errors: &mut Vec<SyntaxError>) {}
