//! What the server offers to one client.

use crate::features::ActionKind;
use crate::text::Encoding;
use tower_lsp::gen_lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeLensOptions, CompletionOptions,
    DiagnosticOptions, DocumentLinkOptions, DocumentOnTypeFormattingOptions, ExecuteCommandOptions,
    HoverProvider, PositionEncodingKind, RenameOptions, RenameProvider, Save, SaveOptions,
    ServerCapabilities, SignatureHelpOptions, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};

use super::completion::TRIGGERS;
use super::execute_command::COMMANDS;
use super::semantic_tokens;
use super::session::Session;
use super::signature_help;

/// The capabilities that `initialize` answers with.
pub fn capabilities(session: &Session) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match session.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::SaveOptions(SaveOptions::new(Some(false)))),
            ..Default::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(TRIGGERS.map(str::to_string).to_vec()),
            resolve_provider: Some(true),
            ..Default::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(signature_help::TRIGGERS.map(str::to_string).to_vec()),
            ..Default::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        // A client that knows no code actions but commands gets none: ours are edits.
        code_action_provider: session.action_literals.then(|| {
            CodeActionOptions {
                code_action_kinds: Some(
                    ActionKind::ALL.map(|kind| CodeActionKind::from(kind.as_str().to_string())).to_vec(),
                ),
                resolve_provider: Some(session.resolves_edits),
                ..Default::default()
            }
            .into()
        }),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        rename_provider: Some(match session.prepares_rename {
            true => RenameProvider::RenameOptions(RenameOptions {
                prepare_provider: Some(true),
                ..Default::default()
            }),
            false => RenameProvider::Bool(true),
        }),
        linked_editing_range_provider: Some(true.into()),
        call_hierarchy_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        selection_range_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        document_range_formatting_provider: Some(true.into()),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions::new(
            "\n".to_string(),
            Some(vec!["\\".to_string(), "`".to_string()]),
        )),
        document_link_provider: Some(DocumentLinkOptions::default()),
        semantic_tokens_provider: Some(semantic_tokens::options().into()),
        inlay_hint_provider: Some(true.into()),
        code_lens_provider: Some(CodeLensOptions::new(Some(false), WorkDoneProgressOptions::default())),
        execute_command_provider: Some(ExecuteCommandOptions::new(
            COMMANDS.map(str::to_string).to_vec(),
            WorkDoneProgressOptions::default(),
        )),
        // package.json, lockfiles and the like matter to what is found in a Dockerfile.
        diagnostic_provider: session.pulls.then(|| {
            DiagnosticOptions::new(
                Some("plimsoll".to_string()),
                true,
                false,
                WorkDoneProgressOptions::default(),
            )
            .into()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}
