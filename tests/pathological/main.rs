//! Texts that could make a parser slow or deep: they are read to the end, on a small stack.

mod inputs;

use plimsoll::features::{
    Snapshot, document_links, document_symbols, encoded_tokens, folding_ranges, rename, selection_ranges,
};
use plimsoll::syntax::parse;
use std::sync::Arc;

/// What a thread has by default: far less than a level of recursion for every unit would take.
const STACK: usize = 2 << 20;

#[test]
fn they_are_read_whole_on_a_small_stack_and_twice_the_text_says_twice_as_much() {
    let reader = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        for name in inputs::NAMES {
            let (tokens, errors) = read(name, 30_000);
            let (more_tokens, more_errors) = read(name, 60_000);
            assert!(more_tokens <= 2 * tokens, "{name}: {tokens} tokens, then {more_tokens}");
            assert!(more_errors <= 2 * errors, "{name}: {errors} errors, then {more_errors}");
        }
    });
    assert!(reader.unwrap().join().is_ok());
}

#[test]
fn what_an_editor_asks_of_them_grows_as_they_do() {
    let reader = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        for name in inputs::NAMES {
            let (once, twice) = (asked(name, 30_000), asked(name, 60_000));
            assert!(twice <= 2 * once + 20, "{name}: {once} parts of answers, then {twice}");
        }
    });
    assert!(reader.unwrap().join().is_ok());
}

/// How large the answers are that an editor gets.
fn asked(name: &str, bytes: usize) -> usize {
    let text: Arc<str> = inputs::input(name, bytes).into();
    let snapshot = Snapshot::new(Arc::clone(&text), None, Arc::default());
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0) as u32;
    // It may be refused, but not take its time.
    let _ = rename(&snapshot, middle, "other");
    let names = snapshot.model().names();
    assert!(names.occurrences().iter().all(|found| text.get(found.span.range()).is_some()), "{name}");
    encoded_tokens(&snapshot, None, Default::default()).len() / 5
        + names.occurrences().len()
        + document_symbols(&snapshot).len()
        + folding_ranges(&snapshot, None).len()
        + selection_ranges(&snapshot, middle).len()
        + document_links(&snapshot).len()
}

/// How many tokens and errors there are.
fn read(name: &str, bytes: usize) -> (usize, usize) {
    let text = inputs::input(name, bytes);
    assert!(text.len() >= bytes, "{name}: only {} bytes", text.len());
    let (tree, errors) = parse(text.as_str());
    let joined: String = tree.tokens().map(|(_, span)| span.of(&text)).collect();
    assert!(joined == text, "{name}: the tokens joined are not the text");
    assert!(tree.instructions().count() > 0, "{name}");
    (tree.tokens().count(), errors.len())
}
