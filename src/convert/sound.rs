//! What every recipe asks of a file before it looks closer.

use super::refuse::{Stop, refused, refused_at};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::{Form, Keyword, parse};
use std::sync::Arc;

/// The only stage of a file that BuildKit takes, as it is one for Linux.
pub(super) fn single_stage<'a>(subject: &Subject<'a>) -> Result<&'a Stage, Stop> {
    let stages = subject.model.stages();
    if let [_, second, ..] = stages
        && let Some(second) = subject.instruction(second.from)
    {
        return Err(refused_at(
            "already-multi-stage",
            second,
            format!(
                "This file has {} stages already; the second begins on line {}.",
                stages.len(),
                second.first_line
            ),
        ));
    }
    let (_, errors) = parse(Arc::clone(subject.source()));
    if let Some(error) = errors.first() {
        let line = subject.tree().lines().line(error.span.start) + 1;
        return Err(refused(
            "syntax-error",
            error.span,
            format!("Line {line} doesn't build: {}", error.message),
        ));
    }
    let Some(stage) = stages.first() else { return Err(Stop::NotMine) };
    for (_, instruction) in subject.model.steps(stage) {
        match instruction.keyword {
            Keyword::Onbuild => {
                return Err(refused_at(
                    "onbuild",
                    instruction,
                    format!(
                        "ONBUILD on line {} runs in images built on this one, which a second stage would change.",
                        instruction.first_line
                    ),
                ));
            }
            Keyword::Cmd | Keyword::Entrypoint
                if instruction.form != Form::Exec
                    && instruction.rest_span().of(subject.source()).trim_start().starts_with('[') =>
            {
                return Err(refused_at(
                    "malformed-exec-form",
                    instruction,
                    format!(
                        "{} on line {} begins like the exec form but isn't a JSON array of strings in double \
                         quotes, so a shell would be given the bracket.",
                        instruction.keyword, instruction.first_line
                    ),
                ));
            }
            _ => {}
        }
    }
    if let Some(instruction) = subject.instruction(stage.from)
        && stage.windows
    {
        return Err(refused_at(
            "windows-base",
            instruction,
            format!("Line {} builds on Windows; the recipe knows Linux images only.", instruction.first_line),
        ));
    }
    Ok(stage)
}
