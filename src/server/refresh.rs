//! Asks the client to ask again, for all that hangs on more than the text.

use super::state::State;

/// Has the client ask again for what it shows of open documents. Returns at once.
pub fn all(state: &State) {
    let session = state.session();
    let (pulls, hints, lenses) = (session.pulls, session.refreshes_hints, session.refreshes_lenses);
    if !(pulls || hints || lenses) {
        return;
    }
    let client = state.client.clone();
    state.handle.spawn(async move {
        let told = |what: &str, answer: tower_lsp::jsonrpc::Result<()>| {
            if let Err(error) = answer {
                tracing::warn!("the client doesn't refresh {what}: {error}");
            }
        };
        // All are sent before one is answered.
        tokio::join!(
            async {
                if pulls {
                    told("diagnostics", client.workspace_diagnostic_refresh().await);
                }
            },
            async {
                if hints {
                    told("inlay hints", client.inlay_hint_refresh().await);
                }
            },
            async {
                if lenses {
                    told("code lenses", client.code_lens_refresh().await);
                }
            },
        );
    });
}

/// Has a client that pulls ask again for diagnostics. Returns at once.
pub fn diagnostics(state: &State) {
    if !state.session().pulls {
        return;
    }
    let client = state.client.clone();
    state.handle.spawn(async move {
        if let Err(error) = client.workspace_diagnostic_refresh().await {
            tracing::warn!("the client doesn't refresh diagnostics: {error}");
        }
    });
}
