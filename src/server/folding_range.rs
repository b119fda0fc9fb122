//! `textDocument/foldingRange`.

use crate::features::{self, FoldKind};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};
use tower_lsp::jsonrpc::Result;

use super::Server;
use super::compute::answer;
use super::encoded::Encoded;

impl Server {
    /// Whole lines, which every client takes, `lineFoldingOnly` or not.
    pub async fn folding_range(
        &self,
        params: FoldingRangeParams,
    ) -> Result<Encoded<Option<Vec<FoldingRange>>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/foldingRange", move |_| {
            let folds = features::folding_ranges(version.snapshot(), state.session().most_folds);
            let ranges = folds.into_iter().map(|fold| FoldingRange {
                start_line: fold.lines.0,
                start_character: None,
                end_line: fold.lines.1,
                end_character: None,
                kind: match fold.kind {
                    FoldKind::Comment => Some(FoldingRangeKind::Comment),
                    FoldKind::Region => Some(FoldingRangeKind::Region),
                    FoldKind::Stage | FoldKind::Instruction | FoldKind::Heredoc => None,
                },
                collapsed_text: None,
            });
            Some(ranges.collect())
        })
        .await
    }
}
