//! `textDocument/documentSymbol`.

use crate::features::{self, Symbol};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbolParams, DocumentSymbolResponse, Location, Position, Range,
    SymbolInformation, SymbolKind, SymbolTag, Uri,
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
                let mut json = String::with_capacity(version.snapshot().source().len() * ROOM);
                write_all(&symbols, &mut ranges, &mut json);
                return Encoded::of_json(json);
            }
            let mut list = Vec::new();
            let uri = Uri(version.uri.to_string());
            flat(&symbols, None, &uri, &mut ranges, &mut list);
            Encoded::of(&Some(DocumentSymbolResponse::SymbolInformationList(list)))
        })
        .await
    }
}

/// How many bytes of JSON a byte of a file makes, for files whose instructions are short.
const ROOM: usize = 6;

/// Writes symbols as the protocol's `DocumentSymbol[]`, three levels at most: stages, steps, variables. By hand, since an
/// editor asks for all of them after each keystroke: most of the time would go into finding out that a range has a start
/// and an end.
fn write_all(symbols: &[Symbol<'_>], ranges: &mut Ranges<'_>, json: &mut String) {
    json.push('[');
    for (at, symbol) in symbols.iter().enumerate() {
        json.push_str(if at == 0 { "" } else { "," });
        write(symbol, ranges, json);
    }
    json.push(']');
}

fn write(symbol: &Symbol<'_>, ranges: &mut Ranges<'_>, json: &mut String) {
    json.push_str("{\"name\":");
    push_string(&symbol.name, json);
    if !symbol.detail.is_empty() {
        json.push_str(",\"detail\":");
        push_string(&symbol.detail, json);
    }
    json.push_str(",\"kind\":");
    push_number(kind(symbol.kind).into(), json);
    if symbol.deprecated {
        json.push_str(",\"tags\":[");
        push_number(SymbolTag::Deprecated.into(), json);
        json.push(']');
    }
    // In the order of the text.
    let start = ranges.position(symbol.span.start);
    let selection = ranges.range(symbol.selection);
    let end = ranges.position(symbol.span.end);
    json.push_str(",\"range\":");
    push_range(Range { start, end }, json);
    json.push_str(",\"selectionRange\":");
    push_range(selection, json);
    if !symbol.children.is_empty() {
        json.push_str(",\"children\":");
        write_all(&symbol.children, ranges, json);
    }
    json.push('}');
}

fn push_range(range: Range, json: &mut String) {
    json.push_str("{\"start\":");
    push_position(range.start, json);
    json.push_str(",\"end\":");
    push_position(range.end, json);
    json.push('}');
}

fn push_position(position: Position, json: &mut String) {
    json.push_str("{\"line\":");
    push_number(position.line, json);
    json.push_str(",\"character\":");
    push_number(position.character, json);
    json.push('}');
}

fn push_number(number: u32, json: &mut String) {
    json.push_str(itoa::Buffer::new().format(number));
}

fn push_string(text: &str, json: &mut String) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        // The values of a string can always be written.
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
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
