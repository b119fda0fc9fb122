//! `textDocument/semanticTokens/full`, `full/delta` and `range`.

use crate::features::{self, Manner, TOKEN_MODIFIERS, TOKEN_TYPES};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tower_lsp::gen_lsp_types::{
    Full, SemanticToken, SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams,
    SemanticTokensDeltaResponse, SemanticTokensEdit, SemanticTokensFullDelta, SemanticTokensLegend,
    SemanticTokensOptions, SemanticTokensParams, SemanticTokensRangeParams, WorkDoneProgressOptions,
};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::session::Session;
use super::{Server, lock, to_lsp};

/// What each document's tokens were when they were last sent whole or as a change.
#[derive(Default)]
pub struct Sent {
    by_document: Mutex<HashMap<Arc<str>, Last>>,
}

/// The number that a document's tokens went out by, and the tokens.
type Last = (u64, Arc<[u32]>);

impl Sent {
    /// Notes what is sent now; the number that the client will name it by.
    fn note(&self, uri: &Arc<str>, data: &Arc<[u32]>) -> u64 {
        let mut sent = lock(&self.by_document);
        let number = sent.get(uri).map_or(1, |(number, _)| number.wrapping_add(1));
        sent.insert(Arc::clone(uri), (number, Arc::clone(data)));
        number
    }

    fn get(&self, uri: &str, number: &str) -> Option<Arc<[u32]>> {
        let sent = lock(&self.by_document);
        let (last, data) = sent.get(uri)?;
        (last.to_string() == number).then(|| Arc::clone(data))
    }

    /// The document was closed.
    pub fn forget(&self, uri: &str) {
        lock(&self.by_document).remove(uri);
    }
}

/// What the server offers.
pub fn options() -> SemanticTokensOptions {
    SemanticTokensOptions {
        legend: SemanticTokensLegend {
            token_types: TOKEN_TYPES.map(str::to_string).to_vec(),
            token_modifiers: TOKEN_MODIFIERS.map(str::to_string).to_vec(),
        },
        range: Some(true.into()),
        full: Some(Full::SemanticTokensFullDelta(SemanticTokensFullDelta { delta: Some(true) })),
        work_done_progress_options: WorkDoneProgressOptions::default(),
    }
}

impl Server {
    pub async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Encoded<Option<SemanticTokens>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/semanticTokens/full", move |_| {
            let data = features::encoded_tokens(version.snapshot(), None, manner(state.session()));
            let data: Arc<[u32]> = data.into();
            let number = state.tokens.note(&version.uri, &data);
            Some(SemanticTokens { result_id: Some(number.to_string()), data: tokens(&data) })
        })
        .await
    }

    pub async fn semantic_tokens_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Encoded<Option<SemanticTokensDeltaResponse>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/semanticTokens/full/delta", move |_| {
            let data = features::encoded_tokens(version.snapshot(), None, manner(state.session()));
            let data: Arc<[u32]> = data.into();
            let before = state.tokens.get(&version.uri, &params.previous_result_id);
            let result_id = Some(state.tokens.note(&version.uri, &data).to_string());
            let Some(before) = before else {
                let data = tokens(&data);
                return Some(SemanticTokensDeltaResponse::SemanticTokens(SemanticTokens { result_id, data }));
            };
            let edits = features::difference(&before, &data).into_iter().map(|edit| SemanticTokensEdit {
                start: edit.start as u32,
                delete_count: edit.delete as u32,
                data: (!edit.insert.is_empty()).then_some(edit.insert),
            });
            let delta = SemanticTokensDelta { result_id, edits: edits.collect() };
            Some(SemanticTokensDeltaResponse::SemanticTokensDelta(delta))
        })
        .await
    }

    pub async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Encoded<Option<SemanticTokens>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/semanticTokens/range", move |_| {
            let session = state.session();
            let span = to_lsp::span(params.range, &version, session);
            let data = features::encoded_tokens(version.snapshot(), Some(span), manner(session));
            Some(SemanticTokens { result_id: None, data: tokens(&data) })
        })
        .await
    }
}

fn manner(session: &Session) -> Manner {
    Manner { encoding: session.encoding, multiline: session.multiline_tokens }
}

fn tokens(data: &[u32]) -> Vec<SemanticToken> {
    let tokens = data.as_chunks::<5>().0.iter();
    let tokens = tokens.map(|&[delta_line, delta_start, length, token_type, token_modifiers_bitset]| {
        SemanticToken { delta_line, delta_start, length, token_type, token_modifiers_bitset }
    });
    tokens.collect()
}
