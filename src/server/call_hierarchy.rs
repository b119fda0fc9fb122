//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls` and `callHierarchy/outgoingCalls`.

use crate::features::{self, StageCall, StageItem};
use serde_json::json;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, SymbolKind, Uri,
};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
use super::documents::Version;
use super::session::Session;
use super::{Server, to_lsp};

impl Server {
    pub async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        let state = Arc::clone(&self.state);
        compute("textDocument/prepareCallHierarchy", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let stage = features::stage_at(version.snapshot(), offset)?;
            Some(vec![item(stage, &version, session)])
        })
        .await
    }

    pub async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let calls = self.calls("callHierarchy/incomingCalls", params.item, features::incoming_calls).await?;
        let calls = calls.map(|(calls, version)| {
            let session = self.state.session();
            let calls = calls.into_iter().map(|call| CallHierarchyIncomingCall {
                from_ranges: ranges(&call, &version, session),
                from: item(call.stage, &version, session),
            });
            calls.collect()
        });
        Ok(calls)
    }

    pub async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let calls = self.calls("callHierarchy/outgoingCalls", params.item, features::outgoing_calls).await?;
        let calls = calls.map(|(calls, version)| {
            let session = self.state.session();
            let calls = calls.into_iter().map(|call| CallHierarchyOutgoingCall {
                from_ranges: ranges(&call, &version, session),
                to: item(call.stage, &version, session),
            });
            calls.collect()
        });
        Ok(calls)
    }

    /// What `of` says of the stage that the client's item means, in the document as it is now. Nothing where
    /// the document was closed or the stage is gone meanwhile.
    async fn calls(
        &self,
        method: &'static str,
        item: CallHierarchyItem,
        of: fn(&features::Snapshot, usize) -> Vec<StageCall>,
    ) -> Result<Option<(Vec<StageCall>, Arc<Version>)>> {
        let Ok(Some(version)) = self.state.version(&item.uri.0) else { return Ok(None) };
        compute(method, move |_| {
            let index = item.data.as_ref().and_then(|data| data["stage"].as_u64()).unwrap_or_default();
            let index = usize::try_from(index).unwrap_or_default();
            let stage = features::stage_again(version.snapshot(), index, &item.name)?;
            Some((of(version.snapshot(), stage.index), version))
        })
        .await
    }
}

fn ranges(call: &StageCall, version: &Version, session: &Session) -> Vec<tower_lsp::gen_lsp_types::Range> {
    call.places.iter().map(|span| to_lsp::range_of(*span, version, session)).collect()
}

fn item(stage: StageItem, version: &Version, session: &Session) -> CallHierarchyItem {
    CallHierarchyItem {
        name: stage.name,
        kind: SymbolKind::Module,
        tags: None,
        detail: (!stage.detail.is_empty()).then_some(stage.detail),
        uri: Uri(version.uri.to_string()),
        range: to_lsp::range_of(stage.span, version, session),
        selection_range: to_lsp::range_of(stage.selection, version, session),
        data: Some(json!({"stage": stage.index})),
    }
}
