//! `textDocument/signatureHelp`.

use crate::features;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    Documentation, MarkupContent, MarkupKind, ParameterInformation, ParameterInformationLabel, SignatureHelp,
    SignatureHelpParams, SignatureInformation,
};
use tower_lsp::jsonrpc::Result;

use super::compute::compute;
use super::{Server, to_lsp};

/// Behind these the form of what is being written is shown.
pub const TRIGGERS: [&str; 3] = [" ", "=", ","];

impl Server {
    pub async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let params = params.text_document_position_params;
        let Some(version) = self.state.version(&params.text_document.uri.0)? else { return Ok(None) };
        let state = Arc::clone(&self.state);
        compute("textDocument/signatureHelp", move |_| {
            let session = state.session();
            let offset = to_lsp::offset(params.position, &version, session);
            let help = features::signature_help(version.snapshot(), offset)?;
            let active = help.signatures.get(help.active).and_then(|signature| signature.active);
            let documentation = |text: String| {
                let kind =
                    if session.explains_in_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
                (!text.is_empty())
                    .then_some(Documentation::MarkupContent(MarkupContent { kind, value: text }))
            };
            let signatures = help.signatures.into_iter().map(|signature| SignatureInformation {
                label: signature.label,
                documentation: documentation(signature.documentation),
                parameters: Some(
                    signature
                        .parameters
                        .into_iter()
                        .map(|parameter| ParameterInformation {
                            label: ParameterInformationLabel::String(parameter.label),
                            documentation: documentation(parameter.documentation),
                        })
                        .collect(),
                ),
                active_parameter: None,
            });
            Some(SignatureHelp {
                signatures: signatures.collect(),
                active_signature: Some(help.active as u32),
                active_parameter: active.map(|active| (active as u32).into()),
            })
        })
        .await
    }
}
