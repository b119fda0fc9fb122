//! `textDocument/documentSymbol`.

use crate::features::{self, Symbol};
use serde::Serialize;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbolParams, DocumentSymbolResponse, Location, Range, SymbolInformation,
    SymbolKind, SymbolTag, Uri,
};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
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
        compute("textDocument/documentSymbol", move |_| {
            let session = state.session();
            let symbols = features::document_symbols(version.snapshot());
            let mut ranges = to_lsp::Ranges::of(&version, session);
            if session.symbol_trees {
                let symbols: Vec<Part<'_>> = symbols.iter().map(|symbol| part(symbol, &mut ranges)).collect();
                return Encoded::written_as(&symbols);
            }
            let mut list = Vec::new();
            let uri = Uri(version.uri.to_string());
            flat(&symbols, None, &uri, &mut ranges, &mut list);
            Encoded::of(&Some(DocumentSymbolResponse::SymbolInformationList(list)))
        })
        .await
    }
}

/// The protocol's `DocumentSymbol` as it is written, of words that live elsewhere: an editor asks for all of them after
/// each keystroke.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    kind: SymbolKind,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'static [SymbolTag],
    range: Range,
    selection_range: Range,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Part<'a>>,
}

/// Three levels at most: stages, steps, variables.
fn part<'a>(symbol: &'a Symbol<'_>, ranges: &mut Ranges<'_>) -> Part<'a> {
    // In the order of the text.
    let start = ranges.position(symbol.span.start);
    let selection_range = ranges.range(symbol.selection);
    let range = Range { start, end: ranges.position(symbol.span.end) };
    Part {
        name: &symbol.name,
        detail: &symbol.detail,
        kind: kind(symbol.kind),
        tags: if symbol.deprecated { &[SymbolTag::Deprecated] } else { &[] },
        range,
        selection_range,
        children: symbol.children.iter().map(|child| part(child, ranges)).collect(),
    }
}

#[expect(deprecated, reason = "the protocol's old field has to be filled in")]
fn flat(
    symbols: &[Symbol<'_>],
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
                name: symbol.name.to_string(),
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
