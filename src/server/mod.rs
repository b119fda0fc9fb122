//! The language server: the only user of `tower_lsp`.
//!
//! How a message goes:
//!
//! - `transport` reads frames on a thread of its own and gives each to its handler in wire order. What
//!   a handler does before its first await is done on that thread: the state changes there, and a
//!   request takes the version that it is to be answered from.
//! - `compute` carries the work of a request to the blocking pool. Its panic becomes an error response,
//!   and dropping the request (`$/cancelRequest`) tells the work to stop.
//! - `worker` is the one thread that computes pushed diagnostics, of the newest version only.
//! - `shellcheck` is the one thread that asks ShellCheck, of the newest version and once typing pauses.
//! - `lookups` is the one thread that looks at the build context; typing never waits for it.
//! - `ignores` is the one thread that lists the contexts of open `.dockerignore` files.
//! - `output` puts frames in order. The reading thread never waits for the client to read.
//!
//! One file a request or notification; `to_lsp` and `workspace_edit` turn our types into the protocol's.

mod call_hierarchy;
mod capabilities;
mod code_action;
mod code_lens;
mod completion;
mod compute;
mod configuration;
mod convert;
#[cfg(debug_assertions)]
mod debug;
mod definition;
mod diagnostics;
mod document_highlight;
mod document_link;
mod document_symbol;
mod documents;
mod encoded;
mod execute_command;
mod explain;
mod folding_range;
mod formatting;
mod frame;
mod hover;
mod ignores;
mod initialize;
mod inlay_hint;
mod lifecycle;
mod linked_editing_range;
mod lookups;
mod on_type_formatting;
mod output;
mod progress;
mod range_formatting;
mod references;
mod refresh;
mod rename;
mod resolve;
mod selection_range;
mod semantic_tokens;
mod session;
mod settings;
mod shellcheck;
mod signature_help;
mod state;
mod sync;
mod task;
mod to_lsp;
mod transport;
mod uri;
mod watched_files;
mod worker;
mod workspace_edit;
mod workspace_symbol;

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tower_lsp::LspService;

use lifecycle::Lifecycle;
use output::Output;
use state::State;

/// What the server asks of the process that it runs in.
pub struct Options {
    /// Whether the process with this id still runs. Asked every few seconds for the client's process,
    /// which the server must not outlive.
    pub is_alive: fn(u32) -> bool,
}

/// The server as `tower_lsp` sees it. Its handlers are methods in the files of this module.
pub(crate) struct Server {
    state: Arc<State>,
}

/// Serves one client until it says `exit`, closes the input, or its process ends. Returns the exit code
/// of the process: 0 where `shutdown` came before the end, else 1.
///
/// When this returns a thread may still wait for input; it ends with the process.
pub fn serve(input: Box<dyn Read + Send>, output: Box<dyn Write + Send>, options: Options) -> u8 {
    // The work is done by the blocking pool and two threads of our own; the runtime only joins it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(COMPUTING_THREADS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("the server can't start: {error}");
            return 1;
        }
    };
    let output = Arc::new(Output::new(output));
    let end = Arc::new(End::default());
    let (service, socket) = service(&output, &end, runtime.handle().clone(), options);
    let state = Arc::clone(&service.inner().state);
    let (requests, responses) = socket.split();

    spawn("output", {
        let output = Arc::clone(&output);
        move || output.run()
    });
    spawn("analysis", {
        let state = Arc::clone(&state);
        move || worker::run(&state)
    });
    spawn("context", {
        let state = Arc::clone(&state);
        move || lookups::run(&state)
    });
    spawn("ignores", {
        let state = Arc::clone(&state);
        move || ignores::run(&state)
    });
    spawn("shellcheck", {
        let state = Arc::clone(&state);
        move || shellcheck::run(&state)
    });
    runtime.spawn(transport::forward(requests, Arc::clone(&output)));
    spawn("input", {
        let (handle, output, end) = (runtime.handle().clone(), Arc::clone(&output), Arc::clone(&end));
        move || {
            let code = transport::read(input, Lifecycle::new(service), responses, &handle, &output);
            end.reach(code);
        }
    });

    let code = runtime.block_on(end.wait());
    state.stop();
    state.shells.settle(Duration::from_secs(1));
    output.close(Duration::from_secs(1));
    runtime.shutdown_background();
    code
}

/// What is asked of one document takes a few milliseconds at most, and what may take long has a thread of its own. Each
/// thread more would hold memory for the answers that it once computed, and take none of them any faster.
const COMPUTING_THREADS: usize = 1;

