//! What one client can, and how it counts: read once, from its `initialize` request.

use crate::text::Encoding;
use serde_json::Value;

/// What `initialize` says of the client, as far as it matters here.
///
/// It is read from the JSON itself. One ill-typed field of the hundreds that a client sends must not
/// keep the server from starting, and VS Code names a field (`workspace.diagnostics`) otherwise than
/// generated types do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub encoding: Encoding,
    /// Diagnostics are pulled by the client; pushed by the server where this is false.
    pub pulls: bool,
    /// Disabled code actions are shown with their reason.
    pub shows_disabled: bool,
    pub shows_preferred: bool,
    /// The edit of a code action may come with `codeAction/resolve`.
    pub resolves_edits: bool,
    /// Code actions may be more than commands.
    pub action_literals: bool,
    /// Edits may come as `documentChanges`, with versions.
    pub document_changes: bool,
    /// Edits may create files.
    pub creates_files: bool,
    pub change_annotations: bool,
    /// Before a rename the client asks whether there is something to rename.
    pub prepares_rename: bool,
    /// Definitions may come as links, which say what they lead from.
    pub definition_links: bool,
    /// The outline may be a tree.
    pub symbol_trees: bool,
    /// How many folds the client wants at most.
    pub most_folds: Option<usize>,
    /// A semantic token may run over the end of a line.
    pub multiline_tokens: bool,
    /// Document links may say what is there.
    pub link_tooltips: bool,
    pub related_information: bool,
    pub tags: bool,
    pub code_descriptions: bool,
    pub markdown: bool,
    /// What describes a signature may be Markdown.
    pub explains_in_markdown: bool,
    /// Completions may be texts with places to fill in.
    pub completes_snippets: bool,
    /// What describes a completion may be Markdown.
    pub documents_in_markdown: bool,
    /// File watchers may be registered.
    pub watches_files: bool,
    /// Progress that the server begins is shown.
    pub shows_progress: bool,
    pub shows_documents: bool,
    /// Inlay hints may be asked to be fetched again.
    pub refreshes_hints: bool,
    /// Code lenses may be asked to be fetched again.
    pub refreshes_lenses: bool,
    /// The client answers `workspace/configuration`.
    pub answers_configuration: bool,
    /// Word of changed settings comes to those who register for it.
    pub registers_configuration: bool,
    /// What `initialize` sets.
    pub options: Value,
    /// The client itself shows the picture that `plimsoll.showPicture` returns.
    pub shows_pictures: bool,
    /// The client itself shows the page that `plimsoll.showRule` returns.
    pub shows_rules: bool,
    /// The process that the server must not outlive.
    pub process: Option<u32>,
    /// URIs of the workspace's folders.
    pub folders: Vec<String>,
}

