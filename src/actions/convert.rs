//! The single-stage Dockerfile as a multi-stage one, with the other files that this needs.

use super::{Action, ActionKind, CodeAction, Request};
use crate::convert::{self, Outcome};
use crate::text::WorkspaceEdit;

pub(super) const ACTION: Action = Action { kind: ActionKind::RefactorRewrite, list, resolve };

const ID: &str = "convert";
const TITLE: &str = "Convert to a multi-stage build with Next.js standalone output";

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let offer = |title: String, disabled: Option<String>, reaches_other_files: bool| {
        vec![CodeAction {
            id: ID.to_owned(),
            title,
            kind: ActionKind::RefactorRewrite,
            fixes: Vec::new(),
            preferred: false,
            disabled,
            opens_rule: None,
            reaches_other_files,
        }]
    };
    match convert::convert(&request.subject, &[]) {
        None => Vec::new(),
        Some(Outcome::Converted(conversion)) => {
            offer(conversion.title, None, conversion.edit.reaches_other_files())
        }
        Some(Outcome::Refused(reason)) => offer(TITLE.to_owned(), Some(reason.message), true),
        Some(Outcome::Question(questions)) => {
            let asked = questions.first().map(|question| question.message.clone());
            offer(TITLE.to_owned(), asked.or_else(|| Some("A question is open.".to_owned())), true)
        }
    }
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    (id == ID).then(|| match convert::convert(&request.subject, &[]) {
        Some(Outcome::Converted(conversion)) => Ok(conversion.edit),
        Some(Outcome::Refused(reason)) => Err(reason.message),
        _ => Err("The file can't be converted as it stands now.".to_owned()),
    })
}
