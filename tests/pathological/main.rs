//! Texts that could make a parser slow or deep: they are read to the end, on a small stack.

mod inputs;

use plimsoll::syntax::parse;

/// Less than what a task of the server has, and far less than a level of recursion for every unit would take.
const STACK: usize = 512 * 1024;

#[test]
fn they_are_read_whole_on_a_small_stack() {
    let reader = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        for name in inputs::NAMES {
            let text = inputs::input(name, 60_000);
            let (tree, errors) = parse(text.as_str());
            println!("{name} {} {}", text.len(), errors.len());
            let joined: String = tree.tokens().map(|(_, span)| span.of(&text)).collect();
            assert!(joined == text, "{name}: the tokens joined are not the text");
        }
    });
    reader.unwrap().join().unwrap();
}