fn service(
    output: &Arc<Output>,
    end: &Arc<End>,
    handle: tokio::runtime::Handle,
    options: Options,
) -> (LspService<Server>, tower_lsp::ClientSocket) {
    let builder = LspService::build_with_lifecycle_methods(|client| Server {
        state: Arc::new(State::new(client, Arc::clone(output), Arc::clone(end), handle, options)),
    })
    .custom_method("textDocument/didOpen", Server::did_open)
    .custom_method("textDocument/didChange", Server::did_change)
    .custom_method("textDocument/didSave", Server::did_save)
    .custom_method("textDocument/didClose", Server::did_close)
    .custom_method("textDocument/hover", Server::hover)
    .custom_method("textDocument/completion", Server::completion)
    .custom_method("completionItem/resolve", Server::resolve_completion)
    .custom_method("textDocument/signatureHelp", Server::signature_help)
    .custom_method("textDocument/codeAction", Server::code_action)
    .custom_method("codeAction/resolve", Server::resolve)
    .custom_method("textDocument/diagnostic", Server::diagnostic)
    .custom_method("textDocument/inlayHint", Server::inlay_hint)
    .custom_method("textDocument/codeLens", Server::code_lens)
    .custom_method("textDocument/definition", Server::definition)
    .custom_method("textDocument/references", Server::references)
    .custom_method("textDocument/documentHighlight", Server::document_highlight)
    .custom_method("textDocument/prepareRename", Server::prepare_rename)
    .custom_method("textDocument/rename", Server::rename)
    .custom_method("textDocument/linkedEditingRange", Server::linked_editing_range)
    .custom_method("textDocument/documentSymbol", Server::document_symbol)
    .custom_method("textDocument/foldingRange", Server::folding_range)
    .custom_method("textDocument/selectionRange", Server::selection_range)
    .custom_method("textDocument/formatting", Server::formatting)
    .custom_method("textDocument/rangeFormatting", Server::range_formatting)
    .custom_method("textDocument/onTypeFormatting", Server::on_type_formatting)
    .custom_method("textDocument/documentLink", Server::document_link)
    .custom_method("textDocument/semanticTokens/full", Server::semantic_tokens_full)
    .custom_method("textDocument/semanticTokens/full/delta", Server::semantic_tokens_delta)
    .custom_method("textDocument/semanticTokens/range", Server::semantic_tokens_range)
    .custom_method("textDocument/prepareCallHierarchy", Server::prepare_call_hierarchy)
    .custom_method("callHierarchy/incomingCalls", Server::incoming_calls)
    .custom_method("callHierarchy/outgoingCalls", Server::outgoing_calls)
    .custom_method("workspace/symbol", Server::workspace_symbol)
    .custom_method("workspace/executeCommand", Server::execute_command)
    .custom_method("workspace/didChangeConfiguration", Server::did_change_configuration)
    .custom_method("workspace/didChangeWatchedFiles", Server::did_change_watched_files)
    .custom_method("workspace/didChangeWorkspaceFolders", Server::did_change_workspace_folders)
    .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
    .custom_method("$/setTrace", Server::set_trace);
    #[cfg(debug_assertions)]
    let builder = builder.custom_method("plimsoll/debug", Server::debug);
    builder.finish()
}

/// The requests and notifications that `service` has a handler for.
const METHODS: &[&str] = &[
    "initialize",
    "initialized",
    "shutdown",
    "exit",
    "$/cancelRequest",
    "$/setTrace",
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/didClose",
    "textDocument/hover",
    "textDocument/completion",
    "completionItem/resolve",
    "textDocument/signatureHelp",
    "textDocument/codeAction",
    "codeAction/resolve",
    "textDocument/diagnostic",
    "textDocument/inlayHint",
    "textDocument/codeLens",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/linkedEditingRange",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/onTypeFormatting",
    "textDocument/documentLink",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/prepareCallHierarchy",
    "callHierarchy/incomingCalls",
    "callHierarchy/outgoingCalls",
    "workspace/symbol",
    "workspace/executeCommand",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "window/workDoneProgress/cancel",
    #[cfg(debug_assertions)]
    "plimsoll/debug",
];

/// The end of the server: reached once, with an exit code.
#[derive(Default)]
pub(crate) struct End {
    code: Mutex<Option<u8>>,
    reached: Notify,
}

impl End {
    pub fn reach(&self, code: u8) {
        lock(&self.code).get_or_insert(code);
        self.reached.notify_one();
    }

    async fn wait(&self) -> u8 {
        loop {
            if let Some(code) = *lock(&self.code) {
                return code;
            }
            self.reached.notified().await;
        }
    }
}

/// A thread whose end nobody waits for. A system that has no thread left can't serve at all.
fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(work) {
        tracing::error!("the thread {name:?} can't start: {error}");
    }
}

/// Locks, whether or not another thread panicked with the lock held: every state behind our locks is
/// whole between two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The `file:` URI of an absolute path, as the server writes it.
pub fn uri_of(path: &std::path::Path) -> String {
    uri::from_path(path)
}
