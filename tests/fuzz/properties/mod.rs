//! What must hold of any text at all, one module a fuzz target.

pub mod dockerignore;
pub mod formatting;
pub mod next_config;
pub mod rename;
pub mod semantic_tokens;
pub mod shell;
pub mod syntax;
pub mod variables;

use plimsoll::features::Snapshot;
use plimsoll::text::Span;
use std::sync::Arc;

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text, None, Arc::default())
}

/// The span lies in the text, its ends between characters.
#[track_caller]
fn fits(text: &str, span: Span, what: &str) {
    assert!(text.get(span.range()).is_some(), "{what}: {span:?} isn't in a text of {} bytes", text.len());
}

/// `inner` lies in `outer`.
#[track_caller]
fn stands_in(outer: Span, inner: Span, what: &str) {
    assert!(outer.encloses(inner), "{what}: {inner:?} isn't within {outer:?}");
}
