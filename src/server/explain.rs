//! The command `plimsoll.explain`.

use crate::features::Explanation;
use crate::layers::{Again, Change, Subject, changed_by};
use crate::syntax::InstructionId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::ExecuteCommandParams;
use tower_lsp::jsonrpc::{ErrorCode, Result};

use super::compute::compute_apart;
use super::documents::Version;
use super::execute_command::{EXPLAIN, PATIENCE};
use super::state::failure;
use super::{Server, uri};

/// The changes that are asked about; none of them asks what there is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Changes {
    /// Files: URIs, or paths of the build context.
    changed: Vec<String>,
    /// Build arguments.
    changed_args: Vec<String>,
    /// Whether the base images change.
    changed_base: bool,
}

impl Server {
    /// What is known of the layers of an open Dockerfile, as the JSON of `plimsoll explain`.
    pub(super) async fn explain(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        let version = self.commanded(params, EXPLAIN)?;
        let changes = match params.arguments.as_ref().and_then(|arguments| arguments.get(1)) {
            None | Some(Value::Null) => Changes::default(),
            Some(given) => Changes::deserialize(given).map_err(|error| {
                let reason = format!("{EXPLAIN} can't read what changes: {error}");
                failure(ErrorCode::InvalidParams, reason)
            })?,
        };
        let state = Arc::clone(&self.state);
        compute_apart("workspace/executeCommand", move |cancel| {
            let (version, _) = state.settled(&version, PATIENCE, cancel);
            explained(&version, &changes)
                .map(Some)
                .map_err(|reason| failure(ErrorCode::InvalidParams, reason))
        })
        .await?
    }
}

fn explained(version: &Version, changes: &Changes) -> std::result::Result<Value, String> {
    let snapshot = version.snapshot();
    let subject = snapshot.subject();
    let root = subject.context.and_then(|view| view.root.as_deref());
    let context_path = root.map(|root| root.display().to_string()).unwrap_or_default();
    let named = named(&subject, changes)?;
    let again: HashMap<InstructionId, Again> = changed_by(&subject, &named).into_iter().collect();
    let runs_again = |id: InstructionId| again.get(&id).copied().unwrap_or_default();
    let mut answer = Explanation {
        path: &uri::file_name(&version.uri),
        context_path: &context_path,
        subject,
        scenarios: snapshot.scenarios(),
        again: (!named.is_empty()).then_some(&runs_again as &dyn Fn(InstructionId) -> Again),
        build: None,
    }
    .json();
    answer["uri"] = json!(&*version.uri);
    answer["document_version"] = json!(version.number);
    Ok(answer)
}

fn named(subject: &Subject<'_>, changes: &Changes) -> std::result::Result<Vec<Change>, String> {
    let mut named = Vec::new();
    for file in &changes.changed {
        let path = match (uri::to_path(file), subject.context) {
            (Some(path), Some(view)) => view.relative(&path).filter(|inside| !inside.is_empty()),
            (Some(_), None) => return Err("The build context isn't known, so no file of it is.".to_owned()),
            (None, _) => (!Path::new(file).is_absolute()).then(|| file.clone()),
        };
        let outside = || format!("{file} lies outside of the build context, so no step can take it.");
        named.push(Change::File(path.ok_or_else(outside)?));
    }
    named.extend(changes.changed_args.iter().cloned().map(Change::Arg));
    named.extend(changes.changed_base.then_some(Change::Base));
    Ok(named)
}
