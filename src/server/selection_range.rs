//! `textDocument/selectionRange`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{SelectionRange, SelectionRangeParams};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::{Server, to_lsp};

impl Server {
    pub async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Encoded<Option<Vec<SelectionRange>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/selectionRange", move |cancel| {
            let session = state.session();
            let mut ranges = Vec::with_capacity(params.positions.len());
            for position in params.positions {
                if cancel.is_cancelled() {
                    return None;
                }
                let offset = to_lsp::offset(position, &version, session);
                let mut selection: Option<SelectionRange> = None;
                for span in features::selection_ranges(version.snapshot(), offset).into_iter().rev() {
                    let range = to_lsp::range_of(span, &version, session);
                    selection = Some(SelectionRange { range, parent: selection.map(Box::new) });
                }
                ranges.push(selection?);
            }
            Some(ranges)
        })
        .await
    }
}