impl Session {
    /// Reads the params of `initialize`. What is missing or of another type counts as not there.
    pub fn read(params: &Value) -> Self {
        let can = &params["capabilities"];
        let flag = |pointer: &str| can.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        let has = |pointer: &str, wanted: &str| {
            let list = can.pointer(pointer).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|item| item == wanted))
        };
        let pulls = can.pointer("/textDocument/diagnostic").is_some_and(Value::is_object)
            && (flag("/workspace/diagnostics/refreshSupport")
                || flag("/workspace/diagnostic/refreshSupport"));
        // What a client can show of a diagnostic is said twice, once for each way it may come.
        let shown = |field: &str| match pulls {
            true => flag(&format!("/textDocument/diagnostic/{field}")),
            false => flag(&format!("/textDocument/publishDiagnostics/{field}")),
        };
        let creates_files = has("/workspace/workspaceEdit/resourceOperations", "create");
        let formats = can.pointer("/textDocument/hover/contentFormat").and_then(Value::as_array);
        let tags = match pulls {
            true => can.pointer("/textDocument/diagnostic/tagSupport"),
            false => can.pointer("/textDocument/publishDiagnostics/tagSupport"),
        };
        Self {
            encoding: match has("/general/positionEncodings", "utf-8") {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            pulls,
            shows_disabled: flag("/textDocument/codeAction/disabledSupport"),
            shows_preferred: flag("/textDocument/codeAction/isPreferredSupport"),
            resolves_edits: has("/textDocument/codeAction/resolveSupport/properties", "edit")
                && flag("/textDocument/codeAction/dataSupport"),
            action_literals: can.pointer("/textDocument/codeAction/codeActionLiteralSupport").is_some(),
            // Neovim can do what `documentChanges` says without saying so; that it can create files,
            // which exist nowhere else, tells.
            document_changes: flag("/workspace/workspaceEdit/documentChanges") || creates_files,
            creates_files,
            prepares_rename: flag("/textDocument/rename/prepareSupport"),
            definition_links: flag("/textDocument/definition/linkSupport"),
            symbol_trees: flag("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            most_folds: can
                .pointer("/textDocument/foldingRange/rangeLimit")
                .and_then(Value::as_u64)
                .and_then(|most| usize::try_from(most).ok()),
            multiline_tokens: flag("/textDocument/semanticTokens/multilineTokenSupport"),
            link_tooltips: flag("/textDocument/documentLink/tooltipSupport"),
            change_annotations: can
                .pointer("/workspace/workspaceEdit/changeAnnotationSupport")
                .is_some_and(Value::is_object),
            related_information: shown("relatedInformation"),
            tags: tags.is_some_and(|tags| tags.is_object() || *tags == Value::Bool(true)),
            code_descriptions: shown("codeDescriptionSupport"),
            markdown: formats.is_none_or(|formats| formats.iter().any(|format| format == "markdown")),
            explains_in_markdown: has(
                "/textDocument/signatureHelp/signatureInformation/documentationFormat",
                "markdown",
            ),
            completes_snippets: flag("/textDocument/completion/completionItem/snippetSupport"),
            documents_in_markdown: has(
                "/textDocument/completion/completionItem/documentationFormat",
                "markdown",
            ),
            watches_files: flag("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            shows_progress: flag("/window/workDoneProgress"),
            shows_documents: flag("/window/showDocument/support"),
            refreshes_hints: flag("/workspace/inlayHint/refreshSupport"),
            refreshes_lenses: flag("/workspace/codeLens/refreshSupport"),
            answers_configuration: flag("/workspace/configuration"),
            registers_configuration: flag("/workspace/didChangeConfiguration/dynamicRegistration"),
            options: params["initializationOptions"].clone(),
            shows_pictures: flag("/experimental/plimsollShowsPictures"),
            shows_rules: flag("/experimental/plimsollShowsRules"),
            process: params["processId"].as_u64().and_then(|id| u32::try_from(id).ok()),
            folders: folders(params),
        }
    }
}

fn folders(params: &Value) -> Vec<String> {
    let listed = params["workspaceFolders"].as_array();
    let listed: Vec<String> = listed
        .into_iter()
        .flatten()
        .filter_map(|folder| folder["uri"].as_str())
        .map(str::to_string)
        .collect();
    match params["rootUri"].as_str() {
        Some(root) if listed.is_empty() => vec![root.to_string()],
        _ => listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_names_of_the_refresh_capability_are_read() {
        for name in ["diagnostics", "diagnostic"] {
            let params = json!({"capabilities": {
                "textDocument": {"diagnostic": {}},
                "workspace": {name: {"refreshSupport": true}},
            }});
            assert!(Session::read(&params).pulls, "{name}");
        }
        let no_refresh = json!({"capabilities": {"textDocument": {"diagnostic": {}}}});
        assert!(!Session::read(&no_refresh).pulls);
    }

    #[test]
    fn an_odd_message_is_read_as_far_as_it_goes() {
        let params = json!({
            "processId": "seven", "workspaceFolders": null, "rootUri": "file:///r",
            "capabilities": {"general": {"positionEncodings": "utf-8"}, "workspace": 3},
        });
        let session = Session::read(&params);
        assert_eq!(session.encoding, Encoding::Utf16);
        assert_eq!(session.process, None);
        assert_eq!(session.folders, ["file:///r"]);
        assert_eq!(Session::read(&Value::Null), Session { markdown: true, ..Session::default() });
    }
}
