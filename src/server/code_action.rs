//! `textDocument/codeAction`.

use crate::features;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::gen_lsp_types::{CodeAction, CodeActionDisabled, CodeActionKind, CodeActionParams, Command};
use tower_lsp::jsonrpc::Result;

use super::compute::{Cancel, answer};
use super::documents::Version;
use super::encoded::Encoded;
use super::execute_command::SHOW_RULE;
use super::lookups::Need;
use super::state::State;
use super::{Server, ignores, to_lsp, workspace_edit};

/// How long a list of actions waits for the disk. An action offered from an older look is still safe:
/// its edit is checked against the files when it is taken.
const PATIENCE: Duration = Duration::from_secs(2);

impl Server {
    pub async fn code_action(&self, params: CodeActionParams) -> Result<Encoded<Option<Vec<CodeAction>>>> {
        if let Some(version) = ignores::asked(&self.state, &params.text_document.uri) {
            let state = Arc::clone(&self.state);
            let fixes = move |cancel: &Cancel| {
                let file = state.ignores.settled(&version, cancel);
                Some(ignores::actions(&state, &version, &file, params.range, &asked_for(&params)))
            };
            return answer("textDocument/codeAction", fixes).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        self.state.look(&version.uri, Need::Check);
        let state = Arc::clone(&self.state);
        answer("textDocument/codeAction", move |cancel| {
            let (version, _) = state.settled(&version, PATIENCE, cancel);
            Some(list(&state, &version, &params, cancel))
        })
        .await
    }
}

/// The kinds of action that are asked for; none for all.
fn asked_for(params: &CodeActionParams) -> Vec<String> {
    params.context.only.iter().flatten().map(|kind| String::from(kind.clone())).collect()
}

fn list(state: &State, version: &Version, params: &CodeActionParams, cancel: &Cancel) -> Vec<CodeAction> {
    let (snapshot, session) = (version.snapshot(), state.session());
    let span = to_lsp::span(params.range, version, session);
    let found = features::code_actions(snapshot, span, &asked_for(params));
    let mut actions = Vec::with_capacity(found.len());
    for action in found {
        if cancel.is_cancelled() {
            break;
        }
        let mut disabled = action.disabled.clone();
        if action.reaches_other_files && !session.creates_files {
            disabled.get_or_insert_with(|| {
                "It changes several files, and this editor doesn't say that it can create files for a server."
                    .to_string()
            });
        }
        let edits = action.opens_rule.is_none() && disabled.is_none();
        let mut edit = None;
        if edits && !session.resolves_edits {
            match features::resolve(snapshot, &action.id) {
                Ok(resolved) => match workspace_edit::to_lsp(&resolved, version, session, &state.documents) {
                    Ok(resolved) => edit = Some(resolved),
                    Err(refusal) => disabled = Some(refusal.into_reason()),
                },
                Err(reason) => disabled = Some(reason),
            }
        }
        if disabled.is_some() && !session.shows_disabled {
            continue;
        }
        let fixes: Vec<_> = action
            .fixes
            .iter()
            .filter_map(|index| snapshot.diagnostics().get(*index))
            .map(|found| to_lsp::diagnostic(found, version, session))
            .collect();
        let enabled = disabled.is_none();
        actions.push(CodeAction {
            title: action.title.clone(),
            kind: Some(CodeActionKind::from(action.kind.as_str().to_string())),
            diagnostics: (!fixes.is_empty()).then_some(fixes),
            is_preferred: (action.preferred && enabled && session.shows_preferred).then_some(true),
            disabled: disabled.map(CodeActionDisabled::new),
            edit,
            command: action.opens_rule.map(|rule| Command {
                title: action.title,
                tooltip: None,
                command: SHOW_RULE.to_string(),
                arguments: Some(vec![json!(rule)]),
            }),
            data: (edits && session.resolves_edits)
                .then(|| json!({"uri": &*version.uri, "version": version.number, "id": action.id})),
            ..Default::default()
        });
    }
    actions
}
