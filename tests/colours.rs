//! The semantic tokens of whole files against golden ones: `fixtures/tokens/NAME.Dockerfile` beside `NAME.tokens`,
//! a line a token, which `PLIMSOLL_UPDATE=1` writes. A new file is a new test.

use plimsoll::features::{Snapshot, TOKEN_MODIFIERS, TOKEN_TYPES, semantic_tokens};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

#[test]
fn colours_are_those_of_the_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tokens");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "Dockerfile") {
            continue;
        }
        seen += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = shown(&text);
        let golden = path.with_extension("tokens");
        if std::env::var_os("PLIMSOLL_UPDATE").is_some() {
            std::fs::write(&golden, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(shown, expected, "{}; PLIMSOLL_UPDATE=1 writes it anew", golden.display());
    }
    assert!(seen >= 3, "only {seen} files in {}", folder.display());
}

fn shown(text: &str) -> String {
    let mut shown = String::new();
    for token in semantic_tokens(&Snapshot::new(text, None, Arc::default())) {
        let marks = TOKEN_MODIFIERS.iter().enumerate().filter(|(bit, _)| token.modifiers & (1 << bit) != 0);
        let marks: String = marks.map(|(_, name)| format!(" {name}")).collect();
        let line = text[..token.span.start as usize].matches('\n').count() + 1;
        let kind = TOKEN_TYPES[token.kind as usize];
        let _ = writeln!(shown, "{line:3} {:21} {:?}", format!("{kind}{marks}"), token.span.of(text));
    }
    shown
}
