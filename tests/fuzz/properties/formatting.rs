//! The layout of a Dockerfile.

use super::snapshot;
use plimsoll::features::{Snapshot, Style, formatting, range_formatting};
use plimsoll::syntax::Tree;
use plimsoll::text::{Span, apply};

/// Lays `text` out, whole and its first half: nothing but blanks, line breaks and the case of letters changes,
/// BuildKit reads the same, and a second time there is nothing left to do.
pub fn check(text: &str) {
    let (before, style) = (snapshot(text), Style::default());
    let laid_out = |snapshot: &Snapshot| {
        let edits = formatting(snapshot, &style);
        assert!(edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start), "{edits:?}");
        apply(snapshot.source(), &edits).expect("the edits fit the text")
    };
    let after = laid_out(&before);
    same(&before, &after);
    assert_eq!(laid_out(&snapshot(&after)), after, "formatted twice");

    let half = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let edits = range_formatting(&before, Span::new(0, half as u32), &style);
    same(&before, &apply(text, &edits).expect("the edits fit the text"));
}

fn same(before: &Snapshot, after: &str) {
    let solid = |text: &str| text.split([' ', '\t', '\r', '\n']).collect::<String>();
    assert!(solid(before.source()).eq_ignore_ascii_case(&solid(after)), "{after:?}");
    let after = snapshot(after);
    assert_eq!(told(after.tree()), told(before.tree()));
    assert_eq!(after.syntax_errors().len(), before.syntax_errors().len());
}

/// What BuildKit would read of each instruction; AS and the like in capitals.
fn told(tree: &Tree) -> Vec<String> {
    let source = tree.source();
    let told = tree.instructions().map(|it| {
        let upper: Vec<String> = it.args.iter().map(|word| word.text.to_ascii_uppercase().into()).collect();
        let flags: Vec<_> =
            it.flags.iter().map(|flag| (&flag.name, flag.value.as_ref().map(|it| &it.text))).collect();
        let bodies: Vec<&str> = it.heredocs.iter().map(|heredoc| heredoc.body.of(source)).collect();
        format!("{} {flags:?} {upper:?} {bodies:?}", it.keyword)
    });
    told.collect()
}
