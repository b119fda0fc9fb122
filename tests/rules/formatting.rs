//! What formatting leaves of real files.

use crate::corpus::corpus;
use plimsoll::features::{Snapshot, Style, formatting};
use plimsoll::settings::{Profile, Settings};
use plimsoll::syntax::{Instruction, Item};
use plimsoll::text::apply;
use std::sync::Arc;

/// What BuildKit reads of an instruction.
fn read(instruction: &Instruction, source: &str) -> String {
    let mut all = format!("{} {:?}", instruction.keyword, instruction.form);
    for flag in &instruction.flags {
        all += &format!(" --{}={:?}", flag.name, flag.value.as_ref().map(|value| &value.text));
    }
    for (at, word) in instruction.args.iter().enumerate() {
        let keyword = at < 2 && ["as", "cmd", "none"].contains(&&*word.text.to_lowercase());
        all += &format!(" {:?}", if keyword { word.text.to_lowercase() } else { word.text.clone() });
    }
    for heredoc in &instruction.heredocs {
        all += &format!(" {}{:?}", heredoc.name, heredoc.body.of(source));
    }
    for comment in &instruction.comments {
        all += &format!(" {:?}", comment.of(source).trim_end());
    }
    all + &instruction.trigger.as_ref().map_or(String::new(), |trigger| read(trigger, source))
}

/// All that a file says, its comments among it.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let source = snapshot.source();
    let items = snapshot.tree().items().iter().map(|item| match item {
        Item::Instruction(instruction) => read(instruction, source),
        other => other.span().of(source).trim_end().to_owned(),
    });
    let errors = snapshot.syntax_errors().iter().map(|error| error.message.clone());
    items.chain(errors).collect()
}

/// Rules that find nothing in a formatted file without a syntax error.
const SETTLED: &[&str] = &[
    "missing-final-newline",
    "repeated-blank-lines",
    "instruction-casing",
    "as-casing",
    "uneven-indentation",
];

#[test]
fn real_files_keep_what_they_say_and_are_laid_out_at_once() {
    let Some((_folder, files)) = corpus() else { return };
    let settings = Arc::new(Settings { profile: Profile::Strict, ..Settings::default() });
    let style = Style::default();
    let (mut count, mut changed, mut edits_made, mut left) = (0, 0, 0, Vec::new());
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        count += 1;
        let before = Snapshot::new(text.as_str(), None, Arc::clone(&settings));
        let edits = formatting(&before, &style);
        let after = apply(&text, &edits).unwrap();
        let later = Snapshot::new(after.as_str(), None, Arc::clone(&settings));
        assert_eq!(said(&before), said(&later), "{}", path.display());
        let again = formatting(&later, &style);
        assert!(again.is_empty(), "{}: {again:?}", path.display());
        let endings = |text: &str| (text.contains("\r\n"), text.replace("\r\n", "").contains('\n'));
        // Where lines go, one kind may go with them; none comes.
        let (old, new) = (endings(&text), endings(&after));
        assert!((old.0 || !new.0) && (old.1 || !new.1 || !text.contains('\n')), "{}", path.display());
        changed += usize::from(text != after);
        edits_made += edits.len();
        // All rules are slow; every tenth file tells enough.
        if count % 10 == 0 && later.syntax_errors().is_empty() {
            let found = later.diagnostics().iter().filter(|found| SETTLED.contains(&found.rule));
            left.extend(found.map(|found| format!("{}: {}", path.display(), found.rule)));
        }
    }
    println!("{count} files, {changed} changed by {edits_made} edits; findings left: {left:#?}");
    assert!(changed > 500, "{changed} of {count}");
    assert!(left.is_empty(), "{left:#?}");
}
