//! A tower-lsp server that does nothing: the floor that Plimsoll's keystrokes on small files are measured against.
//!
//! Every text opened or changed gets an empty list of diagnostics with its version, every hover and code action an
//! empty answer. With `--pull` it publishes nothing and answers when it is asked for diagnostics. The transport and the runtime are tower-lsp's and tokio's own, as their examples set them up.

use tower_lsp::gen_lsp_types::*;
use tower_lsp::jsonrpc::Result;
use tower_lsp::{Client, LanguageServer, LspService, Server};

struct Empty {
    client: Client,
    pull: bool,
}

impl Empty {
    async fn publish(&self, uri: Uri, version: i32) {
        if !self.pull {
            self.client.publish_diagnostics(uri, Vec::new(), Some(version)).await;
        }
    }
}

impl LanguageServer for Empty {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        Ok(InitializeResult {
            capabilities: ServerCapabilities {
                text_document_sync: Some(TextDocumentSyncKind::Incremental.into()),
                hover_provider: Some(true.into()),
                code_action_provider: Some(true.into()),
                diagnostic_provider: self.pull.then(|| DiagnosticOptions::default().into()),
                ..ServerCapabilities::default()
            },
            server_info: None,
        })
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.publish(document.uri, document.version).await;
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.publish(document.text_document_identifier.uri, document.version).await;
    }

    async fn diagnostic(&self, _: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReport> {
        Ok(RelatedFullDocumentDiagnosticReport::default().into())
    }

    async fn hover(&self, _: HoverParams) -> Result<Option<Hover>> {
        Ok(None)
    }

    async fn code_action(&self, _: CodeActionParams) -> Result<Option<Vec<CodeActionResponse>>> {
        Ok(None)
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() {
    let pull = std::env::args().any(|argument| argument == "--pull");
    let (service, socket) = LspService::new(|client| Empty { client, pull });
    Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).serve(service).await;
}
