//! Turns on Next.js' standalone output in next.config, and leaves the Dockerfile as it is.

use super::{Action, ActionKind, CodeAction, Request};
use crate::context::{Project, View};
use crate::layers::builds_next;
use crate::syntax::Keyword;
use crate::text::WorkspaceEdit;

pub(super) const ACTION: Action = Action { kind: ActionKind::RefactorRewrite, list, resolve };

const ID: &str = "standalone-output";

fn list(request: &Request<'_>) -> Vec<CodeAction> {
    let Some((view, project)) = app(request) else { return Vec::new() };
    if !is_here(request) || project.turn_on_standalone(view).is_err() {
        return Vec::new();
    }
    vec![CodeAction {
        id: ID.to_owned(),
        title: "Turn on Next.js standalone output in next.config".to_owned(),
        kind: ActionKind::RefactorRewrite,
        fixes: Vec::new(),
        preferred: false,
        disabled: None,
        opens_rule: None,
        reaches_other_files: true,
    }]
}

fn resolve(request: &Request<'_>, id: &str) -> Option<Result<WorkspaceEdit, String>> {
    (id == ID).then(|| {
        let (view, project) = app(request).ok_or("The file no longer builds a Next.js app.")?;
        project.turn_on_standalone(view).map(|file| WorkspaceEdit { files: vec![file] })
    })
}

/// The only Next.js app of the build context.
fn app<'a>(request: &Request<'a>) -> Option<(&'a View, &'a Project)> {
    let view = request.subject.context.filter(|view| view.root.is_some())?;
    let mut apps = view.projects.iter().filter(|project| project.package().is_some() && project.uses_next());
    let (Some(project), None) = (apps.next(), apps.next()) else { return None };
    Some((view, project))
}

/// Whether the selection is on a step that builds the app or copies what the build wrote.
fn is_here(request: &Request<'_>) -> bool {
    let subject = request.subject;
    let at = subject.tree().id_at(request.span.start);
    let Some((id, instruction)) = at.and_then(|id| Some((id, subject.instruction(id)?))) else {
        return false;
    };
    match instruction.keyword {
        Keyword::Run => subject
            .model
            .script(id)
            .is_some_and(|script| script.commands().iter().any(|command| builds_next(&subject, command))),
        Keyword::Copy => instruction.span.of(subject.source()).contains(".next"),
        _ => false,
    }
}
