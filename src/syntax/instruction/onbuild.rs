use super::super::Keyword;
use super::super::error::{ErrorKind, SyntaxError};
use super::super::tree::Instruction;

/// ONBUILD takes an instruction, but not FROM, MAINTAINER or ONBUILD. The instruction's own arguments are
/// judged when an image is built on this one, not here.
pub(super) fn check(instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let Some(trigger) = &instruction.trigger else {
        let message = "ONBUILD needs an instruction behind it, such as `ONBUILD RUN make`.";
        errors.push(super::error(instruction, message.to_owned()));
        return;
    };
    if matches!(trigger.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild) {
        let message = format!("{} can't stand behind ONBUILD.", trigger.keyword);
        errors.push(SyntaxError::new(ErrorKind::Arguments, trigger.keyword_span, message));
    }
}
