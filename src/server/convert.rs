//! The command `plimsoll.convert`.

use crate::convert::{self, Conversion, Note, Outcome, Reason, Recipe};
use crate::features;
use crate::layers::{Size, Total};
use crate::text::LineTable;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::ExecuteCommandParams;
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute_apart;
use super::documents::Version;
use super::execute_command::{CONVERT, PATIENCE};
use super::state::{State, failure};
use super::workspace_edit;
use super::{Server, uri};

impl Server {
    /// The conversion of an open Dockerfile, and its edit, which is not made: the client shows it and makes it.
    pub(super) async fn convert(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        let version = self.commanded(params, CONVERT)?;
        let answers = match params.arguments.as_ref().and_then(|arguments| arguments.get(1)) {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(given) => BTreeMap::<String, String>::deserialize(given).map_err(|error| {
                let reason = format!("{CONVERT} can't read the answers: {error}");
                failure(ErrorCode::InvalidParams, reason)
            })?,
        };
        let answers: Vec<(String, String)> = answers.into_iter().collect();
        let state = Arc::clone(&self.state);
        compute_apart("workspace/executeCommand", move |cancel| {
            let (version, in_time) = state.settled(&version, PATIENCE, cancel);
            let subject = version.snapshot().subject();
            let proposal = convert::convert(&subject, &answers);
            let recipe = proposal.as_ref().map(|proposal| proposal.recipe);
            Some(match proposal.map(|proposal| proposal.outcome) {
                _ if !in_time => {
                    refused("The files beside the Dockerfile couldn't be looked at in time; try again.")
                }
                None => refused(&convert::no_recipe(&subject, None).message),
                Some(Outcome::Refused(reason)) => answer("refused", |answer| {
                    answer["reason"] = place(&version, &reason);
                }),
                Some(Outcome::Question(questions)) => answer("question", |answer| {
                    answer["questions"] = questions.iter().map(features::question).collect();
                }),
                Some(Outcome::Converted(conversion)) => converted(&state, &version, recipe, &conversion),
            })
        })
        .await
    }
}

fn converted(state: &State, version: &Version, recipe: Option<&Recipe>, conversion: &Conversion) -> Value {
    let edit = match workspace_edit::to_lsp(&conversion.edit, version, state.session(), &state.documents) {
        Ok(edit) => edit,
        Err(refusal) => return refused(&refusal.into_reason()),
    };
    let sizes = convert::estimate(&version.snapshot().subject(), conversion);
    answer("converted", |answer| {
        answer["title"] = json!(recipe.map(|recipe| recipe.title));
        answer["edit"] = json!(edit);
        answer["notes"] = conversion.notes.iter().map(|one| note(version, one)).collect();
        answer["estimate"] = json!({"before": size(sizes.before), "after": size(sizes.after)});
    })
}

/// All fields of the answer, filled by `fill`.
fn answer(outcome: &str, fill: impl FnOnce(&mut Value)) -> Value {
    let mut answer = json!({
        "version": 1,
        "outcome": outcome,
        "title": null,
        "reason": null,
        "questions": [],
        "edit": null,
        "notes": [],
        "estimate": {"before": null, "after": null},
    });
    fill(&mut answer);
    answer
}

fn refused(message: &str) -> Value {
    answer("refused", |answer| answer["reason"] = json!({"code": null, "message": message}))
}

fn place(version: &Version, reason: &Reason) -> Value {
    json!({
        "code": reason.code,
        "message": reason.message,
        "uri": uri_of(version, reason.path.as_deref()),
        "line": reason.path.is_none().then(|| line(version, reason.span)).flatten(),
    })
}

fn note(version: &Version, note: &Note) -> Value {
    json!({
        "severity": if note.warning { "warning" } else { "info" },
        "message": note.message,
        "uri": uri_of(version, note.path.as_deref()),
        "line": note.path.is_none().then(|| line(version, note.span)).flatten(),
    })
}

fn uri_of(version: &Version, path: Option<&Path>) -> String {
    path.map_or_else(|| version.uri.to_string(), uri::from_path)
}

/// The 1-based line of a place in the Dockerfile.
fn line(version: &Version, span: Option<crate::text::Span>) -> Option<u32> {
    Some(LineTable::physical(&version.text()).line(span?.start) + 1)
}

fn size(size: Option<Size>) -> Value {
    size.map_or(Value::Null, |size| {
        json!({
            "low": size.low,
            "likely": size.likely,
            "high": size.high,
            "basis": size.basis.as_str(),
            "shown": Total::of([Some(size)]).short(),
        })
    })
}
