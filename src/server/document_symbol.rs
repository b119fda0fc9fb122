//! `textDocument/documentSymbol`.

use crate::features::{self, Symbol};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, Range,
    SymbolInformation, SymbolKind, SymbolTag, Uri,
};
use tower_lsp::jsonrpc::Result;

use super::compute::answer;
use super::encoded::Encoded;
use super::to_lsp::Ranges;
use super::{Server, to_lsp};

impl Server {
    pub async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Encoded<Option<DocumentSymbolResponse>>> {
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        let state = Arc::clone(&self.state);
        answer("textDocument/documentSymbol", move |_| {
            let session = state.session();
            let symbols = features::document_symbols(version.snapshot());
            if session.symbol_trees {
                let mut ranges = to_lsp::Ranges::of(&version, session);
                let symbols = symbols.into_iter().map(|symbol| tree(symbol, &mut ranges));
                return Some(DocumentSymbolResponse::DocumentSymbolList(symbols.collect()));
            }
            let mut list = Vec::new();
            let uri = Uri(version.uri.to_string());
            flat(&symbols, None, &uri, &mut to_lsp::Ranges::of(&version, session), &mut list);
            Some(DocumentSymbolResponse::SymbolInformationList(list))
        })
        .await
    }
}

/// Three levels at most: stages, steps, variables.
#[expect(deprecated, reason = "the protocol's old field has to be filled in")]
fn tree(symbol: Symbol, ranges: &mut Ranges<'_>) -> DocumentSymbol {
    // In the order of the text.
    let start = ranges.position(symbol.span.start);
    let selection_range = ranges.range(symbol.selection);
    let range = Range { start, end: ranges.position(symbol.span.end) };
    let children: Vec<_> = symbol.children.into_iter().map(|child| tree(child, ranges)).collect();
    DocumentSymbol {
        name: symbol.name,
        detail: (!symbol.detail.is_empty()).then_some(symbol.detail),
        kind: kind(symbol.kind),
        tags: symbol.deprecated.then(|| vec![SymbolTag::Deprecated]),
        deprecated: None,
        range,
        selection_range,
        children: (!children.is_empty()).then_some(children),
    }
}

#[expect(deprecated, reason = "the protocol's old field has to be filled in")]
fn flat(
    symbols: &[Symbol],
    container: Option<&str>,
    uri: &Uri,
    ranges: &mut Ranges<'_>,
    list: &mut Vec<SymbolInformation>,
) {
    for symbol in symbols {
        list.push(SymbolInformation {
            deprecated: None,
            location: Location { uri: uri.clone(), range: ranges.range(symbol.span) },
            base_symbol_information: BaseSymbolInformation {
                name: symbol.name.clone(),
                kind: kind(symbol.kind),
                tags: None,
                container_name: container.map(str::to_string),
            },
        });
        flat(&symbol.children, Some(&symbol.name), uri, ranges, list);
    }
}

fn kind(kind: features::SymbolKind) -> SymbolKind {
    match kind {
        features::SymbolKind::Stage => SymbolKind::Module,
        features::SymbolKind::Command => SymbolKind::Function,
        features::SymbolKind::Files => SymbolKind::File,
        features::SymbolKind::Argument => SymbolKind::Constant,
        features::SymbolKind::Variable => SymbolKind::Variable,
        features::SymbolKind::Later => SymbolKind::Event,
        features::SymbolKind::Property => SymbolKind::Property,
    }
}
