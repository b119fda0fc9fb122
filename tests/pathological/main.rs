//! Texts that could make a parser slow or deep: they are read to the end, on a small stack.

mod inputs;

use plimsoll::syntax::parse;

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
