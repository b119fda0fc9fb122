//! `textDocument/completion` and `completionItem/resolve`.

use crate::features::{self, CompletionKind, Completions};
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, CompletionParams,
    CompletionResponse, Documentation, InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};
use tower_lsp::jsonrpc::Result;

use super::compute::{Cancel, answer};
use super::documents::Version;
use super::encoded::Encoded;
use super::session::Session;
use super::{Server, ignores, to_lsp};

/// What begins something that has a list of its own. A blank isn't among them: behind most words anything may
/// follow, and a list at every word of a command would be in the way.
pub const TRIGGERS: [&str; 10] = ["-", "=", ",", "$", "{", ":", "/", "#", "!", "\""];

impl Server {
    /// Answered from what is known: typing doesn't wait for the disk.
    pub async fn completion(&self, params: CompletionParams) -> Result<Encoded<Option<CompletionResponse>>> {
        let params = params.text_document_position_params;
        if let Some(version) = ignores::asked(&self.state, &params.text_document.uri) {
            let state = Arc::clone(&self.state);
            let work = move |cancel: &Cancel| {
                let offset = to_lsp::offset(params.position, &version, state.session());
                let found = state.ignores.settled(&version, cancel).completion(offset);
                Some(shown(found, &version, state.session()))
            };
            return answer("textDocument/completion", work).await;
        }
        let Some(version) = self.state.version(&params.text_document.uri.0)? else {
            return Ok(Encoded::of(&None));
        };
        self.state.look_unless_told(&version.uri);
        let state = Arc::clone(&self.state);
        answer("textDocument/completion", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let found = features::completion(version.snapshot(), offset, session.completes_snippets);
            Some(shown(found, &version, session))
        })
        .await
    }

    /// An item without `data` of ours is whole as it is.
    pub async fn resolve_completion(&self, mut item: CompletionItem) -> Result<CompletionItem> {
        let topic = item.data.as_ref().and_then(|data| data.get("topic")).and_then(Value::as_str);
        let markdown = self.state.session().documents_in_markdown;
        if let Some(text) = topic.and_then(features::documentation) {
            let kind = if markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
            item.documentation = Some(Documentation::MarkupContent(MarkupContent { kind, value: text }));
        }
        Ok(item)
    }
}

fn shown(found: Completions, version: &Version, session: &Session) -> CompletionResponse {
    let mut ranges = to_lsp::Ranges::of(version, session);
    let items = found.items.into_iter().enumerate().map(|(at, item)| CompletionItem {
        label: item.label,
        kind: Some(kind(item.kind)),
        detail: item.detail.filter(|detail| !detail.is_empty()),
        sort_text: Some(format!("{at:04}")),
        insert_text_format: item.is_snippet.then_some(InsertTextFormat::Snippet),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit {
            range: ranges.range(item.span),
            new_text: item.text,
        })),
        data: item.topic.map(|topic| json!({ "topic": topic })),
        ..Default::default()
    });
    CompletionResponse::CompletionList(CompletionList {
        items: items.collect(),
        is_incomplete: found.incomplete,
        ..Default::default()
    })
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::Keyword,
        CompletionKind::Property => CompletionItemKind::Property,
        CompletionKind::Value => CompletionItemKind::Value,
        CompletionKind::Variable => CompletionItemKind::Variable,
        CompletionKind::Stage => CompletionItemKind::Class,
        CompletionKind::Image => CompletionItemKind::Module,
        CompletionKind::File => CompletionItemKind::File,
        CompletionKind::Folder => CompletionItemKind::Folder,
        CompletionKind::Rule => CompletionItemKind::EnumMember,
        CompletionKind::Script => CompletionItemKind::Function,
        CompletionKind::User => CompletionItemKind::Constant,
    }
}
